import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironment } from '../environments/ensure.ts';
import { harnessHome } from '../environments/home.ts';
import { runnerNamed } from '../verbs/runners-folder.ts';
import { cliIn, main } from './spawn.fixture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-offline-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A network of the program's own, in which nothing is but the loopback interface. */
const alone = process.getuid?.() === 0 ? ['--net'] : ['--net', '--map-root-user'];
const loopback = 'import fcntl, socket, struct, sys, os; s = socket.socket(); fcntl.ioctl(s, 0x8914, struct.pack("16sh14s", b"lo", 0x41, b"")); os.execvp(sys.argv[1], sys.argv[1:])';
const inside = (program: readonly string[]) => execa('unshare', [...alone, 'python3', '-c', loopback, ...program], { reject: false, cwd: folder, stdin: 'ignore' });
const isPermitted = (await inside(['true'])).exitCode === 0;

describe.skipIf(!isPermitted)(`without a network${isPermitted ? '' : ': skipped, for network namespaces are not permitted here'}`, () => {
  it('control: another machine is out of reach, and this one is not', async () => {
    const script = (host: string) => `import socket\ntry:\n    socket.create_connection(("${host}", 9), 2)\nexcept OSError as error:\n    print(error.errno)`;
    expect((await inside(['python3', '-c', script('192.0.2.1')])).stdout).toBe('101'); // ENETUNREACH
    expect((await inside(['python3', '-c', script('127.0.0.1')])).stdout).toBe('111'); // ECONNREFUSED
  });

  it('PyTorch is judged, and processes of ranks meet, once the environment exists', async () => {
    const { environment } = await runnerNamed('pytorch');
    if (environment === undefined) throw new TypeError('expected a pinned environment');
    await ensureEnvironment(environment, { home: harnessHome(process.env), onProgress: () => undefined });
    const select = ['--select', 'batchnorm1d/state/trajectory/**', '--select', 'syncbatchnorm/sync/**'];
    const { exitCode, stdout, stderr } = await inside(['node', main, 'run', '--suite', 'smoke', '--runner', 'pytorch', ...select, '--out', 'offline']);
    expect([exitCode, stderr.includes('error')], `${stdout}${stderr}`).toEqual([0, false]);
    expect(stdout).toMatch(/pytorch@2\.13\.0 .* conform/);
  }, 180_000);
});

describe('words that look like flags, paths and commands', () => {
  it.each([
    [['run', '--runner', 'pytorch@--index-url=http://localhost']], [['run', '--runner', '$(touch x)']], [['run', '--runner', 'miniature-honest', '--python', 'miniature-honest=--version']], [['list', '--suite', '../../../etc/passwd']],
    [['list', '--suite', '/dev/zero']], [['show', '\u001b[31m;id', '--run', 'no\u202ewhere']],
  ])('%j is refused in one message', async (args) => {
    const { code, stdout, stderr } = await cliIn(folder, args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: [^]* \([A-Z_]+\)\n {2}\S[^\n]*$/);
    expect(stderr).not.toMatch(/internal error|\u001b|\u202e|\n {4}at /);
  }, 30_000);
});
