import { Command } from 'commander';
import { harnessHome } from '../environments/home.ts';
import { summariseClaims } from '../reports/claims/summarise-claims.ts';
import { schemaVersion } from '../reports/read-run.ts';
import { askClaims, claimsOfRun, type JudgedClaims } from '../verbs/claims.ts';
import { claimsText } from '../verbs/claims/text.ts';
import { defaultJobs } from '../verbs/run/options.ts';
import { collect, collectAssignment, parseCount } from './options.ts';
import { paintFor } from './paint-for.ts';
import { openProgress } from './progress.ts';

interface RawClaimsOptions {
  readonly run?: string;
  readonly runner: string[];
  readonly python: Record<string, string>;
  readonly out: string;
  readonly jobs: number;
  readonly json?: boolean;
}

export function claimsCommand(): Command {
  return new Command('claims')
    .description('what five pages of documentation say of the two frameworks, and whether it holds: every verdict is computed from a run')
    .argument('[claims...]', 'ids of claims or of pages, such as S0-35 or S0; all of them by default')
    .option('--run <run>', 'folder of an earlier run of the suite claims, or its run.ndjson; by default the frameworks are asked now')
    .option('--runner <id[@version]>', 'whom to ask (repeatable; default pytorch and mindspore)', collect, [])
    .option('--python <id=path>', 'the user’s own interpreter for a runner (repeatable)', collectAssignment, {})
    .option('--out <dir>', 'folder for the reports of the run', 'reports/claims')
    .option('--jobs <n>', 'runner processes at one time', parseCount, defaultJobs)
    .option('--json', 'print one JSON object to stdout, and nothing else there')
    .addHelpText('after', [
      '', 'Examples:', '  bn-conformance claims', '  bn-conformance claims S0-35 S4 --runner pytorch --runner mindspore@2.0.0', '  bn-conformance claims --run reports/claims --json', '',
    ].join('\n'))
    .action(async (wanted: string[], raw: RawClaimsOptions) => {
      const { judged, files } = raw.run === undefined ? await askNow(wanted, raw) : await claimsOfRun(raw.run, wanted);
      process.stdout.write(raw.json === true ? `${JSON.stringify({ schemaVersion, claims: summariseClaims(judged) }, null, 2)}\n` : claimsText(judged, files, paintFor(process.stdout)));
    });
}

async function askNow(wanted: readonly string[], raw: RawClaimsOptions): Promise<JudgedClaims> {
  const controller = new AbortController();
  const stop = (): void => { controller.abort(); };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const progress = openProgress(process.stderr, process.env);
  try {
    return await askClaims({
      runners: raw.runner, python: raw.python, select: [], out: raw.out, strict: false, jobs: raw.jobs, threads: 1, device: 'cpu', timeLimitMs: 60_000,
      home: harnessHome(process.env), command: `bn-conformance ${process.argv.slice(2).join(' ')}`,
    }, wanted, progress.listener, controller.signal);
  } finally {
    progress.close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
