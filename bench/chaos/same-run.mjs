import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** A fault that deviates, so that there are findings and evidence to lose, and an honest one beside it. */
export const asked = ['run', '--select', 'batchnorm2d/norm/output/**', '--runner', 'miniature-eps-outside-sqrt', '--runner', 'miniature-honest'];

/** The same cases of the honest one alone: sooner over. */
export const askedHonest = [...asked.slice(0, 3), '--runner', 'miniature-honest'];

/** What of the summary, but for the duration, and of the cases differs. @param {string} out @param {string} whole */
export function differences(out, whole) {
  try {
    const [mine, other] = [summaryOf(out), summaryOf(whole)];
    const keys = caseLinesOf(out).map(({ index, runner }) => `${index} ${runner}`);
    return [
      ...(mine === other ? [] : ['the summary is not that of an undisturbed run']),
      ...(new Set(keys).size === keys.length ? [] : ['a case has two lines']),
      ...(keys.length === caseLinesOf(whole).length ? [] : [`${keys.length} cases, an undisturbed run has ${caseLinesOf(whole).length}`]),
    ];
  } catch (error) {
    return [/** @type {Error} */ (error).message];
  }
}

/** @param {string} folder */
function summaryOf(folder) {
  return JSON.stringify({ .../** @type {object} */ (JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))), durationMs: 0 });
}

/** @param {string} folder */
function caseLinesOf(folder) {
  return linesOf(folder).filter((line) => line.startsWith('{"type":"case"') && line.endsWith('}')).map((line) => {
    const parsed = /** @type {unknown} */ (JSON.parse(line));
    return /** @type {{ readonly index: number, readonly runner: string }} */ (parsed);
  });
}

/** @param {string} folder */
export function linesOf(folder) {
  return readFileSync(join(folder, 'run.ndjson'), 'utf8').trimEnd().split('\n');
}

/**
 * Runs the command line.
 *
 * @param {readonly string[]} args
 * @param {{ readonly before?: readonly string[], readonly cwd: string, readonly env?: Readonly<Record<string, string>> }} options  `before` goes in front of node
 */
export async function cli(args, { before = [], cwd, env = {} }) {
  const [program = 'node', ...rest] = [...before, 'node', main, ...args];
  const { exitCode, stdout, stderr } = await execa(program, rest, { reject: false, cwd, env, stdin: 'ignore' });
  return { exitCode, stdout, stderr };
}

/** What is wrong with how a user's mistake was told: it should be one message with a code, exit code 2, no stack. @param {{ readonly exitCode?: number | undefined, readonly stderr: string }} answer @param {string} code */
export function badlyTold({ exitCode, stderr }, code) {
  const isClear = stderr.includes(`(${code})`) && !/internal error|^\s+at /m.test(stderr) && (stderr.match(/^error:/gm) ?? []).length === 1;
  return [...(exitCode === 2 ? [] : [`exit code ${exitCode} in place of 2`]), ...(isClear ? [] : [`told as ${JSON.stringify(stderr.slice(-300))}, not as ${code}`])];
}
