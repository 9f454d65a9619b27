import { drawForm, drawSetting, isHonest, one, type Choose, tamed } from './draw.ts';
import { gradients, type HonestForm, type Level, outputs, roots, summations, variances } from './form.ts';
import { type Observed, ratiosOf } from './ratio.ts';
import { type Edit, integersOf, patterns, type Setting } from './setting.ts';

/** An honest implementation, a question to it, and how far its answer goes: error ÷ bound. */
export interface Witness {
  readonly level: Level;
  readonly regime: Regime;
  readonly observable: Observed;
  readonly ratio: number;
  readonly form: HonestForm;
  readonly setting: Setting;
}

/**
 * Where a search may go: anywhere, or only where rounding is all that happens: nothing subnormal, and a momentum whose weight
 * loses little. An error near ½ of a bound is found soon where everything is flushed, and says nothing of the formulas.
 */
export type Regime = 'any' | 'ordinary';

/** What a search looks for. */
export interface Target {
  readonly dtype: Setting['dtype'];
  readonly level: Level;
  readonly regime: Regime;
  readonly observable: Observed;
}

/** How long a search goes on: draws to begin with, climbs from the worst of them, tries of each climb, most values per channel. */
export interface Effort {
  readonly draws: number;
  readonly climbs: number;
  readonly tries: number;
  readonly mostValues: number;
}

/**
 * The worst honest answer that a search finds: random draws, then climbs from the worst of them. A try changes one parameter, one
 * choice of the implementation or some elements, and stays where the ratio does not fall.
 *
 * @param known  witnesses from which to climb besides
 */
export function climb({ dtype, level, regime, observable }: Target, effort: Effort, choose: Choose, known: readonly Witness[] = []): Witness {
  const drawn: Witness[] = [];
  for (let i = 0; drawn.length < effort.draws; i++) {
    const setting = drawSetting(choose, dtype, i);
    const form = drawForm(choose, level, setting);
    if (isAllowed(setting, form, regime, effort)) drawn.push(witnessed({ level, regime, observable, ratio: 0, form, setting }));
  }
  const starts = [...known.map((witness) => ({ ...witness, regime })), ...drawn.sort((a, b) => b.ratio - a.ratio).slice(0, effort.climbs)];
  return pruned(starts.map((start) => climbFrom(start, effort, choose)).reduce((a, b) => (b.ratio > a.ratio ? b : a)));
}

/** The same witness with its ratio computed again. */
export function witnessed(witness: Witness): Witness {
  return { ...witness, ratio: ratiosOf(witness.setting, witness.form)[witness.level][witness.observable] };
}

function isAllowed(setting: Setting, form: HonestForm, regime: Regime, { mostValues }: Effort): boolean {
  return setting.n <= mostValues && (regime === 'any' || isOrdinary(setting, form));
}

export function isOrdinary({ momentum, scale, gradientScale }: Setting, { flushes }: HonestForm): boolean {
  return !flushes && scale >= 1e-6 && gradientScale >= 1e-3 && (momentum === null || momentum <= 0.5 || momentum === 1);
}

function climbFrom(start: Witness, effort: Effort, choose: Choose): Witness {
  let best = start;
  for (let i = 0; i < effort.tries; i++) {
    const kind = choose(10);
    const form = kind === 0 ? changedForm(choose, best.form) : best.form;
    const setting = tamed(kind === 0 ? best.setting : kind < 3 ? changedSetting(choose, best.setting) : changedElements(choose, best.setting));
    if (!isAllowed(setting, form, best.regime, effort) || !isHonest(form, best.level, setting)) continue;
    const next = witnessed({ ...best, form, setting });
    if (next.ratio >= best.ratio) best = next;
  }
  return best;
}

function changedForm(choose: Choose, form: HonestForm): HonestForm {
  const changes: readonly (() => Partial<HonestForm>)[] = [
    () => ({ sums: one(choose, summations) }), () => ({ variance: one(choose, variances) }), () => ({ root: one(choose, roots) }),
    () => ({ output: one(choose, outputs) }), () => ({ gradient: one(choose, gradients) }), () => ({ fused: !form.fused }), () => ({ flushes: !form.flushes }),
  ];
  return { ...form, ...one(choose, changes)() };
}

/** Another value of one parameter: from the lists of random draws, or near the present one. */
function changedSetting(choose: Choose, setting: Setting): Setting {
  const other = drawSetting(choose, setting.dtype, setting.seed);
  const near = (value: number) => value * (1 + (choose(2 ** 16) - 2 ** 15) / 2 ** (15 + choose(12)));
  const changes: readonly (() => Partial<Setting>)[] = [
    () => ({ n: Math.max(2, setting.n + choose(9) - 4) }), () => ({ program: other.program }), () => ({ momentum: other.momentum }),
    () => ({ momentum: choose(2 ** 16) / 2 ** 16 }), () => ({ momentum: Math.min(1, near(setting.momentum ?? 0.5)) }), () => ({ eps: other.eps }), () => ({ offset: other.offset }),
    () => ({ offset: near(setting.offset) }), () => ({ scale: other.scale }), () => ({ scale: near(setting.scale) }), () => ({ pattern: one(choose, patterns) }),
    () => ({ gradientScale: other.gradientScale }), () => ({ gradientPattern: one(choose, patterns) }), () => ({ gamma: other.gamma }), () => ({ gamma: near(setting.gamma) }),
    () => ({ beta: other.beta }), () => ({ beta: near(setting.beta) }), () => ({ mean: other.mean }), () => ({ mean: near(setting.mean) }),
    () => ({ variance: other.variance }), () => ({ variance: near(setting.variance) }),
  ];
  return { ...setting, ...one(choose, changes)() };
}

/** One to three elements of x or dy moved, drawn anew or copied. */
function changedElements(choose: Choose, setting: Setting): Setting {
  let changed = setting;
  for (let times = 1 + choose(3); times > 0; times--) changed = changedElement(choose, changed);
  return changed;
}

function changedElement(choose: Choose, setting: Setting): Setting {
  const steps = setting.program.split('-');
  const backwards = steps.filter((step) => step === 'backward').length;
  const tensor: Edit[0] = backwards > 0 && choose(2) === 0 ? 'dy' : 'x';
  const of = choose(tensor === 'dy' ? backwards : steps.length - backwards);
  const index = choose(setting.n);
  const present = integersOf(setting, tensor, of);
  const moved = present[index]! + (choose(2) === 0 ? 1 : -1) * choose(2 ** (1 + choose(23)));
  const kind = choose(8);
  const integer = kind === 0 ? choose(2 ** 25 - 1) - 2 ** 24 + 1 : kind === 1 ? present[choose(setting.n)]! : kind === 2 ? -present[index]! : moved;
  const limited = Math.min(2 ** 24 - 1, Math.max(1 - 2 ** 24, integer));
  const others = setting.edits.filter(([edited, number, at]) => edited !== tensor || number !== of || at !== index);
  return { ...setting, edits: [...others, [tensor, of, index, limited]] };
}

/** Without the edits that change nothing: of tensors or elements that are gone, or back at what was drawn. */
function pruned(witness: Witness): Witness {
  const { setting } = witness;
  const steps = setting.program.split('-');
  const backwards = steps.filter((step) => step === 'backward').length;
  const counts = { x: steps.length - backwards, dy: backwards };
  const edits = setting.edits.filter(([tensor, of, index, integer]) => (
    of < counts[tensor] && index < setting.n && integersOf({ ...setting, edits: [] }, tensor, of)[index] !== integer
  ));
  return { ...witness, setting: { ...setting, edits } };
}
