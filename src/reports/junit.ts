import { createCB } from 'xmlbuilder2';
import type { Status } from '../diff/verdict.ts';
import { failureBlock } from './failure-block.ts';
import { describeFailure, type RuleTitles } from './failure-text.ts';
import { failingStatuses } from '../gate/decide.ts';
import { printable } from './printable.ts';
import type { CaseResult, Run, RunHeader, RunnerResults } from './run.ts';
import { gateOf } from './summary.ts';

/** How JUnit names the outcome of a case. */
type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

/** No verdict was reached, so JUnit's `error` and not its `failure`. */
const withoutVerdict: readonly Status[] = ['crashed', 'timed-out', 'garbled', 'not-run'];

/** A test suite per runner and a test case per case, in plan order; characters that XML cannot hold are left out. */
export function junitXml(run: Run, titles: RuleTitles): string {
  const chunks: string[] = [];
  const xml = createCB({ data: (chunk: string) => { chunks.push(chunk); }, prettyPrint: true });
  xml.dec({ encoding: 'UTF-8' }).ele('testsuites').att(attributes({ name: `${run.header.tool.name} ${run.header.suite}`, ...totals(run.header, run.runners.flatMap(({ cases }) => cases)) }));
  for (const runner of run.runners) writeSuite(xml, run, runner, titles);
  xml.up().end();
  return chunks.join('');
}

type Xml = ReturnType<typeof createCB>;

function writeSuite(xml: Xml, run: Run, runner: RunnerResults, titles: RuleTitles): void {
  xml.ele('testsuite').att(attributes({ name: runner.runner, ...totals(run.header, runner.cases), timestamp: run.header.startedAt }));
  writeProperties(xml, { gate: gateOf(run).gate, suite: run.header.suite, seed: String(run.header.seed), ...describedBy(runner) });
  for (const result of runner.cases) writeCase(xml, run.header, runner, result, titles);
  xml.up();
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

function writeProperties(xml: Xml, properties: Readonly<Record<string, string>>): void {
  xml.ele('properties');
  for (const [name, value] of Object.entries(properties)) xml.ele('property').att(attributes({ name, value })).up();
  xml.up();
}

function writeCase(xml: Xml, header: RunHeader, runner: RunnerResults, result: CaseResult, titles: RuleTitles): void {
  const [layer = '', area = '', behaviour = ''] = result.id.split('/');
  xml.ele('testcase').att(attributes({ classname: `${runner.runner}.${layer}.${area}.${behaviour}`, name: result.id, time: seconds(result.durationUs) }));
  const outcome = outcomeOf(result.status, header.strict);
  if (outcome === 'skipped') xml.ele('skipped').att(attributes({ message: `${result.status}: ${result.reason ?? 'no observable could be graded'}` })).up();
  else if (outcome !== 'passed') writeFailure(xml, outcome, header, runner, result, titles);
  else if (result.status !== 'conforms') xml.ele('system-out').txt(failureBlock(header, runner, result, titles)).up();
  xml.up();
}

function writeFailure(xml: Xml, outcome: 'failure' | 'error', header: RunHeader, runner: RunnerResults, result: CaseResult, titles: RuleTitles): void {
  const message = describeFailure(header, runner, result, titles).slice(0, -1).join('; ');
  xml.ele(outcome).att(attributes({ type: result.status, message })).txt(failureBlock(header, runner, result, titles)).up();
}

function attributes(values: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, printable(String(value))]));
}
