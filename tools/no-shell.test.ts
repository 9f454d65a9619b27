import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folders = ['src', 'runners', 'tools', 'bench', 'reports/page', 'cases'];

/** Programs of ours, without the tests and what they use. */
function programs(): readonly string[] {
  const all = folders.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)));
  return all.filter((path) => /\.(?:ts|tsx|mjs|py)$/.test(path) && !/\.(?:test|fixture)\.ts$|\/fixtures\/|hostile_inputs\.py$/.test(path));
}

const forbidden: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a shell', /shell: ?true|shell=True|\bexecSync\(|\bos\.(?:system|popen)\(|\{ ?exec ?\} from|\bimport \{[^}]*\bexec\b[^}]*\} from 'node:child_process'/],
  ['text that is run', /(?<![.\w])eval\((?!\))|\bnew Function\(|\bvm\.run|(?<![.\w])exec\(/],
  ['a pickle', /allow_pickle=True|\bpickle\.loads?\(|torch\.load\((?![^)]*weights_only=True)/],
  ['YAML that makes objects', /yaml\.(?:load|unsafe_load)\(|customTags/],
];

describe('programs of ours', () => {
  const paths = programs();

  it.each(forbidden)('%s is nowhere', (_, pattern) => {
    expect(paths.length).toBeGreaterThan(300);
    const lines = paths.flatMap((path) => readFileSync(path, 'utf8').split('\n').map((line) => `${path}: ${line.trim()}`));
    expect(lines.filter((line) => pattern.test(line) && !line.includes('noqa: S307'))).toEqual([]);
  });

  it.each([
    ['a shell', "execa('x', { shell: true })"], ['a shell', 'subprocess.run(x, shell=True)'], ['text that is run', 'x = eval(y)'], ['a pickle', "torch.load('x')"], ['YAML that makes objects', 'yaml.load(x)'],
  ])('control: %s is found in %s', (what, line) => {
    expect(forbidden.find(([name]) => name === what)?.[1].test(line)).toBe(true);
  });
});
