/** @import { CaseResult, Run } from '../src/reports/run.ts' */

const axes = /** @type {const} */ ([
  ['program', ['train', 'eval', 'train-eval', 'train-backward', 'eval-backward', 'train-train-train-eval']],
  ['shape', ['5x3', '2x3x3', '2x3x2x3', '2x3x2x2', '2x3x1x2x3', '64x16', '7x5', '3x2x2']],
  ['statistics', ['tracked', 'untracked', 'batch', 'running']], ['affine', ['true', 'false']], ['momentum', ['0.1', '0', '0.5', '1', 'cumulative']],
  ['eps', ['1e-5', '1e-3']], ['initial', ['default', 'distinct']], ['data', ['unit', 'tiny-variance', 'offset-1e3', 'exact']],
]);
const prefixes = ['batchnorm1d', 'batchnorm2d', 'batchnorm3d'].flatMap((layer) => ['norm/output', 'grad/backward', 'state/trajectory'].map((name) => `${layer}/${name}`));
const observables = /** @type {const} */ (['y', 'dx', 'dgamma', 'dbeta', 'running_mean', 'running_var']);
const causes = ['biased-running-variance', 'momentum-complement', 'eps-outside-root', 'naive-accumulation', 'unexplained'];

/** A plain congruential generator: the same run each time. */
function createDraw() {
  let state = 12345;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

/** @param {number} number */
function idOf(number) {
  let rest = Math.floor(number / prefixes.length);
  const parts = axes.map(([axis, values]) => {
    const value = values[rest % values.length] ?? '';
    rest = Math.floor(rest / values.length);
    return `${axis}=${value}`;
  });
  return [prefixes[number % prefixes.length], ...parts].join('/');
}

/**
 * One case of a runner: 5 of 100 violate with three deviations, 20 are unsupported, the rest conforms; six observables each.
 *
 * @param {number} index
 * @param {string} runner
 * @param {() => number} draw
 * @returns {CaseResult}
 */
function resultOf(index, runner, draw) {
  const chance = draw();
  const base = { type: /** @type {const} */ ('case'), index, id: idOf(index), runner, candidates: [], rules: ['BN-NORM-01', 'BN-STATE-02', 'BN-STATE-03'], elements: 15, durationUs: 40 };
  if (chance < 0.2) return { ...base, status: 'unsupported', found: 'unsupported', rule: null, cause: null, reason: `not offered, reason ${Math.floor(draw() * 20)}`, deviations: [], accuracy: [] };
  const accuracy = observables.map((observable) => { const stable = draw() ** 4; return { observable, graded: 15, ungradable: 0, stable, naive: stable / 2 }; });
  if (chance > 0.25) return { ...base, status: 'conforms', found: 'conforms', rule: null, cause: null, reason: null, deviations: [], accuracy };
  const deviations = observables.slice(0, 3).map((observable) => ({
    kind: /** @type {const} */ ('value'), level: /** @type {const} */ ('must'), rule: 'BN-STATE-03', rank: 0, step: 0, observable, element: 2, elements: 3,
    got: draw(), expected: draw(), bound: draw() * 1e-6, ratio: 1 + draw() * 1e5, ulps: Math.floor(draw() * 1e6),
  }));
  return { ...base, status: 'violates', found: 'violates', rule: 'BN-STATE-03', cause: causes[Math.floor(draw() * causes.length)] ?? null, reason: null, deviations, accuracy };
}

/**
 * A run of two runners with so many results in all, as large and as varied as a real one.
 *
 * @param {number} results
 * @returns {Run}
 */
export function syntheticRun(results) {
  const draw = createDraw();
  const runners = ['pytorch@2.13.0', 'mindspore@2.10.0'];
  const cases = Array.from({ length: results / runners.length }, (_, index) => idOf(index));
  if (new Set(cases).size !== cases.length) throw new RangeError(`the axes do not give ${cases.length} different ids`);
  return {
    header: {
      type: 'header', schemaVersion: 1, tool: { name: 'bn-conformance', version: '0.0.0' }, suite: 'synthetic', seed: 1, cases, runners: runners.map((runner) => ({ runner, excluded: [] })),
      filtered: false, knownShare: 0.02, minimum: 1, strict: false, command: 'bench/page.mjs', startedAt: '2026-01-01T00:00:00.000Z',
    },
    runners: runners.map((runner) => ({ runner, facts: null, cases: cases.map((_, index) => resultOf(index, runner, draw)) })),
    footer: { type: 'footer', complete: true, gate: 'fail', reasons: ['synthetic'], durationMs: 1000 },
    complete: true,
  };
}
