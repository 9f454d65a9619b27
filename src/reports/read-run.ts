import { lazyList } from '../cases/lazy-list.ts';
import { claimsSuite } from '../spec/claims.ts';
import type { CaseRecord, EvidenceRecord, RunRecord } from '../spec/generated/run-record.ts';
import { UserError } from '../spec/user-error.ts';
import { idCutter } from './cut-ids.ts';
import { createPacker, type ResultPacker, unpacked } from './packed-results.ts';
import { PackedTexts } from './packed-texts.ts';
import type { CaseLine, CaseResult, Evidence, Run, RunFooter, RunHeader, RunnerFacts, RunnerResults } from './run.ts';
import { decodeLine, invalidLine, numberOf, numberOrText, readLines, type TextLine } from './run-lines.ts';

/** Version of run.ndjson that this tool writes. */
export const schemaVersion = 1;
/** Oldest version that it reads: one major back, from the second on. */
const oldestVersion = Math.max(1, schemaVersion - 1);

export interface ReadOptions {
  /** Keep the observed tensors too, which are many times the rest; of the suite `claims` they are kept always. */
  readonly observed?: boolean;
}

/** By index of the case. */
interface LinesOfRunner {
  /** Place among the packed results plus one; 0 for those that are not there. */
  readonly packed: Uint32Array;
  readonly whole: Map<number, CaseResult>;
  readonly evidence: Map<number, readonly Evidence[]>;
}

/** What was read so far; a footer counts only as the last line. */
interface Collected {
  readonly header: RunHeader;
  readonly runners: Map<string, RunnerFacts>;
  readonly lines: ReadonlyMap<string, LinesOfRunner>;
  readonly packer: ResultPacker;
  footer: RunFooter | null;
}

/**
 * Reads a run file, complete or not.
 *
 * A last line cut in half is left out: its case was not run. Everything else that is wrong is an error.
 *
 * @throws {UserError} RUN_FILE_UNREADABLE, RUN_HEADER_MISSING, RUN_VERSION_UNKNOWN, and RUN_LINE_INVALID, which names file and line
 */
export async function readRun(path: string, { observed = false }: ReadOptions = {}): Promise<Run> {
  const ids = new PackedTexts();
  return runIn(readLines(path, idCutter(ids)), path, { observed }, ids);
}

/**
 * As `readRun`, of lines that were read already.
 *
 * @param path  named in errors
 * @param ids   that were cut out of the header, ahead of those in it
 * @throws {UserError} as `readRun`
 */
export async function runIn(lines: Iterable<TextLine> | AsyncIterable<TextLine>, path: string, { observed = false }: ReadOptions = {}, ids = new PackedTexts()): Promise<Run> {
  let collected: Collected | null = null;
  for await (const line of lines) {
    const record = decodeLine(line, path);
    if (record === null) break;
    if (collected === null) collected = begin(record, ids, path);
    else take(collected, record, observed || collected.header.suite === claimsSuite, (problem) => invalidLine(path, line.number, problem));
  }
  if (collected === null) throw missingHeader(path);
  return assemble(collected);
}

function begin(record: RunRecord, ids: PackedTexts, path: string): Collected {
  if (record.type !== 'header') throw missingHeader(path);
  if (record.schemaVersion < oldestVersion || record.schemaVersion > schemaVersion) {
    throw new UserError('RUN_VERSION_UNKNOWN', `${path} has schemaVersion ${String(record.schemaVersion)}, expected ${String(oldestVersion)} to ${String(schemaVersion)}`, `read it with ${record.tool.name} ${record.tool.version}, which wrote it`);
  }
  const names = record.runners.map(({ runner }) => runner);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalidLine(path, 1, `the runner '${twice}' twice`);
  for (const id of record.cases) ids.add(id);
  return { header: { ...record, cases: ids }, runners: new Map(), lines: new Map(record.runners.map(({ runner }) => [runner, noLines(ids.length)])), packer: createPacker(ids), footer: null };
}

function noLines(planned: number): LinesOfRunner {
  return { packed: new Uint32Array(planned), whole: new Map(), evidence: new Map() };
}

function missingHeader(path: string): UserError {
  return new UserError('RUN_HEADER_MISSING', `${path} does not begin with a header`, 'the run ended before its plan was written; run again');
}

function take(collected: Collected, record: RunRecord, observed: boolean, invalid: (problem: string) => UserError): void {
  collected.footer = record.type === 'footer' ? record : null;
  if (record.type === 'header') throw invalid('a second header');
  if (record.type === 'footer') return;
  const lines = collected.lines.get(record.runner);
  if (lines === undefined) throw invalid(`runner '${record.runner}' is not one of the header's`);
  if (record.type === 'runner') collected.runners.set(record.runner, record);
  else if (record.type === 'evidence') takeEvidence(collected.header, lines, record, invalid);
  else takeCase(collected, lines, record, observed, invalid);
}

