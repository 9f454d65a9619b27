import type { ListrTaskWrapper } from 'listr2';
import type { RunListener, RunnerProgress } from '../verbs/run/options.ts';

/** Progress of a run: live lines on a terminal, one line per stage in a log, nothing more in CI. */
export interface Progress {
  readonly listener: RunListener;
  readonly close: () => void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Chooses by the stream: a terminal gets live lines, anything else plain ones. */
export function openProgress(stream: NodeJS.WriteStream, variables: Environment): Progress {
  return stream.isTTY && variables['CI'] === undefined ? liveProgress() : plainProgress(stream);
}

function plainProgress(stream: NodeJS.WritableStream): Progress {
  const said = new Map<string, string>();
  const stage = (runner: string, text: string): void => {
    if (said.get(runner) === text) return;
    said.set(runner, text);
    stream.write(`${runner}: ${text}\n`);
  };
  return { listener: { stage, progress: () => undefined }, close: () => undefined };
}

interface Line {
  readonly finish: () => void;
  readonly show: (text: string) => void;
}

/** One listr2 task per runner, alive until the run closes it. The library is read while the framework is loaded. */
function liveProgress(): Progress {
  const lines = new Map<string, Line>();
  const began = performance.now();
  const lineOf = (runner: string): Line => {
    const known = lines.get(runner);
    if (known !== undefined) return known;
    const line = openLine(runner);
    lines.set(runner, line);
    return line;
  };
  return {
    listener: {
      stage: (runner, text) => { lineOf(runner).show(text); },
      progress: (runner, progress) => { lineOf(runner).show(formatProgress(progress, performance.now() - began)); },
    },
    close: () => { for (const line of lines.values()) line.finish(); lines.clear(); },
  };
}

function openLine(runner: string): Line {
  let title = runner;
  let shown: ListrTaskWrapper<unknown, never, never> | undefined;
  let isOver = false;
  let finish = (): void => undefined;
  const ended = new Promise<void>((resolve) => { finish = () => { isOver = true; resolve(); }; });
  const task = async (_: unknown, own: unknown): Promise<void> => {
    shown = own as ListrTaskWrapper<unknown, never, never>;
    shown.title = title;
    await ended;
  };
  void import('listr2').then(async ({ Listr }) => {
    if (!isOver) await new Listr<unknown>([{ title, task }], { registerSignalListeners: false }).run();
  });
  const show = (text: string): void => {
    title = `${runner}: ${text}`;
    if (shown !== undefined) shown.title = title;
  };
  return { finish: () => { finish(); }, show };
}

/** `1200 / 7200 (16 %), 850/s, 7 s left, 3 deviating`. */
export function formatProgress({ done, planned, deviations }: RunnerProgress, elapsedMs: number): string {
  const rate = (done * 1000) / Math.max(elapsedMs, 1);
  const left = rate > 0 ? `${String(Math.ceil((planned - done) / rate))} s left` : 'time left unknown';
  return `${String(done)} / ${String(planned)} (${String(Math.floor((100 * done) / Math.max(planned, 1)))} %), ${rate.toFixed(0)}/s, ${left}, ${String(deviations)} deviating`;
}
