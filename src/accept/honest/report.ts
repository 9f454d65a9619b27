import type { Regime, Target, Witness } from './climb.ts';
import type { Level } from './form.ts';
import { observed } from './ratio.ts';
import { integersOf, questionOf, type Setting } from './setting.ts';

const dtypes = ['float32', 'float16', 'bfloat16'] as const;
const levels: readonly Level[] = ['stable', 'naive'];
const regimes: readonly Regime[] = ['any', 'ordinary'];
const classes: Readonly<Record<Level, string>> = { stable: 'A (`should`)', naive: 'B (`must`)' };

/** Name of a witness or target: type, class, where it was looked for, and observable. */
export function keyOf({ dtype, level, regime, observable }: Target): string {
  return `${dtype}/${level}/${regime}/${observable}`;
}

export function targetOf({ level, regime, observable, setting: { dtype } }: Witness): Target {
  return { dtype, level, regime, observable };
}

/** Every witness that the tables hold, in their order. */
export const targets: readonly Target[] =
  regimes.flatMap((regime) => dtypes.flatMap((dtype) => levels.flatMap((level) => observed.map((observable) => ({ dtype, level, regime, observable })))));

/** docs/bounds.md, from the witnesses alone. */
export function boundsDocument(witnesses: readonly Witness[], mostValues: number): string {
  return `${[introduction(mostValues), ratioTable(witnesses, 'any'), ratioTable(witnesses, 'ordinary'), derivations, witnessTable(witnesses)].join('\n\n')}\n`;
}

function introduction(mostValues: number): string {
  return `# How tight the bounds are

Written by \`npm run bounds\`; do not edit. The largest error of an honest implementation, divided by its bound, that a search has
found with at most ${mostValues} values per channel: random questions first, then climbs from the worst of them, which change parameters, the
implementation and single elements of x and dy and keep what does not lower the ratio. Above 1 a bound would be wrong; far below
1 it would be loose. A test computes every witness again and holds it between 0.05 and 1; another asks more than 50 000 random questions.

Honest implementations compute in float32, every operation rounded, and round inputs, results and state to the layer's type. They
differ in the sums (one after the other, lanes, blocks, pairwise, compensated, float64), the variance (two passes, corrected two passes,
Welford's updating), 1/s (two roundings, one, or a division), the form of y and of dx, fused multiply-add, and subnormals
flushed to zero. Class A takes those that add n terms with at most log₂n + 8 additions of each, in two passes; class B takes all.`;
}

const headings: Readonly<Record<Regime, string>> = {
  any: '## Largest error ÷ bound: is every bound wide enough?',
  ordinary: `## Largest error ÷ bound where rounding is all that happens: is any bound too wide?

Without flushed or subnormal numbers, which reach half of a bound with ease, and without a momentum between 1/2 and 1.`,
};

function ratioTable(witnesses: readonly Witness[], regime: Regime): string {
  const found = new Map(witnesses.map((witness) => [keyOf(targetOf(witness)), witness.ratio]));
  const cell = (target: Target) => (found.get(keyOf(target)) ?? NaN).toFixed(3);
  const rows = dtypes.flatMap((dtype) => levels.map((level) => (
    `| ${dtype} | ${classes[level]} | ${observed.map((observable) => cell({ dtype, level, regime, observable })).join(' | ')} |`
  )));
  return [headings[regime], '', `| type | class | ${observed.join(' | ')} |`, `|---|---|${'---|'.repeat(observed.length)}`, ...rows].join('\n');
}

const derivations = `In float32 half of each bound is the safety factor K = 2 on a first-order estimate. In float16 and bfloat16 the last rounding makes
up nearly all of an error, and its share of the bound has no factor, for it is exact.

## What the search has added to the formulas

| term | where | why |
|---|---|---|
| u·(n + 3/2)/√3·\\|μ\\|·σ in δv, class B | \`updatingFactor\` | 2u·\\|μ\\|·σ was too little for updating algorithms from n = 3 on: up to 5 bounds at n = 128 |
| ω·\\|rm\\|, and max(0, ω − u·\\|1 − m\\|)·\\|rv\\|, ω = \\|m − fl(m)\\| | \`updateStateError\` | a weight held in float32 changes 1 − m by more than 1 − m's own rounding when m is near 1: up to 3 bounds at m = 0.99 |
| 1/√(1 − T/s²) − 1 for T/(2s²), and (1 + u_out) | \`runningError\`, \`resultBound\` | the rounding of a narrow type is no first-order term of float32 |
| infinite rv of a narrow type | \`updateStateError\` | a variance past 65504 is stored as infinity in float16 |
| inputs and x̂ flushed | \`outputBound\`, gradient bounds | subnormal x, dy and x̂ may be flushed, not only products |
| no bound of 0 for subnormal sums | \`sumsExactly\` | they may be flushed |
| no bound of 0 for rm and rv at n > 2, class B | \`updateStateError\` | updating algorithms divide by 3 on their way to n = 4 |
| 2·σ_b·(u·(s_n + 2)·√(mean x²) + δμ) in δv of several ranks, whose means lie σ_b apart | \`poolingError\` | honest pairwise pooling left class A at \\|μ\\|/σ ≈ 1e3: up to 5.7 bounds |
| 8u·s² in δv of several ranks | \`poolingError\` | 1/√(σ² + ε) may cross between the ranks (PyTorch): a constant channel comes back as 1e-12 at ε = 1e-5 |`;

function witnessTable(witnesses: readonly Witness[]): string {
  return [`## Witnesses

The elements are in \`src/accept/honest/witnesses.json\`; \`npm run bounds -- --rerun KEY\` computes one again and prints it in full.
κ is |μ|/s of the first input.

| key | ratio | n | program | κ | m | ε | sums | variance | root | y | dx | fused | flushes |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|`, ...witnesses.map(witnessRow)].join('\n');
}

function witnessRow(witness: Witness): string {
  const { setting, form, ratio } = witness;
  const numbers = [ratio.toFixed(3), setting.n, setting.program, condition(setting).toPrecision(2), setting.momentum?.toPrecision(3) ?? 'cumulative', setting.eps];
  const forms = [form.sums, form.variance, form.root, form.output, form.gradient, form.fused ? 'yes' : 'no', form.flushes ? 'yes' : 'no'];
  return `| ${[keyOf(targetOf(witness)), ...numbers, ...forms].join(' | ')} |`;
}

function condition(setting: Setting): number {
  const data = questionOf(setting).ranks[0]?.inputs[0]?.data ?? integersOf(setting, 'x', 0);
  const mean = data.reduce((total, x) => total + x, 0) / data.length;
  const variance = data.reduce((total, x) => total + (x - mean) ** 2, 0) / data.length;
  return Math.abs(mean) / Math.sqrt(variance + setting.eps);
}
