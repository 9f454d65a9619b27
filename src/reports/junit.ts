import XmlBuilder from 'fast-xml-builder';
import type { Status } from '../diff/verdict.ts';
import { failureBlock } from './failure-block.ts';
import { describeFailure, type RuleTitles } from './failure-text.ts';
import { failingStatuses } from '../gate/decide.ts';
import { inParts } from './in-parts.ts';
import { printable } from './printable.ts';
import type { CaseResult, Run, RunHeader, RunnerResults } from './run.ts';
import { gateOf } from './summary.ts';

/** How JUnit names the outcome of a case. */
type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

/** No verdict was reached, so JUnit's `error` and not its `failure`. */
const withoutVerdict: readonly Status[] = ['crashed', 'timed-out', 'garbled', 'not-run'];

/** Attributes are named with an @, the text of an element is #; an array is one element after the other. */
interface Xml {
  readonly [name: string]: string | Xml | readonly Xml[];
}

const builder = new XmlBuilder({
  attributeNamePrefix: '@', textNodeName: '#', ignoreAttributes: false, suppressBooleanAttributes: false, suppressEmptyNode: true, format: true, indentBy: '  ',
});

/** A control character, which stands in no text of the file. */
const place = '\u0001';
const placeLine = `    <testcase name="${place}"/>\n`;
const casesOfAPiece = 256;

/** A test suite per runner and a test case per case, in plan order, piece by piece; characters that XML cannot hold are left out. */
export function* junitXml(run: Run, titles: RuleTitles): Generator<string, undefined> {
  const [start = '', ...ends] = frameOf(run).split(placeLine);
  yield start;
  for (const [i, end] of ends.entries()) {
    const runner = run.runners[i]!;
    for (const part of inParts(runner.cases, casesOfAPiece)) yield casesXml(part.map((result) => caseOf(run.header, runner, result, titles)));
    yield end;
  }
}

/** The file with a place in each suite where its cases belong. */
function frameOf(run: Run): string {
  const { header, runners } = run;
  const testsuites: Xml = {
    ...attributes({ name: `${header.tool.name} ${header.suite}`, ...totals(header, runners.flatMap(({ cases }) => cases)) }),
    testsuite: runners.map((runner) => suiteOf(run, runner)),
  };
  return builder.build({ '?xml': attributes({ version: '1.0', encoding: 'UTF-8' }), testsuites }).trimEnd();
}

const [wrapperStart, wrapperEnd] = ['<testsuites>\n  <testsuite>\n', '  </testsuite>\n</testsuites>\n'];

/** The elements of some cases, as they stand within a suite. */
function casesXml(testcase: readonly Xml[]): string {
  const wrapped = builder.build({ testsuites: { testsuite: { testcase } } });
  return wrapped.slice(wrapperStart.length, -wrapperEnd.length);
}

function suiteOf(run: Run, runner: RunnerResults): Xml {
  const { header } = run;
  const properties = { gate: gateOf(run).gate, suite: header.suite, seed: String(header.seed), ...describedBy(runner) };
  return {
    ...attributes({ name: runner.runner, ...totals(header, runner.cases), timestamp: header.startedAt }),
    properties: { property: Object.entries(properties).map(([name, value]) => attributes({ name, value })) },
    testcase: { '@name': place },
  };
}

function totals(header: RunHeader, cases: readonly CaseResult[]) {
  const outcomes = cases.map(({ status }) => outcomeOf(status, header.strict));
  const count = (outcome: Outcome) => outcomes.filter((each) => each === outcome).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped'), time: seconds(cases.reduce((sum, { durationUs }) => sum + durationUs, 0)) };
}

function seconds(durationUs: number): string {
  return (durationUs / 1e6).toFixed(6);
}

function outcomeOf(status: Status, strict: boolean): Outcome {
  if (withoutVerdict.includes(status)) return 'error';
  if (failingStatuses.includes(status) || (strict && status === 'inaccurate')) return 'failure';
  return status === 'unsupported' || status === 'ungradable' ? 'skipped' : 'passed';
}

function describedBy({ facts }: RunnerResults): Readonly<Record<string, string>> {
  if (facts === null) return {};
  const { framework, version, build, device, cpu, threads } = facts;
  return { framework, version, build, device, cpu: cpu.model, capability: cpu.capability, threads: String(threads) };
}

function caseOf(header: RunHeader, runner: RunnerResults, result: CaseResult, titles: RuleTitles): Xml {
  const [layer = '', area = '', behaviour = ''] = result.id.split('/');
  return {
    ...attributes({ classname: `${runner.runner}.${layer}.${area}.${behaviour}`, name: result.id, time: seconds(result.durationUs) }),
    ...outcomeElement(header, runner, result, titles),
  };
}

function outcomeElement(header: RunHeader, runner: RunnerResults, result: CaseResult, titles: RuleTitles): Xml {
  const outcome = outcomeOf(result.status, header.strict);
  if (outcome === 'skipped') return { skipped: attributes({ message: `${result.status}: ${result.reason ?? 'no observable could be graded'}` }) };
  if (outcome === 'passed') return result.status === 'conforms' ? {} : { 'system-out': failureBlock(header, runner, result, titles) };
  const message = describeFailure(header, runner, result, titles).slice(0, -1).join('; ');
  return { [outcome]: { ...attributes({ type: result.status, message }), '#': failureBlock(header, runner, result, titles) } };
}

/** Parsers read a line end in an attribute as a space. */
function attributes(values: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`@${name}`, printable(String(value)).replaceAll('\n', ' ')]));
}
