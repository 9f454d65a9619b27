import { Command, Option } from 'commander';
import type { ShardName } from '../cases/shard.ts';
import { harnessHome } from '../environments/home.ts';
import { parseFormats, type ReportFormat, reportFormats } from '../reports/format-names.ts';
import { type HeadStart, startAhead } from '../verbs/run/head-start.ts';
import { defaultJobs, type RunOptions } from '../verbs/run/options.ts';
import { defaultRunners } from '../verbs/runners-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { collect, collectAssignment, parseCount, parseSeed, parseShard } from './options.ts';
import { openProgress } from './progress.ts';

interface RawRunOptions {
  readonly runner: string[];
  readonly python: Record<string, string>;
  readonly suite: string;
  readonly select: string[];
  readonly out: string;
  readonly format?: readonly ReportFormat[];
  readonly baseline?: string;
  readonly rerun?: string;
  readonly seed?: number;
  readonly strict?: boolean;
  readonly known?: string;
  readonly jobs: number;
  readonly threads: number;
  readonly device: string;
  readonly timeLimit: number;
  readonly maxFailures?: number;
  readonly shard?: ShardName;
  readonly resume?: string;
  readonly json?: boolean;
}

export function runCommand(): Command {
  return new Command('run')
    .description('asks frameworks the cases of a suite, judges the answers, writes the reports; exit 0 when the gate passes, 1 when it fails')
    .option('--runner <id[@version]>', `whom to ask (repeatable; default ${defaultRunners.join(' and ')})`, collect, [])
    .option('--python <id=path>', 'the user’s own interpreter for a runner (repeatable)', collectAssignment, {})
    .option('--suite <name>', 'which suite', 'core')
    .option('--select <pattern>', 'only cases whose id matches (repeatable)', collect, [])
    .option('--out <dir>', 'folder for the reports', 'reports/latest')
    .option('--format <list>', `reports to write beside run.ndjson: which of ${reportFormats.join(',')}; all of them by default`, parseFormats)
    .option('--baseline <run>', 'folder of an earlier run, or its run.ndjson: a regression against it fails the gate')
    .addOption(new Option('--rerun <run>', 'folder of an earlier run, or its run.ndjson: ask again what failed there, of the same runners').conflicts(['suite', 'seed', 'shard', 'resume']))
    .option('--seed <n>', 'seed in place of the suite’s own', parseSeed)
    .option('--strict', 'fail on inaccurate cases and expired known-failing entries too')
    .option('--known <file>', 'known-failing list for all runners, in place of their own')
    .option('--jobs <n>', 'runner processes at one time', parseCount, defaultJobs)
    .option('--threads <n>', 'threads that a framework may use inside one operation', parseCount, 1)
    .option('--device <d>', 'device to run on', 'cpu')
    .option('--time-limit <seconds>', 'longest time for one case', parseCount, 60)
    .option('--max-failures <n>', 'stop after so many failing cases', parseCount)
    .addOption(new Option('--shard <i/n>', 'ask the i-th of n parts of like cost; merge joins their out folders').argParser(parseShard).conflicts(['baseline']))
    .addOption(new Option('--resume <dir>', 'go on with an interrupted run in its out folder, which says what was asked of whom').conflicts(['runner', 'suite', 'select', 'out', 'seed', 'strict', 'shard']))
    .option('--json', 'print summary.json to stdout, and nothing else there')
    .addHelpText('after', [
      '', 'Examples:', '  bn-conformance run', '  bn-conformance run --suite smoke --runner pytorch --python pytorch=/usr/bin/python3',
      '  bn-conformance run --runner mindspore@2.0.0 --select \'batchnorm1d/state/**\'',
      '  bn-conformance run --baseline reports/main --format junit,markdown', '  bn-conformance run --rerun reports/latest --out reports/again', '  bn-conformance run --shard 1/4 --out reports/shard-1', '  bn-conformance run --resume reports/latest', '',
    ].join('\n'))
    .action(async (raw: RawRunOptions) => {
      process.exitCode = await runAndReport(raw);
    });
}

async function runAndReport(raw: RawRunOptions): Promise<number> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    controller.abort();
    setImmediate(() => process.off(signal, stop)); // not at once: a library that cleans up after locks ends the process where nobody else listens
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const progress = openProgress(process.stderr, process.env);
  const options = optionsFrom(raw);
  let ahead: HeadStart | undefined;
  try {
    ahead = await startAhead({ options, listener: progress.listener, signal: controller.signal });
    const { run } = await import('../verbs/run/run.ts'); // this and what the end needs is read while the framework is loaded
    void Promise.all([import('./tell-outcome.ts'), import('../verbs/run/finish.ts')]);
    const outcome = await run(options, progress.listener, controller.signal, ahead);
    progress.close();
    const { tellOutcome } = await import('./tell-outcome.ts');
    const { refuseWrongReference } = await import('../verbs/run/blame-harness.ts');
    await tellOutcome(outcome, raw.resume ?? raw.out, raw.json === true);
    refuseWrongReference(outcome.run);
    return outcome.decision.gate === 'pass' && outcome.complete ? exitCodes.passed : exitCodes.failed;
  } finally {
    await ahead?.close();
    progress.close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function optionsFrom(raw: RawRunOptions): RunOptions {
  return {
    suite: raw.suite, runners: raw.runner, python: raw.python, select: raw.select, out: raw.resume ?? raw.out, resume: raw.resume !== undefined, shard: raw.shard, formats: raw.format, baseline: raw.baseline, rerun: raw.rerun, seed: raw.seed, strict: raw.strict === true,
    known: raw.known, jobs: raw.jobs, threads: raw.threads, device: raw.device, timeLimitMs: raw.timeLimit * 1000, maxFailures: raw.maxFailures,
    home: harnessHome(process.env), command: `bn-conformance ${process.argv.slice(2).join(' ')}`,
  };
}
