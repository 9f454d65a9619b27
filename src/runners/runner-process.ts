import { spawn } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { PythonShell } from 'python-shell';
import { adoptGroup, killGroup } from './process-group.ts';

/** How a runner is started. */
export type Launch =
  | { readonly kind: 'python'; readonly script: string; readonly arguments: readonly string[] }
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]]; readonly folder: string };

export interface SpawnOptions {
  /** Interpreter, for Python runners. */
  readonly python: string;
  /** Working folder of Python runners: frameworks drop files where they stand. */
  readonly folder: string;
  readonly variables: Record<string, string>;
  /** Where stderr goes. */
  readonly stderrDescriptor: number;
}

/** How a process ended. */
export type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly message: string };

/** A live process, leader of its own process group. */
export interface RunnerProcess {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when the process itself ended, whoever still holds its pipes. By then its whole group is killed. */
  readonly exit: Promise<Exit>;
  /** Kills the whole group. */
  kill(): void;
}

/** Starts a runner. A program that is missing shows in `exit`. */
export function spawnRunner(launch: Launch, options: SpawnOptions): RunnerProcess {
  return launch.kind === 'python' ? spawnPython(launch, options) : spawnCommand(launch, options);
}

function spawnPython({ script, arguments: args }: Launch & { kind: 'python' }, options: SpawnOptions): RunnerProcess {
  const shell = new PythonShell(script, {
    mode: 'binary',
    pythonPath: options.python,
    args: [...args],
    cwd: options.folder,
    env: options.variables,
    detached: true,
    stdio: ['pipe', 'pipe', options.stderrDescriptor], // python-shell would keep all of a piped stderr in memory
  });
  // Its own close event waits for every holder of the pipe, grandchildren included; the child's exit does not.
  return follow(shell.childProcess, shell.childProcess.pid, shell.stdin, shell.stdout, (fail) => {
    shell.on('error', (error: Error) => fail(error.message));
  });
}

function spawnCommand({ command: [program, ...args], folder }: Launch & { kind: 'command' }, options: SpawnOptions): RunnerProcess {
  const child = spawn(program, args, { cwd: folder, detached: true, env: options.variables, stdio: ['pipe', 'pipe', options.stderrDescriptor] });
  const { pid, stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error(`${program} was started without pipes`); // Node's types know no descriptor beside pipes
  return follow(child, pid, stdin, stdout, (fail) => {
    child.once('error', ({ message }) => { fail(message); });
  });
}

function follow(
  child: Pick<EventEmitter, 'once'>,
  pid: number | undefined,
  stdin: Writable,
  stdout: Readable,
  onFailure: (fail: (message: string) => void) => void,
): RunnerProcess {
  if (pid !== undefined) adoptGroup(pid);
  const kill = () => {
    if (pid !== undefined) killGroup(pid);
  };
  stdin.on('error', () => undefined); // a broken pipe shows as the exit of the process
  stdout.on('error', () => undefined);
  const exit = new Promise<Exit>((resolve) => {
    child.once('exit', (code: number | null, signal: string | null) => {
      kill();
      resolve(code === null ? { kind: 'signalled', signal: signal ?? 'unknown' } : { kind: 'exited', code });
    });
    onFailure((message) => resolve({ kind: 'not-started', message }));
  });
  return { pid, stdin, stdout, exit, kill };
}

/** Such as `was killed by SIGSEGV`. */
export function describeExit(exit: Exit): string {
  switch (exit.kind) {
    case 'exited':
      return `left with exit code ${exit.code}`;
    case 'signalled':
      return `was killed by ${exit.signal}`;
    case 'not-started':
      return `did not start: ${exit.message}`;
  }
}
