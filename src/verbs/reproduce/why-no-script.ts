import type { Case, Route, StatisticsRow } from '../../cases/case.ts';
import { miniatureModel } from './miniature-model.ts';
import { mindsporeRoutes } from './script-mindspore.ts';
import { mindsporeOption, pytorchOption } from './script-options.ts';
import { pytorchRoutes } from './script-pytorch.ts';

/** Of whom a script is written. */
export interface Subject {
  readonly framework: string;
  /** The lie, of a miniature. */
  readonly variant?: string | undefined;
}

/** Of more input elements the numbers lie in a file beside the script, which nobody could read. */
export const largestInline = 3000;

/** Of more input elements that file would be larger than some 6 MB. */
const largestScript = 100_000;

/** Why no script is written of a case for a framework; null where one is. */
export function whyNoScript(subject: Subject, question: Case): string | null {
  const { framework } = subject;
  if (question.program.some(({ op }) => op === 'describe')) return 'the layer is asked to describe itself, which no number shows';
  const elements = elementsOf(question);
  if (elements > largestScript) return `${String(elements)} input elements are more than the ${String(largestScript)} that a script takes`;
  if (framework === 'miniature' && subject.variant !== undefined) return whyNoMiniature(subject.variant, question);
  if (framework !== 'pytorch' && framework !== 'mindspore') return `scripts are written for pytorch, mindspore and miniatures, not for ${framework}`;
  return whyNotFor(framework, question);
}

/** Input elements of all ranks. */
export function elementsOf({ ranks }: Case): number {
  return ranks.reduce((total, { inputs }) => inputs.reduce((sum, { data }) => sum + data.length, total), 0);
}

function whyNoMiniature(lie: string, { config, ranks }: Case): string | null {
  if (miniatureModel(lie) === null) return `${lie} is no lie of the model but of the process that answers, or of its stream: a script has neither`;
  const types = [config.dtype, ...ranks.flatMap(({ inputs, grads }) => [...inputs, ...grads].map(({ dtype }) => dtype))];
  return types.includes('bfloat16') ? 'numpy has no bfloat16' : null;
}

function whyNotFor(framework: 'pytorch' | 'mindspore', question: Case): string | null {
  const { ranks, route = 'module' } = question;
  if (ranks.length > 1) return 'a case of several ranks needs as many processes';
  if (!routesOf[framework].includes(route)) return `route ${route} has no spelling in a script for ${framework}`;
  const row = rowsOf(question).find((one) => !offered[framework].includes(one));
  if (row !== undefined) return `${framework} has no layer of the row ${row}`;
  const option = framework === 'pytorch' ? pytorchOption(question) : mindsporeOption(question, question.initial);
  if (option === null) return `${framework} has no argument for the option ${question.config.option ?? ''}`;
  return framework === 'mindspore' ? whyNotForMindspore(question) : null;
}

/** Rows of the mode table that the layer is made with or given. */
function rowsOf({ config: { statistics }, program }: Case): readonly StatisticsRow[] {
  return [statistics, ...program.flatMap((step) => (step.op === 'configure' && step.set.statistics !== undefined ? [step.set.statistics] : []))];
}

const offered: Readonly<Record<'pytorch' | 'mindspore', readonly StatisticsRow[]>> = { pytorch: ['tracked', 'untracked', 'paused'], mindspore: ['tracked', 'batch', 'running'] };

/** What MindSpore does not offer, so that no finding is about it; and what a fused pass cannot do. */
function whyNotForMindspore({ program, capability, config: { scaleOnly = false, momentum } }: Case): string | null {
  const settings = program.flatMap((step) => (step.op === 'configure' ? [step.set] : []));
  const backward = program.filter((step) => step.op === 'backward');
  if (momentum === null) return 'mindspore has no cumulative average';
  if (settings.some((set) => set.momentum !== undefined || set.eps !== undefined)) return 'a live layer of mindspore takes over no other momentum or eps';
  if (program.some((step) => step.op === 'reload' && step.by === 'conversion')) return 'mindspore converts no network into a synchronised one';
  if (capability !== undefined) return 'mindspore holds its kernels to no instruction set';
  if (scaleOnly) return 'mindspore has no gamma without a beta';
  if (backward.some(({ accumulates }) => accumulates === true)) return 'mindspore adds up no gradients in its parameters';
  if (backward.some(({ direction }) => direction !== undefined)) return 'mindspore differentiates no backward pass: runners/mindspore/evidence/double_backward.py shows how';
  return new Set(backward.map(({ of }) => of)).size < backward.length ? 'two backward passes of one forward: the second would run the forward again' : null;
}

const routesOf: Readonly<Record<'pytorch' | 'mindspore', readonly Route[]>> = { pytorch: pytorchRoutes, mindspore: mindsporeRoutes };
