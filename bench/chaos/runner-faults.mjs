import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openSession } from '../built.mjs';

/**
 * @import { Answer, Question } from '../../src/runners/answer.ts'
 * @import { FaultKind } from './faults.mjs'
 */

/**
 * @typedef {object} Trial  one fault, and what is wrong with how it ended; nothing when all is well
 * @property {string} kind
 * @property {readonly string[]} lost
 */

const script = fileURLToPath(new URL('../../src/runners/fixtures/odd_runner.py', import.meta.url));
const cases = 80;

/**
 * Asks a runner 80 cases, on one of which it misbehaves, and looks what came of each, and what is left of its processes.
 *
 * @param {FaultKind} kind
 * @param {{ readonly python: string, readonly draw: () => number }} setting
 * @returns {Promise<Trial>}
 */
export async function tryRunnerFault({ name, ends, limitMs = 2000 }, { python, draw }) {
  const folder = await mkdtemp(join(tmpdir(), 'bn-chaos-'));
  const culprit = Math.floor(draw() * cases);
  const outside = /^(SIG\w+) from outside$/.exec(name)?.[1];
  const pids = join(folder, 'pids');
  try {
    const runner = { id: 'odd', launch: { kind: /** @type {const} */ ('python'), script, arguments: [outside === undefined ? name : 'drips', String(culprit)] } };
    const session = await openSession(runner, { logFolder: folder, python, timeLimitMs: limitMs, memoryLimitBytes: 300 * 2 ** 20, variables: { ODD_PIDS: pids, ODD_SEED: String(draw()) } });
    const answers = /** @type {Answer[]} */ ([]);
    const disturbance = outside === undefined ? Promise.resolve() : sleep(draw() * 60).then(() => signalLast(pids, outside));
    await session.run(Readable.from(Array.from({ length: cases }, (_, seq) => question(seq))), (answer) => void answers.push(answer));
    await disturbance;
    await session.close();
    return { kind: name, lost: [...wrongAnswers(answers, culprit, ends), ...await survivors(pids)] };
  } catch (error) {
    return { kind: name, lost: [`the session broke: ${/** @type {Error} */ (error).message}`] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {readonly Answer[]} answers
 * @param {number} culprit
 * @param {readonly string[]} ends
 */
function wrongAnswers(answers, culprit, ends) {
  return Array.from({ length: cases }, (_, seq) => seq).flatMap((seq) => {
    const own = answers.filter((answer) => answer.seq === seq);
    const [answer] = own;
    if (answer === undefined || own.length > 1) return [`case ${seq} was answered ${own.length} times`];
    const allowed = seq === culprit ? ends : ['observed'];
    if (!allowed.includes(answer.kind)) return [`case ${seq}${seq === culprit ? ', the culprit,' : ''} ended as ${answer.kind}, not ${allowed.join(' or ')}`];
    const got = answer.kind === 'observed' ? answer.observation.ranks[0]?.steps[0]?.y?.data[0] : seq;
    return got === seq ? [] : [`case ${seq} got the answer of another: ${got}`];
  });
}

/** @param {number} seq @returns {Question} */
function question(seq) {
  const tensor = (/** @type {number} */ value) => ({ dtype: /** @type {const} */ ('float32'), shape: [3, 1, 1, 1], data: Float64Array.of(value, 0.5, -1) });
  return {
    seq,
    case: {
      id: `batchnorm2d/odd/case/seq=${seq}`, layer: 'batchnorm2d', initial: {}, ranks: [{ inputs: [tensor(seq)], grads: [] }],
      config: { numFeatures: 1, eps: 1e-5, momentum: 0.1, affine: true, statistics: 'tracked', dtype: 'float32' }, program: [{ op: 'forward', mode: 'train', input: 0 }],
    },
  };
}

/** @param {string} pids file @param {string} signal */
function signalLast(pids, signal) {
  try {
    kill(Number(groupsIn(pids).at(-1)), signal);
  } catch {
    // it has gone already: as good as any moment
  }
}

/** @param {string} pids */
function groupsIn(pids) {
  return existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n') : [];
}

/** Processes of any life of the runner that are there two seconds later. @param {string} pids */
async function survivors(pids) {
  const until = Date.now() + 2000;
  let left = membersOf(groupsIn(pids));
  while (left.length > 0 && Date.now() < until) {
    await sleep(20);
    left = membersOf(groupsIn(pids));
  }
  return left.map((pid) => `process ${pid} was left behind`);
}

/** @param {readonly string[]} groups */
function membersOf(groups) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    const [state, , group] = statOf(pid);
    return group !== undefined && groups.includes(group) && state !== 'Z' && state !== 'X';
  });
}

/** State, parent and group. @param {string} pid */
function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  } catch {
    return []; // gone since the folder was read
  }
}
