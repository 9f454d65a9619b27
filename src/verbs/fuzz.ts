import type { Case } from '../cases/case.ts';
import type { Plan } from '../cases/plan.ts';
import { type Finding, groupFindings } from '../diff/findings.ts';
import { ensureEnvironment } from '../environments/ensure.ts';
import { logsFolder } from '../environments/home.ts';
import { applicableEntries } from '../gate/known-failing.ts';
import { openSession, type Session } from '../runners/session.ts';
import { smokeTest } from '../runners/smoke-test.ts';
import { type Dialect, readDialect } from '../spec/dialect.ts';
import { Asker } from './fuzz/ask.ts';
import { drawRecipe } from './fuzz/draw.ts';
import { readFound } from './fuzz/found-file.ts';
import { judge } from '../diff/judge.ts';
import { minimise } from './fuzz/minimise.ts';
import { offerOf } from './fuzz/offer.ts';
import type { Cluster, FuzzedRunner, FuzzOptions, FuzzOutcome } from './fuzz/options.ts';
import { expectationFor } from './fuzz/question.ts';
import { caseOf } from './fuzz/recipe.ts';
import { type DrawnCase, type Survey, survey } from './fuzz/survey.ts';
import { writeFound } from './fuzz/write-found.ts';
import { type AskedRunner, askRunners } from './run/asked-runner.ts';
import type { RunListener } from './run/options.ts';
import { defaultRunners } from './runners-folder.ts';

/** One runner while it is being fuzzed. */
interface Bench {
  readonly runner: AskedRunner;
  readonly asker: Asker;
  readonly dialect: Dialect;
  readonly options: FuzzOptions;
  readonly listener: RunListener;
}

/**
 * Draws cases from the whole space, or reads them from files, and judges every runner by them; for each cause that its
 * known-failing list does not name, writes the simplest case that shows it.
 *
 * @throws {UserError} for bad input, before anything starts; for an environment or a runner that is broken
 */
export async function fuzz(options: FuzzOptions, listener: RunListener, signal: AbortSignal): Promise<FuzzOutcome> {
  const files = options.cases.map(readFound);
  const words = options.runners.length > 0 ? options.runners : defaultRunners;
  const runners = await askRunners(words, options.python, noPlan(options.seed), undefined);
  const fuzzed: FuzzedRunner[] = [];
  for (const runner of runners) fuzzed.push(await fuzzRunner(runner, files, options, listener, signal));
  return { seed: options.seed, runs: files.length > 0 ? files.length : options.runs, runners: fuzzed };
}

/** Nothing is planned: cases are drawn. */
function noPlan(seed: number): Plan {
  return { suite: 'fuzz', seed, minimum: 0, knownShare: 0, cases: [], excluded: [], blocks: [] };
}

async function fuzzRunner(runner: AskedRunner, files: readonly Case[], options: FuzzOptions, listener: RunListener, signal: AbortSignal): Promise<FuzzedRunner> {
  const began = performance.now();
  const session = await openRunner(runner, options, listener, signal);
  try {
    await smokeTest(session);
    const bench: Bench = { runner, asker: new Asker(session), dialect: readDialect(runner.spec.dialect, session.identity.version), options, listener };
    const { statuses, deviating } = await surveyOn(bench, files);
    const clusters: Cluster[] = [];
    for (const finding of findingsByType(deviating, knownCauses(bench))) clusters.push(finding.known || files.length > 0 ? { finding, found: null } : await newCluster(bench, finding));
    return { runner: runner.key, version: session.identity.version, statuses, clusters, durationMs: Math.round(performance.now() - began) };
  } finally {
    await session.close();
  }
}

/** A cause of one element type says little of another: arithmetic in half precision must not hide what float32 does. */
function findingsByType(deviating: readonly DrawnCase[], known: ReadonlySet<string>): readonly Finding[] {
  const types = [...new Set(deviating.map(({ dtype }) => dtype))];
  const findings = types.flatMap((dtype) => groupFindings(deviating.filter((judged) => judged.dtype === dtype)));
  return findings.map((finding) => ({ ...finding, known: known.has(finding.cause) })).sort((a, b) => Number(a.known) - Number(b.known));
}

async function openRunner({ key, spec, interpreter }: AskedRunner, options: FuzzOptions, listener: RunListener, signal: AbortSignal): Promise<Session> {
  const onProgress = (text: string) => { listener.stage(key, text); };
  const python = interpreter ?? (spec.environment === undefined ? undefined : (await ensureEnvironment(spec.environment, { home: options.home, onProgress, signal, probe: true })).python);
  listener.stage(key, 'starting');
  return openSession(spec, {
    logFolder: logsFolder(options.home), logName: `fuzz-${key}`, python, threads: options.threads, device: options.device, timeLimitMs: options.timeLimitMs, signal, onProgress,
  });
}

async function surveyOn(bench: Bench, files: readonly Case[]): Promise<Survey> {
  const { runner, asker, dialect, options, listener } = bench;
  const planned = files.length > 0 ? files.length : options.runs;
  return survey(asker, dialect, planned, (run) => caseOfRun(bench, run, files), (done, deviations) => {
    listener.progress(runner.key, { done, planned, deviations });
  });
}

function knownCauses({ runner, asker: { session: { identity } } }: Bench): ReadonlySet<string> {
  const { version, device, cpu: { capability }, threads } = identity;
  const causes = applicableEntries(runner.entries, { version, device, capability, threads }).map(({ entry }) => entry.cause);
  return new Set(causes.filter((cause) => cause !== 'unexplained')); // one unexplained case says nothing of another
}

function caseOfRun({ options: { seed }, asker }: Bench, run: number, files: readonly Case[]): Case {
  const file = files[run];
  if (file !== undefined) return file;
  const recipe = drawRecipe(seed, run, offerOf(asker.session.identity));
  return caseOf(recipe, `${recipe.layer}/fuzz/drawn/seed=${String(seed)}/run=${String(run)}`);
}


async function newCluster(bench: Bench, finding: Finding): Promise<Cluster> {
  const { asker, dialect, runner, options, listener } = bench;
  const run = Number(finding.example.slice(finding.example.lastIndexOf('=') + 1));
  listener.stage(runner.key, `making ${finding.cause} simple`);
  const start = caseOfRun(bench, run, []);
  const [answer] = await asker.ask([start]);
  if (answer === undefined) throw new RangeError('expected an answer to each case');
  const verdict = judge(expectationFor(start), answer, dialect);
  const target = { status: finding.status, cause: finding.cause, rule: finding.rule };
  const simplest = await minimise(asker, dialect, start, verdict, target);
  const origin = { runner: runner.key, status: finding.status, cause: finding.cause, rule: finding.rule, title: finding.title, seed: options.seed, run };
  return { finding, found: await writeFound(options.out, runner.spec.framework, simplest.case, simplest.verdict, origin) };
}
