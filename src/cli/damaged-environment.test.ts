import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliIn } from './spawn.fixture.ts';

const odd = fileURLToPath(new URL('../runners/fixtures/odd_runner.py', import.meta.url));

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'bn-damaged-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

/** A runner that needs a package of one module, in an environment of its own that pip fills from a folder. */
function writeRunner(): void {
  mkdirSync(join(folder, 'toy/environments'), { recursive: true });
  const wheel = `
import zipfile
with zipfile.ZipFile('bn_toy-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('bn_toy.py', 'ANSWER = 42\\n')
    wheel.writestr('bn_toy-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: bn-toy\\nVersion: 1.0\\n')
    wheel.writestr('bn_toy-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr('bn_toy-1.0.dist-info/RECORD', 'bn_toy.py,,12\\nbn_toy-1.0.dist-info/METADATA,,\\nbn_toy-1.0.dist-info/WHEEL,,\\nbn_toy-1.0.dist-info/RECORD,,\\n')
`;
  execFileSync('python3', ['-c', wheel], { cwd: folder });
  writeFileSync(join(folder, 'toy/environments/1.0.txt'), '# python: >=3.9\n# prefer: 3.11\n# disk: 20M\nbn-toy==1.0\n');
  writeFileSync(join(folder, 'toy/adapter.py'), `import bn_toy\nexec(open(${JSON.stringify(odd)}).read())\n`);
  const description = { schemaVersion: 1, id: 'toy', framework: 'odd', title: 'Toy', dialect: 'core', language: 'python', entry: 'adapter.py', arguments: ['honest', '-2'], defaultVersion: '1.0', layers: ['batchnorm2d'] };
  writeFileSync(join(folder, 'toy/runner.json'), JSON.stringify(description));
}

function modulePath(): string {
  const environments = join(folder, 'home/environments');
  const [name = ''] = readdirSync(environments);
  const lib = join(environments, name, 'lib');
  return join(lib, readdirSync(lib)[0] ?? '', 'site-packages/bn_toy.py');
}

describe('an environment that lacks a file', () => {
  it('is made anew when its runner does not start, and the run goes on', async () => {
    writeRunner();
    const variables = { BN_CONFORMANCE_HOME: join(folder, 'home'), PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
    const ask = () => cliIn(folder, ['run', '--suite', 'smoke', '--runner', join(folder, 'toy/runner.json'), '--select', 'batchnorm2d/**', '--max-failures', '1', '--out', join(folder, 'out')], variables);
    expect(await ask()).toMatchObject({ code: 1, stderr: expect.not.stringContaining('damaged') as unknown }); // it echoes its input: asked, and found wrong
    rmSync(modulePath());
    const { code, stderr } = await ask();
    expect([code, stderr]).toEqual([1, expect.stringMatching(/toy@1\.0: toy-1\.0-\w+-py[\d.]+ is damaged, making it anew: bn_toy\.py is not what was installed/)]);
  }, 300_000);
});
