import { createWriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { UserError } from '../spec/user-error.ts';

export interface InstallOptions {
  /** The whole output of every command is appended here. */
  readonly log: string;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

const telling = /^\s*(?:Collecting|Downloading|Using cached|Building wheel|Installing collected packages|Successfully installed|ERROR)/;
const keptLines = 40;
const shownLines = 8;

/** Makes a virtual environment with pip inside. */
export async function createVenv(python: string, folder: string, options: InstallOptions): Promise<void> {
  await runLogged([python, '-m', 'venv', folder], dirname(folder), options);
}

/** Installs a requirements file. Index, find-links and constraints are the business of the user's own pip settings. */
export async function installRequirements(python: string, file: string, options: InstallOptions): Promise<void> {
  await runLogged([python, '-m', 'pip', 'install', '--no-input', '--progress-bar', 'off', '-r', file], dirname(file), options);
}

/** Installed packages by name. */
export async function listPackages(python: string, signal: AbortSignal): Promise<Record<string, string>> {
  const { execa } = await import('execa');
  const { stdout } = await execa(python, ['-m', 'pip', 'list', '--format=json', '--disable-pip-version-check'], {
    env: cleanVariables,
    stderr: 'ignore',
    cancelSignal: signal,
  });
  const packages = JSON.parse(stdout) as readonly { readonly name: string; readonly version: string }[];
  return Object.fromEntries(packages.map(({ name, version }) => [name, version]));
}

// Either of them would let packages from elsewhere into the environment.
const cleanVariables = { PYTHONPATH: undefined, PYTHONHOME: undefined };

async function runLogged([command, ...args]: [string, ...string[]], cwd: string, options: InstallOptions): Promise<void> {
  const log = createWriteStream(options.log, { flags: 'a' });
  log.on('error', () => undefined); // told below
  log.write(`$ ${[command, ...args].join(' ')}\n`);
  const { execa } = await import('execa');
  const child = execa(command, args, {
    all: true,
    buffer: false,
    cancelSignal: options.signal,
    cwd,
    env: cleanVariables,
    reject: false,
    stdin: 'ignore',
  });
  const last: string[] = [];
  for await (const line of child.iterable({ from: 'all' })) {
    log.write(`${line}\n`);
    last.push(line);
    if (last.length > keptLines) last.shift();
    if (telling.test(line)) options.onProgress(line.trim());
  }
  const { failed, shortMessage } = await child;
  log.end();
  await finished(log).catch((error: unknown) => { throw unwritableLog(options.log, error as Error); });
  options.signal.throwIfAborted();
  if (failed) throw installFailed(shortMessage ?? command, last, options.log);
}

function unwritableLog(path: string, cause: Error): UserError {
  return new UserError('HOME_UNWRITABLE', `cannot write ${path}: ${cause.message}`, 'free the space, or set BN_CONFORMANCE_HOME to a folder that can be written', { cause });
}

function installFailed(summary: string, last: readonly string[], log: string): UserError {
  const errors = last.filter((line) => line.startsWith('ERROR'));
  const shown = (errors.length > 0 ? errors : last).slice(-shownLines);
  return new UserError(
    'ENVIRONMENT_FAILED',
    [summary, ...shown].join('\n  '),
    `the whole log is ${log}; packages come from where your pip settings point (pip config list)`,
  );
}
