/** Sums up vitest's JSON results: reasons to fail first, the count of tests last. */
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** @typedef {{ readonly numPassedTests: number, readonly numFailedTests: number, readonly numFailedTestSuites: number, readonly numPendingTests: number, readonly numTodoTests: number }} Results */

/** @type {Results} */
const nothing = { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 0, numPendingTests: 0, numTodoTests: 0 };

/** @param {string} path */
function fromRoot(path) {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** @returns {Results} */
function readResults() {
  try {
    /** @type {unknown} */
    const written = JSON.parse(readFileSync(fromRoot('coverage/tests.json'), 'utf8'));
    return /** @type {Results} */ (written);
  } catch {
    return nothing;
  }
}

const status = Number(argv[2]);
const results = readResults();
const minimum = Number(readFileSync(fromRoot('.ci/minimum-tests'), 'utf8'));
const reasons = [
  status === 0 ? '' : `npm ended with code ${status}`,
  results === nothing ? 'no test results were written' : '',
  results.numFailedTests + results.numFailedTestSuites > 0 ? `${results.numFailedTests} tests failed, in ${results.numFailedTestSuites} suites` : '',
  results.numPendingTests > 0 ? `${results.numPendingTests} tests were skipped` : '',
  results.numTodoTests > 0 ? `${results.numTodoTests} tests are still to be written` : '',
  results.numPassedTests >= minimum ? '' : `${results.numPassedTests} tests passed, .ci/minimum-tests asks for ${minimum}`,
].filter((reason) => reason !== '');
for (const reason of reasons) console.log(`fails: ${reason}`);
console.log(`tests: ${results.numPassedTests} passed, ${results.numFailedTests} failed`);
process.exitCode = reasons.length === 0 ? 0 : 1;
