import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../spec/package-root.ts';
import { main } from './spawn.fixture.ts';

const { scripts, version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>>; readonly version: string };
const [, interpreter = '', argument = ''] = /^#!(\S+) (.*)\n/.exec(readFileSync(main, 'utf8')) ?? [];

describe('the engine that runs the command', () => {
  it('is started alike by its own name, by npm, for the bench and for the soak', () => {
    const engine = argument.replace(/^-S /, '');
    expect(engine).toMatch(/^node --min-semi-space-size=\d+ --max-semi-space-size=\d+$/);
    for (const name of ['cli', 'conformance', 'score', 'bench', 'soak']) expect(scripts[name], name).toMatch(new RegExp(`^${engine} \\S`));
  });

  it('starts as the system starts a script that names it', async () => {
    expect((await execa(interpreter, [argument, main, '--version'])).stdout).toBe(version);
  });
});
