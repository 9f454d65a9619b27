import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { askedHonest, badlyTold, cli, differences, linesOf, main } from './same-run.mjs';

/**
 * @typedef {object} Setting
 * @property {string} folder  to work in
 * @property {string} whole  out folder of an undisturbed run
 * @property {() => number} draw
 *
 * @typedef {object} Scenario
 * @property {string} kind
 * @property {(setting: Setting) => Promise<readonly string[]>} lost  what was lost
 */

/** @type {readonly Scenario[]} */
export const folderScenarios = [
  { kind: 'disk full, then space, then --resume', lost: diskFull },
  { kind: 'file too large (RLIMIT_FSIZE), then --resume', lost: fileTooLarge },
  { kind: 'out folder read-only', lost: readOnly },
  { kind: 'out folder removed while a run writes', lost: removed },
  { kind: 'two runs into one folder', lost: twoRuns },
  { kind: 'clock set while a run writes', lost: (setting) => clockSteps(setting) },
  { kind: 'clock set, then another run into the folder', lost: clockStepsBesideAnother },
];

/** Room for a part of the run file. @param {Setting} setting */
function roomOf({ whole, draw }) {
  return Math.ceil(statSync(join(whole, 'run.ndjson')).size * (0.2 + 0.6 * draw()));
}

/** A file system of so many bytes that may hold it; undefined where this process may not mount. @param {string} at @param {string} options */
async function mounted(at, options) {
  mkdirSync(at, { recursive: true });
  const { exitCode } = await execa('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at], { reject: false });
  return exitCode === 0 ? () => execa('umount', ['--lazy', at], { reject: false }) : undefined;
}

/** Without the right to mount, a limit on the size of files stands for the disk. @param {Setting} setting */
async function diskFull(setting) {
  const disk = join(setting.folder, 'disk');
  const unmount = await mounted(disk, `size=${roomOf(setting)}`);
  if (unmount === undefined) return fileTooLarge(setting);
  try {
    return await interruptedByDisk(setting, join(disk, 'out'), [], () => execa('mount', ['-o', 'remount,size=256m', disk]));
  } finally {
    await unmount();
  }
}

/** @param {Setting} setting */
function fileTooLarge(setting) {
  return interruptedByDisk(setting, join(setting.folder, 'limited'), ['prlimit', `--fsize=${roomOf(setting)}`], () => Promise.resolve());
}

/** @param {Setting} setting @param {string} out @param {readonly string[]} before @param {() => Promise<unknown>} makeRoom */
async function interruptedByDisk({ folder, whole }, out, before, makeRoom) {
  const full = await cli([...askedHonest, '--out', out], { cwd: folder, before });
  const kept = linesOf(out).slice(0, -1); // the last one may be cut in half
  const again = await cli(['run', '--resume', out], { cwd: folder, before });
  await makeRoom();
  const { exitCode } = await cli(['run', '--resume', out], { cwd: folder });
  const held = linesOf(out).slice(0, kept.length).join('\n') === kept.join('\n');
  return [
    ...badlyTold(full, 'OUT_FOLDER_UNWRITABLE'), ...badlyTold(again, 'OUT_FOLDER_UNWRITABLE'), ...(kept.length > 2 ? [] : ['nothing was kept']),
    ...(held ? [] : ['what was kept was written anew']), ...(exitCode === 0 ? [] : [`resumed with exit code ${exitCode}`]), ...differences(out, whole),
  ];
}

/** @param {Setting} setting */
async function readOnly({ folder }) {
  const disk = join(folder, 'read-only');
  const unmount = await mounted(disk, 'ro');
  try {
    // without the right to mount: a file system that is nobody's to write
    return badlyTold(await cli([...askedHonest, '--out', unmount === undefined ? '/proc/bn-out' : join(disk, 'out')], { cwd: folder }), 'OUT_FOLDER_UNWRITABLE');
  } finally {
    await unmount?.();
  }
}

/** @param {Setting} setting */
async function removed({ folder, whole, draw }) {
  const out = join(folder, 'removed');
  const running = cli([...askedHonest, '--out', out], { cwd: folder });
  await grown(out, statSync(join(whole, 'run.ndjson')).size * 0.5 * draw(), running);
  rmSync(out, { recursive: true, force: true });
  return [...badlyTold(await running, 'OUT_FOLDER_LOST'), ...(existsSync(out) ? ['the folder was made again'] : [])];
}

/** @param {Setting} setting */
async function twoRuns({ folder, whole, draw }) {
  const out = join(folder, 'two');
  const first = cli([...askedHonest, '--out', out], { cwd: folder });
  await sleep(draw() * 200);
  const answers = await Promise.all([first, cli([...askedHonest, '--out', out], { cwd: folder })]);
  const refused = answers.filter(({ exitCode }) => exitCode === 2);
  if (refused.length > 1) return ['both runs were refused'];
  return [...refused.flatMap((other) => badlyTold(other, 'OUT_FOLDER_IN_USE')), ...differences(out, whole)]; // none, where one began when the other was over
}

const clock = new URL('clock-steps.mjs', import.meta.url).href;

/** @param {Setting} setting @param {string} name */
async function clockSteps({ folder, whole, draw }, name = 'clock') {
  const out = join(folder, name);
  const env = { NODE_OPTIONS: `--import=${clock}`, CLOCK_SEED: String(Math.floor(draw() * 2 ** 31)) };
  const { exitCode, stderr } = await cli([...askedHonest, '--out', out], { cwd: folder, env });
  const durationMs = Number(/"durationMs":(-?\d+)/.exec(linesOf(out).at(-1) ?? '')?.[1]);
  return [
    ...(exitCode === 0 && !stderr.includes('error') ? [] : [`exit code ${exitCode}, ${stderr.slice(-200)}`]), ...differences(out, whole),
    ...(durationMs > 0 && durationMs < 600_000 ? [] : [`a duration of ${durationMs} ms`]),
  ];
}

/** The lock of a living run is not old because somebody set the clock, nor because the run stands still. @param {Setting} setting */
async function clockStepsBesideAnother({ folder, whole }) {
  const out = join(folder, 'beside');
  const first = execa('node', [main, ...askedHonest, '--out', out], { reject: false, cwd: folder, stdin: 'ignore' });
  await grown(out, 1, first);
  first.kill('SIGSTOP');
  const other = await cli([...askedHonest, '--out', out], { cwd: folder, env: { NODE_OPTIONS: `--import=${clock}`, CLOCK_SEED: 'ahead' } });
  first.kill('SIGCONT');
  await first;
  return [...badlyTold(other, 'OUT_FOLDER_IN_USE'), ...differences(out, whole)];
}

/** @param {string} out @param {number} bytes @param {Promise<unknown>} running */
async function grown(out, bytes, running) {
  const over = running.then(() => true);
  while ((statSync(join(out, 'run.ndjson'), { throwIfNoEntry: false })?.size ?? 0) < bytes) if (await Promise.race([over, sleep(5).then(() => false)])) return;
}
