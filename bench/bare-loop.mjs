import { closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { childEnvironment } from './built.mjs';

/** @import { Slice } from './ratios.mjs' */

/**
 * @typedef {object} BareLoop  a live bare_loop.py
 * @property {(command: 'compare' | 'adapter' | 'by-hand', slice: Slice) => Promise<number>} ask
 * @property {() => Promise<void>} close
 */

const script = fileURLToPath(new URL('bare_loop.py', import.meta.url));

/**
 * @param {string} python
 * @param {string} framework
 * @param {string} runnerFolder
 * @param {string} casesFile  run frames
 * @param {string} log  for its stderr, in what becomes its working folder: frameworks drop files where they stand
 * @returns {BareLoop}
 */
export function openBareLoop(python, framework, runnerFolder, casesFile, log) {
  const byHand = fileURLToPath(new URL(`hand_written_${framework}.py`, import.meta.url));
  const stderr = openSync(log, 'w');
  const child = execa(python, [script, join(runnerFolder, 'adapter.py'), byHand, casesFile], {
    cwd: dirname(log), env: childEnvironment(env), extendEnv: false, buffer: false, reject: false, stdio: ['pipe', 'pipe', /** @type {3} */ (stderr)],
  });
  closeSync(stderr);
  child.stdin.on('error', () => {}); // a broken pipe shows as the end of the answers
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (command, { from, to }) => {
      child.stdin.write(`${command} ${from} ${to}\n`);
      const answer = /** @type {IteratorResult<string, undefined>} */ (await answers.next());
      if (answer.done === true) throw new Error(`the in-process loop of ${framework} broke on '${command}'; its stderr is in ${log}`);
      return Number(answer.value);
    },
    close: async () => {
      child.stdin.end();
      await child;
    },
  };
}
