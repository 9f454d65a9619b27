import { Command } from 'commander';
import { harnessHome } from '../environments/home.ts';
import { formatFuzz } from '../verbs/fuzz/describe.ts';
import { newClusters, type FuzzOptions } from '../verbs/fuzz/options.ts';
import { fuzz } from '../verbs/fuzz.ts';
import { exitCodes } from './exit-codes.ts';
import { collect, collectAssignment, parseCount, parseSeed } from './options.ts';
import { openProgress } from './progress.ts';

interface RawFuzzOptions extends Pick<FuzzOptions, 'runs' | 'seed' | 'out' | 'threads' | 'device' | 'python'> {
  readonly runner: string[];
  readonly case: string[];
  readonly timeLimit: number;
  readonly json?: boolean;
}

export function fuzzCommand(): Command {
  return new Command('fuzz')
    .description('draws random cases, judges the answers, and writes the simplest case of each cause that is new; exit 0 when none is, 1 when one is')
    .option('--runner <id[@version]>', 'whom to ask (repeatable; default pytorch and mindspore)', collect, [])
    .option('--python <id=path>', 'the user’s own interpreter for a runner (repeatable)', collectAssignment, {})
    .option('--runs <n>', 'how many cases to draw for each runner', parseCount, 1000)
    .option('--seed <n>', 'where the draws start: the same seed draws the same cases', parseSeed, 1)
    .option('--case <file>', 'ask the case of this file in place of drawn ones (repeatable)', collect, [])
    .option('--out <dir>', 'folder for what is found', 'cases/found')
    .option('--threads <n>', 'threads that a framework may use inside one operation', parseCount, 1)
    .option('--device <d>', 'device to run on', 'cpu')
    .option('--time-limit <seconds>', 'longest time for one case', parseCount, 60)
    .option('--json', 'print one JSON object to stdout, and nothing else there')
    .addHelpText('after', '\nExamples:\n  bn-conformance fuzz --runner pytorch --runs 10000 --seed 7\n  bn-conformance fuzz --runner pytorch --case cases/found/pytorch-0123456789ab.json\n')
    .action(async (raw: RawFuzzOptions) => {
      process.exitCode = await fuzzAndReport(raw);
    });
}

async function fuzzAndReport({ runner, case: cases, timeLimit, json, ...raw }: RawFuzzOptions): Promise<number> {
  const controller = new AbortController();
  const stop = (): void => { controller.abort(); };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const progress = openProgress(process.stderr, process.env);
  try {
    const options: FuzzOptions = { ...raw, runners: runner, cases, timeLimitMs: timeLimit * 1000, home: harnessHome(process.env) };
    const outcome = await fuzz(options, progress.listener, controller.signal);
    progress.close();
    process.stdout.write(json === true ? `${JSON.stringify({ schemaVersion: 1, ...outcome }, null, 2)}\n` : formatFuzz(outcome));
    return newClusters(outcome) === 0 ? exitCodes.passed : exitCodes.failed;
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    process.stderr.write('interrupted: what was found so far is in the folder, the rest was not asked\n');
    return exitCodes.usage;
  } finally {
    progress.close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
