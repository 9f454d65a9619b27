import { Command, InvalidArgumentError, Option } from 'commander';
import { harnessHome } from '../environments/home.ts';
import { parseFormats, type ReportFormat, reportFormats } from '../reports/format-names.ts';
import { ruleTitles } from '../reports/formats.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { judgeDump, type JudgeOptions } from '../verbs/judge.ts';
import { judgedText } from '../verbs/judge/text.ts';
import { refuseWrongReference } from '../verbs/run/blame-harness.ts';
import { scriptsLine } from '../verbs/run/outcome.ts';
import { defaultRunners } from '../verbs/runners-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { collect, collectAssignment, parseCount } from './options.ts';
import { paintFor } from './paint-for.ts';
import { openProgress } from './progress.ts';

interface RawJudgeOptions extends Pick<JudgeOptions, 'input' | 'dy' | 'state' | 'layer' | 'out' | 'python' | 'jobs' | 'threads' | 'device'> {
  readonly set: Record<string, string>;
  readonly mode?: 'train' | 'eval';
  readonly dtype?: FloatType;
  readonly runner: string[];
  readonly format?: readonly ReportFormat[];
  readonly timeLimit: number;
  readonly strict?: boolean;
  readonly json?: boolean;
}

export function judgeCommand(): Command {
  return new Command('judge')
    .description('asks frameworks what they make of your own activations, and says what lies outside the bounds and why; exit 0 when everything lies inside, 1 when something does not')
    .requiredOption('--input <file>', 'x as .npy, N and C first, or an .npz with names: x, dy, gamma, beta, running_mean, running_var, or what frameworks call them')
    .requiredOption('--layer <name>', 'BatchNorm1d, BatchNorm2d or BatchNorm3d')
    .option('--dy <file>', 'gradient of the loss by the output, as .npy: the backward pass is judged too')
    .option('--state <file>', 'parameters and running state before the call, as .npz with names')
    .option('--set <parameter=value>', 'eps, momentum (the weight of the new batch, or cumulative), affine, statistics, dtype, route, layout (repeatable)', collectSetting, {})
    .addOption(new Option('--mode <mode>', 'train or eval; both by default').choices(['train', 'eval']))
    .addOption(new Option('--dtype <type>', 'type of x: 16-bit patterns, which numpy has no name for, are read as bfloat16 where it says so').choices(['float16', 'bfloat16', 'float32', 'float64']))
    .option('--runner <id[@version]>', `whom to ask (repeatable; default ${defaultRunners.join(' and ')})`, collect, [])
    .option('--python <id=path>', 'the user’s own interpreter for a runner (repeatable)', collectAssignment, {})
    .option('--out <dir>', 'folder for the reports', 'reports/judge')
    .option('--format <list>', `reports to write beside run.ndjson: which of ${reportFormats.join(',')}; all of them by default`, parseFormats)
    .option('--strict', 'what is outside the bound of a stable algorithm alone fails too')
    .option('--jobs <n>', 'runner processes at one time', parseCount, 2)
    .option('--threads <n>', 'threads that a framework may use inside one operation', parseCount, 1)
    .option('--device <d>', 'device to run on', 'cpu')
    .option('--time-limit <seconds>', 'longest time for one case', parseCount, 600)
    .option('--json', 'print summary.json to stdout, and nothing else there')
    .addHelpText('after', [
      '', 'Examples:', '  bn-conformance judge --input x.npy --layer BatchNorm2d --mode train --set eps=1e-3',
      '  bn-conformance judge --input x.npy --dy dy.npy --state stats.npz --layer BatchNorm2d --set momentum=0.1 --runner pytorch --runner mindspore',
      '  bn-conformance judge --input dump.npz --layer BatchNorm1d --mode eval --runner pytorch --python pytorch=/usr/bin/python3',
      '', 'In Python: numpy.savez(\'dump.npz\', x=x, dy=dy, weight=w, bias=b, running_mean=m, running_var=v); bfloat16 as x.view(torch.uint16).numpy() and --dtype bfloat16.', '',
    ].join('\n'))
    .action(async (raw: RawJudgeOptions) => {
      process.exitCode = await judgeAndReport(raw);
    });
}

/** `PARAMETER=VALUE`, repeatable. */
function collectSetting(word: string, earlier: Readonly<Record<string, string>>): Record<string, string> {
  const at = word.indexOf('=');
  if (at < 1 || at === word.length - 1) throw new InvalidArgumentError(`expected PARAMETER=VALUE, such as eps=1e-3, got '${word}'`);
  return { ...earlier, [word.slice(0, at)]: word.slice(at + 1) };
}

async function judgeAndReport(raw: RawJudgeOptions): Promise<number> {
  const controller = new AbortController();
  const stop = (): void => { controller.abort(); };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const progress = openProgress(process.stderr, process.env);
  try {
    const judged = await judgeDump(optionsFrom(raw), progress.listener, controller.signal);
    progress.close();
    process.stdout.write(raw.json === true ? `${JSON.stringify(judged.summary, null, 2)}\n` : `${judgedText(judged, ruleTitles(), paintFor(process.stdout))}reports: ${raw.out}\n${scriptsLine(judged.reproducers, raw.out)}`);
    refuseWrongReference(judged.run);
    return judged.decision.gate === 'pass' && judged.complete ? exitCodes.passed : exitCodes.failed;
  } finally {
    progress.close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function optionsFrom({ runner, set, format, timeLimit, strict, mode, ...raw }: RawJudgeOptions): JudgeOptions {
  return {
    ...raw, runners: runner, settings: set, formats: format, mode: mode ?? null, strict: strict === true, timeLimitMs: timeLimit * 1000,
    home: harnessHome(process.env), command: `bn-conformance ${process.argv.slice(2).map(quoted).join(' ')}`,
  };
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
