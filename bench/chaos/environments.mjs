import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** @import { Trial } from './runner-faults.mjs' */

const maker = fileURLToPath(new URL('make-environment.mjs', import.meta.url));

/** A wheel of one module, made on the spot. */
const wheelScript = `
import sys, zipfile
name = 'bn_toy-1.0.dist-info'
files = {'bn_toy.py': 'ANSWER = 42\\n', name + '/METADATA': 'Metadata-Version: 2.1\\nName: bn-toy\\nVersion: 1.0\\n',
         name + '/WHEEL': 'Wheel-Version: 1.0\\nGenerator: chaos\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'}
files[name + '/RECORD'] = ''.join('%s,,%d\\n' % (path, len(text)) for path, text in files.items()) + name + '/RECORD,,\\n'
with zipfile.ZipFile(sys.argv[1] + '/bn_toy-1.0-py3-none-any.whl', 'w') as wheel:
    for path, text in files.items():
        wheel.writestr(path, text)
`;

/** pip's own settings say where packages come from: a folder, and no index. @param {string} folder @param {string} [preferred]  minor version of Python */
function toyEnvironment(folder, preferred = '3.11') {
  mkdirSync(folder, { recursive: true });
  execFileSync('python3', ['-c', wheelScript, folder]);
  const file = join(folder, '1.0.txt');
  writeFileSync(file, `# python: >=3.9\n# prefer: ${preferred}\n# disk: 20M\nbn-toy==1.0\n`);
  return { file, variables: { PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder, PIP_DISABLE_PIP_VERSION_CHECK: '1' } };
}

/** Damage to an environment that is there, by name. @type {Readonly<Record<string, (folder: string) => void>>} */
const damages = {
  'environment without one file': (folder) => { rmSync(modulePath(folder)); },
  'environment with a file cut short': (folder) => { writeFileSync(modulePath(folder), 'ANS'); },
  'environment with a truncated python': (folder) => {
    rmSync(join(folder, 'bin/python'));
    writeFileSync(join(folder, 'bin/python'), '', { mode: 0o755 });
  },
  'environment half-made': (folder) => {
    rmSync(join(folder, 'complete.json'));
    rmSync(join(folder, 'lib'), { recursive: true });
  },
};

/** @param {string} folder */
function modulePath(folder) {
  const python = readdirSync(join(folder, 'lib')).find((name) => name.startsWith('python3')) ?? '';
  return join(folder, 'lib', python, 'site-packages', 'bn_toy.py');
}

/**
 * pip killed half-way `kills` times, each time with the harness or alone, then two processes that make the environment at once; then each damage.
 *
 * @param {string} folder
 * @param {number} kills
 * @param {() => number} draw
 * @param {(text: string) => void} tell
 * @returns {Promise<readonly Trial[]>}
 */
export async function breakEnvironments(folder, kills, draw, tell) {
  const home = join(folder, 'home');
  const { file, variables } = toyEnvironment(join(folder, 'toy'));
  const make = (/** @type {string[]} */ ...more) => execa('node', [maker, home, file, ...more], { reject: false, env: variables, stdin: 'ignore' });
  const began = performance.now();
  const first = await make();
  const durationMs = performance.now() - began;
  const place = /"folder":"([^"]+)"/.exec(first.stdout)?.[1];
  if (place === undefined) return [{ kind: 'environment made undisturbed', lost: [first.stderr.slice(-300)] }];
  const trials = /** @type {Trial[]} */ ([]);
  for (let kill = 0; kill < kills; kill++) {
    rmSync(place, { recursive: true });
    const child = make();
    await sleep((0.2 + 0.7 * draw()) * durationMs);
    child.kill('SIGKILL');
    await child;
    const both = await Promise.all([make(), make()]);
    trials.push({ kind: 'harness killed while pip works, then two at once', lost: [...wrongMakers(both), ...wrongEnvironment(place), ...leftOvers(home)] });
    tell(`environments: ${kill + 1} of ${kills} kills`);
  }
  for (const [kind, damage] of Object.entries(damages)) {
    damage(place);
    const { stdout, stderr } = await make('suspect');
    trials.push({ kind, lost: [...(stdout.includes('"created":true') ? [] : [`not made again: ${stdout}${stderr.slice(-200)}`]), ...wrongEnvironment(place), ...leftOvers(home)] });
  }
  const { stdout } = await make('suspect');
  trials.push({ kind: 'environment that is whole, under suspicion', lost: stdout.includes('"created":false') ? [] : ['it was made again'] });
  return trials;
}

/** @param {readonly { readonly stdout: string, readonly stderr: string }[]} both */
function wrongMakers(both) {
  const made = both.filter(({ stdout }) => stdout.includes('"created":true')).length;
  // a kill that came too late leaves a whole one
  const answered = both.filter(({ stdout }) => stdout.includes('"created"')).length;
  return answered === 2 && made <= 1 ? [] : [`${answered} of two got the environment, ${made} made it: ${both.map(({ stderr }) => stderr.slice(-150)).join(' ')}`];
}

/** @param {string} place */
function wrongEnvironment(place) {
  try {
    const answer = execFileSync(join(place, 'bin/python'), ['-c', 'import bn_toy; print(bn_toy.ANSWER)'], { encoding: 'utf8' }).trim();
    return answer === '42' ? [] : [`its module says ${answer}`];
  } catch (error) {
    return [`its module cannot be imported: ${/** @type {Error} */ (error).message.slice(0, 200)}`];
  }
}

/** Locks, notes, and processes at work on it. @param {string} home */
function leftOvers(home) {
  const names = readdirSync(join(home, 'environments')).filter((name) => /\.(lock|holder)/.test(name));
  const words = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => (existsSync(`/proc/${pid}/cmdline`) ? readCommand(pid) : ''));
  return [...names.map((name) => `${name} was left`), ...words.filter((line) => line.includes(`${home}/environments`)).map((line) => `a process was left: ${line.slice(0, 120)}`)];
}

/** @param {string} pid */
function readCommand(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has gone
  }
}
