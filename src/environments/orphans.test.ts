import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { endOrphans } from './orphans.ts';

const sleeper = 'import sys, time; print("here", flush=True); time.sleep(60)';

/** A process that looks as given to who reads its arguments. */
async function started(...args: readonly string[]) {
  const child = spawn('python3', ['-c', sleeper, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child;
}

it('what a killed harness left at work on an environment is ended; a runner of it, and makers of others, are not', async () => {
  const folder = '/no/such/environments/toy';
  const pip = await started(`${folder}/bin/python`, '-m', 'pip', 'install');
  const venv = await started('-m', 'venv', folder);
  const others = [await started(`${folder}/bin/python`, 'adapter.py'), await started(`${folder}-2/bin/python`, '-m', 'pip')];
  const ended = Promise.all([once(pip, 'exit'), once(venv, 'exit')]);
  await endOrphans(folder);
  expect((await ended).map(([code, signal]: unknown[]) => (code === 137 ? 'SIGKILL' : signal ?? code))).toEqual(['SIGKILL', 'SIGKILL']); // python3 may be a shell script, which hands the signal on as 128 + 9
  expect(others.map(({ exitCode, signalCode }) => [exitCode, signalCode])).toEqual([[null, null], [null, null]]);
  for (const other of others) other.kill('SIGKILL');
});
