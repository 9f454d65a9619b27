import type { Formulas, ForwardView } from '../../reference/formulas.ts';
import type { Affine, RunningState } from '../../reference/trajectory.ts';
import type { FormulaVariant } from '../cause-entry.ts';

const ones = (like: Float64Array) => like.map(() => 1);
const zeros = (like: Float64Array) => like.map(() => 0);
const neutral = ({ gamma, beta }: Affine): Affine => ({ gamma: ones(gamma), beta: zeros(beta) });

/** A departure of layers with parameters, or of all: without, γ is 1 and β is 0. */
function appliedAs(change: (own: Affine, at: ForwardView) => Affine): { readonly change: Partial<Formulas>; readonly forms: readonly Partial<Formulas>[] } {
  return { change: { affine: (own, at) => (at.config.affine ? change(own, at) : own) }, forms: [{ affine: change }] };
}

/** Departures in γ and β. */
export const affineVariants: readonly FormulaVariant[] = [
  {
    id: 'affine-ignored', rule: 'BN-NORM-04', title: 'γ and β are not applied',
    translation: 'check that the parameters are loaded and the layer is affine',
    change: { affine: neutral },
  },
  {
    id: 'gamma-ignored', rule: 'BN-NORM-04', title: 'γ is not applied',
    translation: 'ask for a layer that scales (MXNet: fix_gamma=False)',
    like: ['the MXNet operator with its default fix_gamma=True'], // mxnet#15717
    change: { affine: ({ gamma, beta }) => ({ gamma: ones(gamma), beta }) },
  },
  {
    id: 'gamma-fixed', rule: 'BN-NORM-04', title: 'γ is held at 1 and has no gradient',
    translation: 'ask for a layer that scales (MXNet: fix_gamma=False)',
    like: ['the MXNet operator with its default fix_gamma=True'], // mxnet#15717; batch_norm.cc sets the gradient of γ to 0 under fix_gamma
    change: { affine: ({ gamma, beta }) => ({ gamma: ones(gamma), beta }), gammaGradient: () => 0 },
  },
  {
    id: 'beta-ignored', rule: 'BN-NORM-04', title: 'β is not applied',
    translation: 'ask for a layer that shifts',
    change: { affine: ({ gamma, beta }) => ({ gamma, beta: zeros(beta) }) },
  },
  {
    id: 'gamma-plus-one', rule: 'BN-NORM-04', title: 'scales by 1 + γ',
    translation: 'subtract 1 from γ',
    ...appliedAs(({ gamma, beta }) => ({ gamma: gamma.map((value) => 1 + value), beta })),
  },
  {
    id: 'affine-exchanged', rule: 'BN-NORM-04', title: 'γ and β are exchanged',
    translation: 'exchange γ and β',
    ...appliedAs(({ gamma, beta }) => ({ gamma: beta, beta: gamma })),
  },
  {
    id: 'beta-inside-scale', rule: 'BN-NORM-04', title: 'β is added before γ scales, γ·(x̂ + β)',
    translation: 'divide β by γ',
    change: { affine: ({ gamma, beta }) => ({ gamma, beta: beta.map((value, c) => value * gamma[c]!) }) },
  },
  {
    id: 'gamma-shares-running-variance', rule: 'BN-NORM-04', title: 'γ has the storage of the running variance and follows it once that was moved',
    translation: 'copy γ into storage of its own',
    change: { affine: (own, { config, before }) => shared(own, config.affine, before), gradientGamma: (applied, state, { affine }) => (affine ? movedVariance(state) : null) ?? applied },
    forms: [
      { affine: (own, { config, before }) => shared(own, config.affine, before) },
      { affine: (own, { config }, after) => shared(own, config.affine, after) },
    ],
    concerns: ({ config }) => config.affine && (config.statistics === 'tracked' || config.statistics === 'batch'),
  },
  {
    id: 'gamma-of-first-channel', rule: 'BN-NORM-04', title: 'all channels take γ of the first one',
    translation: 'none; check the index of the channel',
    change: { affine: ({ gamma, beta }) => ({ gamma: gamma.map(() => gamma[0] ?? 1), beta }) },
  },
  {
    id: 'affine-ignored-in-evaluation', rule: 'BN-NORM-04', title: 'γ and β are not applied in evaluation',
    translation: 'apply γ and β after the layer in evaluation',
    change: { affine: (own, { mode }) => (mode === 'eval' ? neutral(own) : own) },
    forms: [{ affine: (own, { source }) => (source === 'running' ? neutral(own) : own) }],
  },
];

function movedVariance(state: RunningState | null): Float64Array | null {
  return state !== null && state.updates > 0 ? state.variance : null;
}

function shared({ gamma, beta }: Affine, affine: boolean, state: RunningState | null): Affine {
  return { gamma: (affine ? movedVariance(state) : null) ?? gamma, beta };
}
