import { type Case, observables } from '../../cases/case.ts';
import { causeNamed } from '../../diff/catalogue.ts';
import { deviates } from '../../diff/findings.ts';
import { describeEvidence } from '../../reports/evidence-text.ts';
import { describeRule, type RuleTitles } from '../../reports/failure-text.ts';
import { formatBeside, formatCount, formatInterval, formatRatio, plural } from '../../reports/numbers.ts';
import { type Paint, paintOf, plain } from '../../reports/paint.ts';
import { printable } from '../../reports/printable.ts';
import type { CaseResult, RunDeviation, RunnerResults } from '../../reports/run.ts';
import { assumption } from '../../reports/terminal.ts';
import type { Judged } from '../judge.ts';

/** Per framework what lies outside and why, or that everything lies inside; what was asked first, the gate last. */
export function judgedText({ run, decision, complete, questions }: Pick<Judged, 'run' | 'decision' | 'complete' | 'questions'>, titles: RuleTitles, paint: Paint = plain): string {
  const [first] = questions.cases;
  const blocks = [
    [...(first?.literal ? [describeQuestion(first.literal)] : []), ...questions.notes.map((note) => paint('warn', `note: ${note}`))].join('\n'),
    ...run.runners.map((runner) => runnerText(runner, questions, titles, paint)),
    [
      `gate: ${paint(decision.gate === 'pass' ? 'good' : 'bad', decision.gate)}`, ...decision.reasons.map((reason) => `  ${printable(reason)}`),
      ...decision.warnings.map((warning) => `warning: ${warning}`), ...(complete ? [] : ['interrupted: what was not asked is counted as not-run']),
    ].join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** `batchnorm2d, x [64, 64, 32, 32] float32; eps 0.001, momentum 0.1, statistics tracked, affine`. */
function describeQuestion({ layer, config, ranks: [rank], route, layout }: Case): string {
  const x = rank?.inputs[0];
  const given = x === undefined ? '' : `, x [${x.shape.join(', ')}] ${x.dtype}`;
  const type = x?.dtype === config.dtype ? '' : `, layer ${config.dtype}`;
  const way = [route, layout].filter((word) => word !== undefined).map((word) => `, ${word}`).join('');
  return `${layer}${given}${type}; eps ${String(config.eps)}, momentum ${config.momentum === null ? 'cumulative' : String(config.momentum)}, statistics ${config.statistics}${config.affine ? '' : ', no affine'}${way}`;
}

function runnerText(runner: RunnerResults, { cases }: Judged['questions'], titles: RuleTitles, paint: Paint): string {
  const version = runner.facts === null ? '' : `  ${runner.facts.framework} ${runner.facts.version}, ${runner.facts.device}`;
  const asked = runner.cases.flatMap((result) => {
    const question = cases.find(({ id }) => id === result.id)?.literal;
    return question === undefined || question === null ? [] : resultLines(result, question, titles, paint);
  });
  return [`${paint('strong', runner.runner)}${version}`, ...assumption(runner).map((text) => `  ${paint('warn', text)}`), ...asked.map((line) => `  ${line}`)].join('\n');
}

function resultLines(result: CaseResult, question: Case, titles: RuleTitles, paint: Paint): readonly string[] {
  const program = question.program.map((step) => (step.op === 'forward' ? step.mode : step.op)).join(', ');
  const head = (text: string): string => `${program}: ${paint(paintOf(result.status), text)}`;
  if (result.status === 'conforms') return [head(`inside${extentOf(result)}`)];
  if (!deviates(result.found) && result.deviations.length === 0) return [head(result.status), `  ${printable(result.reason ?? '')}`];
  const all = [
    ...describeRule(result.rule, titles), ...result.deviations.filter(isNews).map((deviation) => describeOutside(deviation, question)),
    ...(result.reason === null ? [] : [`reason: ${result.reason}`]), ...causeLines(result), ...describeEvidence(result.evidence ?? []),
  ];
  return [head(`${result.status === 'documented' ? 'departs as documented' : 'outside'} (${result.status})`), ...all.map((line) => `  ${printable(line)}`)];
}

/** `: y, dx and 2 more, 4,194,432 elements; largest error 0.12 of the bound, in dx`. */
function extentOf({ accuracy }: CaseResult): string {
  const graded = accuracy.filter((entry) => entry.graded > 0);
  const [worst] = [...graded].sort((a, b) => b.stable - a.stable);
  if (worst === undefined) return '';
  const lost = accuracy.reduce((sum, entry) => sum + entry.ungradable, 0);
  const names = observables.filter((observable) => graded.some((entry) => entry.observable === observable)).join(', ');
  return `: ${names}; largest error ${formatRatio(worst.stable)} of the bound, in ${worst.observable}${lost === 0 ? '' : `; ${plural(lost, 'element')} could not be graded`}`;
}

/** A state that an earlier step left wrong is wrong after the next one too. */
function isNews({ observable, step, got }: RunDeviation, _: number, all: readonly RunDeviation[]): boolean {
  return !all.some((other) => other.observable === observable && other.step < step && Object.is(other.got, got));
}

function describeOutside(deviation: RunDeviation, question: Case): string {
  const { observable, got, expected, bound, ratio, level, elements, step, element } = deviation;
  const place = `${observable}${element === null || observable === 'step_count' ? '' : `[${coordinates(deviation, question).join(', ')}]`}${step > 0 ? ` at step ${String(step)}` : ''}`;
  if (typeof got === 'string' || typeof expected === 'string') return `${place}: got ${String(got)}, accepted ${String(expected)}`;
  const count = elements > 1 ? `${formatCount(elements)} elements of ${observable}, worst ` : '';
  const outside = Number.isFinite(ratio) ? `, ${formatRatio(ratio)} × the ${level === 'must' ? '' : 'stable-algorithm '}bound` : '';
  return `${count}${place} = ${formatBeside(got, expected, bound)}, expected ${formatBeside(expected, expected, bound)}, accepted ${formatInterval(expected, bound)}${outside}`;
}

/** Where an element stands: n, c, … of y and dx, else the channel. */
function coordinates({ observable, element }: RunDeviation, { ranks: [rank] }: Case): readonly number[] {
  const shape = rank?.inputs[0]?.shape ?? [];
  if (observable !== 'y' && observable !== 'dx' && observable !== 'ddx' && observable !== 'ddy') return [element ?? 0];
  let rest = element ?? 0;
  return shape.toReversed().map((extent) => {
    const at = rest % extent;
    rest = Math.floor(rest / extent);
    return at;
  }).toReversed();
}

function causeLines({ cause, candidates, deviations }: CaseResult): readonly string[] {
  if (cause === null || deviations.length === 0) return [];
  const named = causeNamed(cause);
  if (cause === 'ambiguous') return [`cause: one of ${candidates.join(', ')}`];
  if (named === undefined) return [`cause: ${cause}; no named variant explains it`];
  return [`cause: ${cause}: ${named.title}`, ...(named.translation === 'none' ? [] : [`to reconcile: ${named.translation}`])];
}
