import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliIn } from './spawn.fixture.ts';

let folder = '';
let script = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-completion-'));
  script = join(folder, 'completion.bash');
  await writeFile(script, (await cli('completion', 'bash')).stdout);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = (...args: readonly string[]) => cliIn(folder, args);

/** What bash offers where the last word is being typed. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const ask = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _bn_conformance; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout } = await execa('bash', ['-c', ask, script, 'bn-conformance', ...words]);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion', { timeout: 60_000 }, () => {
  it('bash offers verbs', async () => {
    expect(await offered('re')).toEqual(['report', 'reproduce']);
    expect(await offered('')).toEqual(expect.arrayContaining(['run', 'judge', 'envs', 'completion', '--help']));
  });

  it('bash offers the flags of the verb, and of the verbs below it', async () => {
    expect(await offered('run', '--s')).toEqual(['--suite', '--select', '--seed', '--strict', '--shard']);
    expect(await offered('diff', '--s')).toEqual([]);
    expect(await offered('diff', '--')).toEqual(expect.arrayContaining(['--gate', '--markdown', '--json', '--help']));
    expect(await offered('envs', 'cr')).toEqual(['create']);
  });

  it('bash offers runner ids, suites, formats and other words that a flag takes', async () => {
    expect(await offered('run', '--suite', 's')).toEqual(['smoke']);
    expect(await offered('run', '--jobs', '2', '--runner', 'py')).toEqual(['pytorch']);
    expect(await offered('run', '--runner', 'miniature-hon')).toContain('miniature-honest');
    expect(await offered('report', '--format', 'ju')).toEqual(['junit']);
    expect(await offered('judge', '--mode', '')).toEqual(['train', 'eval']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it.each(['bash', 'zsh', 'fish'])('the script for %s names every verb of the help, with its flags', async (shell) => {
    const [{ stdout: text }, { stdout: help }] = await Promise.all([cli('completion', shell), cli('--help')]);
    const verbs = [...help.matchAll(/^ {2}([a-z]+)\b(?= \[options\]| <|  )/gm)].flatMap(([, verb]) => verb ?? []).filter((verb) => verb !== 'help');
    expect(verbs.length).toBeGreaterThan(10);
    expect(verbs.filter((verb) => !new RegExp(String.raw`\b${verb}\b`).test(text))).toEqual([]);
    expect(text.includes(shell === 'fish' ? '-l max-failures' : '--max-failures')).toBe(true);
  });

  it('another shell is refused, with those there are', async () => {
    const { code, stderr } = await cli('completion', 'tcsh');
    expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish')]);
  });
});
