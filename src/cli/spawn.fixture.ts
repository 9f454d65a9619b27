import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../spec/package-root.ts';

/** What `npm run build` made; `npm test` builds before it tests. */
export const main = join(packageRoot, 'dist', 'cli', 'main.js');

export interface Answer {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a folder, whose path reads FOLDER in the answer; not as a step of GitHub Actions, wherever the tests run. */
export async function cliIn(folder: string, args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const env = { GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '', ...variables };
  const { exitCode, stdout, stderr } = await execa('node', [main, ...args], { reject: false, cwd: folder, stdin: 'ignore', env });
  const plain = (text: string) => text.replaceAll(folder, 'FOLDER');
  return { code: exitCode, stdout: plain(stdout), stderr: plain(stderr) };
}

/** Commands with their messages and exit codes; what they print to stdout comes first, since there should be nothing. */
export async function transcript(folder: string, commands: readonly (readonly string[])[]): Promise<string> {
  const answers = await Promise.all(commands.map((args) => cliIn(folder, args)));
  const shown = answers.map(({ code, stdout, stderr }, index) => `$ ${(commands[index] ?? []).join(' ').replaceAll(folder, 'FOLDER')}\n${stdout}${stderr}\n→ ${String(code)}`);
  return shown.join('\n');
}
