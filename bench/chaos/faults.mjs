/**
 * @typedef {object} FaultKind
 * @property {string} name
 * @property {readonly string[]} ends  what the case may end as on which the runner does it; every other case must be observed
 * @property {number} [limitMs]  longest time for a case, where the usual 2 s are not enough for the fault itself
 * @property {number} [share]  of a usual kind's number of trials: some take seconds
 */

/** What a runner does on one case. The words are those of src/runners/fixtures/odd_runner.py. @type {readonly FaultKind[]} */
export const runnerFaults = [
  { name: 'killed', ends: ['crashed'] }, { name: 'dies', ends: ['crashed'] }, { name: 'aborts', ends: ['crashed'] }, { name: 'exits', ends: ['crashed'] },
  { name: 'grandchild', ends: ['crashed'] }, { name: 'grows', ends: ['crashed'], share: 0.2, limitMs: 60_000 },
  { name: 'stops', ends: ['timed-out'] }, { name: 'spins', ends: ['timed-out'] }, { name: 'hangs', ends: ['timed-out'] },
  { name: 'drips', ends: ['observed'] }, { name: 'floods', ends: ['observed'], share: 0.2, limitMs: 60_000 }, { name: 'reorders', ends: ['observed'] }, { name: 'after-stop', ends: ['observed'] },
  { name: 'c-stdout', ends: ['garbled'] }, { name: 'prints', ends: ['garbled'] }, { name: 'truncated', ends: ['garbled'] }, { name: 'duplicate', ends: ['garbled'] },
  { name: 'flips', ends: ['garbled', 'timed-out'] }, { name: 'huge-header', ends: ['garbled'] }, { name: 'deep-json', ends: ['garbled'] },
  { name: 'wrong-seq', ends: ['garbled'] }, { name: 'bad-schema', ends: ['garbled'] }, { name: 'out-of-bounds', ends: ['garbled'] },
  // from outside, at a random moment: no case is to blame, and none may be lost
  { name: 'SIGKILL from outside', ends: ['observed'] }, { name: 'SIGSTOP from outside', ends: ['observed'] },
];

/** A stream of numbers in [0, 1) that a seed determines (mulberry32). @param {number} seed */
export function draws(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
