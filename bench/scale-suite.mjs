/**
 * A suite of so many small cases, for the real planner: every combination of these values, cut to the count by leaving out values of ε.
 *
 * @param {number} cases  a multiple of 1000
 */
export function scaleSuite(cases) {
  const perEps = 1000;
  if (cases % perEps !== 0) throw new RangeError(`expected a multiple of ${perEps} cases, got ${cases}`);
  const axes = {
    program: ['train', 'eval', 'train-backward', 'train-eval', 'eval-backward'], shape: ['5x3', '4x2', '7x5', '2x3x2', '3x4x2'], statistics: ['tracked'], affine: ['true'],
    momentum: ['0.1', '0.5'], eps: Array.from({ length: cases / perEps }, (_, i) => String((i + 1) / 1024)), initial: ['default', 'distinct'], data: ['unit', 'tiny-variance', 'offset-1e2', 'exact', 'mostly-zeros'],
    dy: ['default', 'ones'],
  };
  return {
    schemaVersion: 1, suite: 'scale', title: `${cases} small cases`, seed: 3, minimum: cases, knownShare: 0, goldens: false,
    blocks: [{ behaviour: 'grad/backward', layers: ['batchnorm1d'], axes }],
  };
}
