import type { Status } from '../diff/verdict.ts';
import { failingStatuses } from '../gate/decide.ts';
import { failureBlock } from './failure-block.ts';
import { describeFailure, type RuleTitles } from './failure-text.ts';
import { printable } from './printable.ts';
import { schemaVersion } from './read-run.ts';
import type { CaseResult, Run, RunHeader, RunnerResults } from './run.ts';
import { gateOf } from './summary.ts';

/** Version of the Common Test Report Format that is written. */
const specVersion = '0.0.0';

type CtrfStatus = 'passed' | 'failed' | 'skipped' | 'other';

interface CtrfTest {
  readonly name: string;
  readonly status: CtrfStatus;
  /** Milliseconds, whole. */
  readonly duration: number;
  readonly suite: readonly string[];
  readonly rawStatus: Status;
  readonly tags: readonly string[];
  readonly message?: string;
  readonly trace?: string;
  readonly extra?: Readonly<Record<string, string>>;
}

/**
 * How the format names a status: `failed` is what fails the gate, `passed` what keeps the rule, `skipped` what the framework does not
 * offer. A deviation that is listed, and a case that could not be graded, are neither: `other`.
 */
function ctrfStatus(status: Status, strict: boolean): CtrfStatus {
  if (failingStatuses.includes(status) || (strict && status === 'inaccurate')) return 'failed';
  if (status === 'unsupported') return 'skipped';
  return status === 'known' || status === 'ungradable' ? 'other' : 'passed';
}

/** The run as a report of the Common Test Report Format, without its tests. */
function frameOf(run: Run) {
  const { header, footer, runners } = run;
  const { gate, reasons } = gateOf(run);
  const outcomes = runners.flatMap(({ cases }) => cases.map(({ status }) => ctrfStatus(status, header.strict)));
  const count = (status: CtrfStatus): number => outcomes.filter((outcome) => outcome === status).length;
  const start = Math.max(0, Date.parse(header.startedAt) || 0);
  const generatedBy = `${header.tool.name} ${header.tool.version}`;
  return {
    reportFormat: 'CTRF', specVersion, generatedBy,
    extra: { schemaVersion, suite: header.suite, seed: header.seed, filtered: header.filtered, strict: header.strict, gate, reasons },
    results: {
      tool: { ...header.tool },
      summary: {
        tests: outcomes.length, passed: count('passed'), failed: count('failed'), skipped: count('skipped'), pending: 0, other: count('other'), suites: runners.length,
        start, stop: start + (footer?.durationMs ?? 0),
      },
      tests: [] as readonly CtrfTest[],
      environment: { extra: Object.fromEntries(runners.map(({ runner, facts }) => [runner, facts])) },
    },
  } as const;
}

/** What is written. */
export type CtrfReport = ReturnType<typeof frameOf>;

const noTests = '"tests":[';

/** The run as a report of the Common Test Report Format: a test per case and runner, in plan order. The text comes piece by piece. */
export function* ctrfJson(run: Run, titles: RuleTitles): Generator<string, undefined> {
  const frame = JSON.stringify(frameOf(run));
  const at = frame.indexOf(noTests) + noTests.length; // a quote within a text has a backslash before it
  yield frame.slice(0, at);
  let separator = '';
  for (const runner of run.runners) {
    for (const result of runner.cases) {
      yield `${separator}${JSON.stringify(testOf(run.header, runner, result, titles))}`;
      separator = ',';
    }
  }
  yield `${frame.slice(at)}\n`;
}

function testOf(header: RunHeader, runner: RunnerResults, result: CaseResult, titles: RuleTitles): CtrfTest {
  const { id, status, durationUs, rules } = result;
  return {
    name: id, status: ctrfStatus(status, header.strict), duration: Math.round(durationUs / 1000), suite: [runner.runner, ...id.split('/').slice(0, 3)], rawStatus: status, tags: rules,
    ...failureOf(header, runner, result, titles),
  };
}

/** What a person is told; nothing of a case that conforms. */
function failureOf(header: RunHeader, runner: RunnerResults, result: CaseResult, titles: RuleTitles): Pick<CtrfTest, 'message' | 'trace' | 'extra'> {
  const { status, reason, rule, cause } = result;
  if (status === 'conforms') return {};
  if (status === 'unsupported' || status === 'ungradable') return { message: printable(reason ?? 'no observable could be graded') };
  return {
    message: describeFailure(header, runner, result, titles).slice(0, -1).join('; '),
    trace: failureBlock(header, runner, result, titles),
    extra: { ...(rule === null ? {} : { rule }), ...(cause === null ? {} : { cause }) },
  };
}
