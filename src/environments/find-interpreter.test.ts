import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from './environment-file.ts';
import { chooseInterpreter, findInterpreters } from './find-interpreter.ts';
import type { Interpreter } from './interpreter.ts';
import { useInterpreter } from './use-interpreter.ts';

function cpython(version: string, facts: Partial<Interpreter> = {}): Interpreter {
  const minor = version.split('.').slice(0, 2).join('.');
  const path = `/opt/${version}/bin/python3`;
  return { path, executable: path, version, minor, implementation: 'CPython', makesEnvironments: true, ...facts };
}

function chosen(headers: string, found: readonly Interpreter[]): string {
  return chooseInterpreter(parseEnvironmentFile('pytorch/2.13.0.txt', headers), found).version;
}

describe('choice of an interpreter', () => {
  it('the preferred minor version wins over a newer one in range', () => {
    expect(chosen('# python: >=3.10 <3.13\n# prefer: 3.11', [cpython('3.10.13'), cpython('3.11.7'), cpython('3.12.1')])).toBe('3.11.7');
  });

  it('without the preferred one, the newest in range', () => {
    expect(chosen('# python: >=3.9 <3.13\n# prefer: 3.11', [cpython('3.9.18'), cpython('3.10.13'), cpython('3.13.0')])).toBe('3.10.13');
  });

  it('another implementation, and one without venv, are passed over', () => {
    const found = [cpython('3.12.1', { implementation: 'PyPy' }), cpython('3.11.7', { makesEnvironments: false }), cpython('3.10.13')];
    expect(chosen('# python: >=3.9', found)).toBe('3.10.13');
  });

  it('message: no suitable interpreter', () => {
    const found = [cpython('3.8.18'), cpython('3.11.7', { makesEnvironments: false })];
    let error: unknown;
    try {
      chosen('# python: >=3.10 <3.13\n# prefer: 3.11', found);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({
      code: 'PYTHON_NOT_FOUND',
      message:
        'no CPython >=3.10 <3.13 for pytorch/2.13.0.txt; found: 3.11.7 (/opt/3.11.7/bin/python3, without venv or ensurepip), 3.8.18 (/opt/3.8.18/bin/python3)',
      hint: 'install CPython 3.11 (with venv and ensurepip) so that it is on PATH or under pyenv, or name an interpreter that has the framework: --python RUNNER=PATH',
    });
  });
});

describe('search for interpreters', () => {
  it('finds at least the python3 on PATH, each one once', async () => {
    const found = await findInterpreters(process.env);
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ executable }) => executable)).size).toBe(found.length);
    for (const { version, minor } of found) expect(version.startsWith(`${minor}.`)).toBe(true);
  });

  it('finds nothing in empty folders', async () => {
    expect(await findInterpreters({ PATH: '/nonexistent', PYENV_ROOT: '/nonexistent' })).toEqual([]);
  });
});

describe('--python ID=PATH', () => {
  it('a missing path is named', async () => {
    await expect(useInterpreter('/nonexistent/python3')).rejects.toMatchObject({
      code: 'PYTHON_NOT_FOUND',
      message: 'there is no file /nonexistent/python3',
    });
  });

  it('a program that is no Python is refused', async () => {
    await expect(useInterpreter('/bin/ls')).rejects.toMatchObject({
      code: 'PYTHON_NOT_FOUND',
      message: '/bin/ls does not run as a Python interpreter',
    });
  });

  it('a CPython that runs is taken', async () => {
    const found = await findInterpreters(process.env);
    expect(await useInterpreter(found[0]!.path)).toEqual(found[0]);
  });
});