function takeCase({ header, packer }: Collected, lines: LinesOfRunner, record: CaseRecord, observed: boolean, invalid: (problem: string) => UserError): void {
  const id = plannedId(header, record, invalid);
  if (lines.packed[record.index] !== 0 || lines.whole.has(record.index)) throw invalid(`case '${id}' of runner '${record.runner}' a second time`);
  const place = packer.pack(record, observed);
  if (place === null) lines.whole.set(record.index, { ...caseLine(record, observed), id });
  else lines.packed[record.index] = place + 1;
}

function takeEvidence(header: RunHeader, { evidence }: LinesOfRunner, record: EvidenceRecord, invalid: (problem: string) => UserError): void {
  const id = plannedId(header, record, invalid);
  if (evidence.has(record.index)) throw invalid(`evidence on case '${id}' of runner '${record.runner}' a second time`);
  evidence.set(record.index, record.checks.map(({ share, ...check }) => ({ ...check, ...(share === undefined ? {} : { share: numberOf(share) }) })));
}

function plannedId(header: RunHeader, { index, runner }: CaseRecord | EvidenceRecord, invalid: (problem: string) => UserError): string {
  const id = header.cases.at(index);
  if (id === undefined) throw invalid(`case ${String(index)} is not one of the ${String(header.cases.length)} planned`);
  if (isExcluded(header, runner, id)) throw invalid(`case '${id}' is not in the plan of runner '${runner}'`);
  return id;
}

function isExcluded(header: RunHeader, runner: string, id: string): boolean {
  return header.runners.some((entry) => entry.runner === runner && entry.excluded.length > 0 && entry.excluded.includes(id.split('/', 1)[0] ?? ''));
}

function caseLine({ observed, deviations, accuracy, rules, ...rest }: CaseRecord, keepObserved: boolean): CaseLine {
  return {
    ...rest, rules: rulesOnce(rules),
    deviations: deviations.map(({ ulps, ...deviation }) => ({
      ...deviation, got: numberOrText(deviation.got), expected: numberOrText(deviation.expected),
      bound: numberOf(deviation.bound), ratio: numberOf(deviation.ratio), ...(ulps === undefined ? {} : { ulps: numberOf(ulps) }),
    })),
    accuracy: accuracy.map((entry) => ({ ...entry, stable: numberOf(entry.stable), naive: numberOf(entry.naive) })),
    ...(keepObserved && observed !== undefined ? { observed } : {}),
  };
}

/** Cases cite the same few lists of rules; a list of its own for each would be a third of a long run's memory. */
function rulesOnce(rules: readonly string[]): readonly string[] {
  const key = rules.join();
  const known = ruleLists.get(key) ?? rules;
  if (ruleLists.size < mostRuleLists) ruleLists.set(key, known);
  return known;
}

const ruleLists = new Map<string, readonly string[]>();
const mostRuleLists = 4096;

function assemble({ header, runners, lines, packer, footer }: Collected): Run {
  const results = header.runners.map(({ runner }): RunnerResults => ({
    runner, facts: runners.get(runner) ?? null, cases: inPlanOrder(header, runner, lines.get(runner) ?? noLines(0), packer),
  }));
  const missing = results.some(({ cases }) => cases.some(({ status }) => status === 'not-run'));
  return { header, runners: results, footer, complete: footer?.complete === true && !missing };
}

/** Results of those that the runner was to be asked; objects of 100,000 would be a tenth of what a run takes. */
function inPlanOrder(header: RunHeader, runner: string, { packed, whole, evidence }: LinesOfRunner, packer: ResultPacker): readonly CaseResult[] {
  const planned = new Uint32Array(packed.length);
  let count = 0;
  for (let index = 0; index < packed.length; index++) if (!isExcluded(header, runner, header.cases.at(index) ?? '')) planned[count++] = index;
  return lazyList(count, (place) => {
    const index = planned[place]!;
    const result = whole.get(index) ?? (packed[index] === 0 ? { ...neverRun(index, runner), id: header.cases.at(index) ?? '' } : packer.at(packed[index]! - 1));
    const checks = evidence.get(index);
    return checks === undefined ? result : { ...unpacked(result), evidence: checks };
  });
}

function neverRun(index: number, runner: string): CaseLine {
  return {
    type: 'case', index, runner, status: 'not-run', found: 'not-run', rule: null, cause: null, candidates: [],
    reason: 'planned, and the run ended before it', rules: [], deviations: [], accuracy: [], elements: 0, durationUs: 0,
  };
}
