import { statuses } from '../../../../src/diff/verdict.ts';
import { isSilent, passes } from './status.ts';
import { type Model, notAsked, type RunnerColumns } from './model.ts';

/** Which cases are shown. Words of one field are alternatives, fields narrow together. */
export interface Filter {
  readonly status: readonly string[];
  readonly runner: readonly string[];
  /** Cited by the case, or the one that its result is reported under. */
  readonly rule: readonly string[];
  readonly cause: readonly string[];
  readonly axes: Readonly<Record<string, readonly string[]>>;
  readonly text: string;
  readonly disagree: boolean;
  /** A runner that stands alone, `any` for whichever, empty for all cases. */
  readonly odd: string;
  /** Number of a finding, or −1. */
  readonly finding: number;
  readonly sort: 'plan' | 'worst';
}

const axisPrefix = 'axis.';
const lists = ['status', 'runner', 'rule', 'cause'] as const;

export function parseFilter(query: URLSearchParams): Filter {
  const axes: Record<string, string[]> = {};
  for (const [key, value] of query) if (key.startsWith(axisPrefix)) (axes[key.slice(axisPrefix.length)] ??= []).push(value);
  return {
    status: query.getAll('status'), runner: query.getAll('runner'), rule: query.getAll('rule'), cause: query.getAll('cause'), axes,
    text: query.get('text') ?? '', disagree: query.get('disagree') === '1', odd: query.get('odd') ?? '',
    finding: /^\d+$/.test(query.get('finding') ?? '') ? Number(query.get('finding')) : -1, sort: query.get('sort') === 'worst' ? 'worst' : 'plan',
  };
}

export function filterQuery(filter: Filter): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of lists) for (const value of filter[name]) query.append(name, value);
  for (const [axis, values] of Object.entries(filter.axes)) for (const value of values) query.append(`${axisPrefix}${axis}`, value);
  if (filter.text !== '') query.set('text', filter.text);
  if (filter.disagree) query.set('disagree', '1');
  if (filter.odd !== '') query.set('odd', filter.odd);
  if (filter.finding >= 0) query.set('finding', String(filter.finding));
  if (filter.sort !== 'plan') query.set('sort', filter.sort);
  return query;
}

/** Shows everything. */
export const noFilter: Filter = parseFilter(new URLSearchParams());

/** Cases that fit, and how many of their results do. */
export interface Found {
  readonly cases: readonly number[];
  readonly results: number;
}

export function findCases(model: Model, filter: Filter): Found {
  const axes = axisTests(model, filter);
  const asked = model.runners.filter(({ key }) => filter.runner.length === 0 || filter.runner.includes(key));
  const fits = resultTest(model, filter);
  const cases: number[] = [];
  let results = 0;
  for (let index = 0; index < model.count; index++) {
    if (!axes.every((test) => test(index)) || !fitsTogether(model, filter, index)) continue;
    const fitting = asked.reduce((count, runner) => count + (fits(runner, index) ? 1 : 0), 0);
    if (fitting === 0) continue;
    results += fitting;
    cases.push(index);
  }
  return { cases: filter.sort === 'plan' ? cases : worstFirst(cases, asked), results };
}

function axisTests(model: Model, { axes }: Filter): readonly ((index: number) => boolean)[] {
  return Object.entries(axes).map(([name, values]) => {
    const axis = model.axisNamed(name);
    if (axis === undefined) return () => false;
    const wanted = new Set(values.map((value) => axis.values.indexOf(value)).filter((value) => value >= 0));
    return (index) => wanted.has(axis.of[index]!);
  });
}

/** What is asked of all results of a case at once. */
function fitsTogether(model: Model, { disagree, odd }: Filter, index: number): boolean {
  if (disagree && !disagrees(model, index)) return false;
  if (odd === '') return true;
  const alone = oddOneOut(model, index);
  return odd === 'any' ? alone !== null : alone === odd;
}

function resultTest(model: Model, filter: Filter): (runner: RunnerColumns, index: number) => boolean {
  const wanted = new Set(filter.status.map((word) => statuses.findIndex((status) => status === word)));
  const members = filter.finding < 0 ? null : new Set(model.data.findings[filter.finding]?.cases ?? []);
  const findingRunner = model.data.findings[filter.finding]?.runner;
  const says = textTest(model, filter);
  const rules = filter.rule.map((id) => model.data.rules.findIndex((rule) => rule.id === id));
  return (runner, index) => {
    const status = runner.status[index]!;
    if (status === notAsked || (wanted.size > 0 && !wanted.has(status))) return false;
    if (members !== null && (!members.has(index) || runner !== model.runners[findingRunner ?? -1])) return false;
    const outcome = model.outcomeOf(runner, index);
    if (filter.cause.length > 0 && (outcome === null || !filter.cause.includes(model.text(outcome.cause)))) return false;
    if (filter.rule.length > 0 && !cites(model, index, rules) && !filter.rule.includes(outcome === null ? '' : model.text(outcome.rule))) return false;
    return says(runner, index);
  };
}

/** Every word stands somewhere. */
function textTest(model: Model, { text }: Filter): (runner: RunnerColumns, index: number) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return () => true;
  return (runner, index) => {
    const all = textOf(model, runner, index);
    return words.every((word) => all.includes(word));
  };
}

function cites({ data }: Model, index: number, rules: readonly number[]): boolean {
  const cited = data.ruleSets[data.ruleSetOf[index] ?? -1] ?? [];
  return rules.some((rule) => cited.includes(rule));
}

/** Everything of a result that a word may stand in, in small letters. */
function textOf(model: Model, runner: RunnerColumns, index: number): string {
  const outcome = model.outcomeOf(runner, index);
  const said = outcome === null ? '' : `${model.text(outcome.rule)} ${model.text(outcome.cause)} ${model.text(outcome.reason)}`;
  return `${model.idOf(index)} ${runner.key} ${statuses[runner.status[index]!] ?? ''} ${said}`.toLowerCase();
}

/** Whether the runners that answered do not all pass, or do not all deviate for one cause. */
function disagrees(model: Model, index: number): boolean {
  let first: string | null = null;
  for (const runner of model.runners) {
    const status = runner.status[index]!;
    if (status === notAsked || isSilent[status]!) continue;
    const standing = passes[status]! ? 'passes' : model.text(model.outcomeOf(runner, index)?.cause ?? -1) || 'fails';
    if (first !== null && standing !== first) return true;
    first = standing;
  }
  return false;
}

/** The one runner that deviates where all others pass; of three and more also the only one that passes. */
function oddOneOut(model: Model, index: number): string | null {
  const answered = model.runners.filter(({ status }) => status[index] !== notAsked && !isSilent[status[index]!]!);
  if (answered.length < 2) return null;
  const deviating = answered.filter(({ status }) => !passes[status[index]!]!);
  if (deviating.length === 1) return deviating[0]?.key ?? null;
  const passing = answered.filter((runner) => !deviating.includes(runner));
  return answered.length > 2 && passing.length === 1 ? passing[0]?.key ?? null : null;
}

function worstFirst(cases: readonly number[], runners: readonly RunnerColumns[]): readonly number[] {
  const worst = (index: number): number => runners.reduce((most, runner) => Math.max(most, runner.worst()[index]!), -1);
  const keyed = cases.map((index) => [index, worst(index)] as const);
  return keyed.sort(([, a], [, b]) => (a === b ? 0 : b - a)).map(([index]) => index);
}
