import type { Case, Route } from '../../cases/case.ts';
import { miniatureModel } from './miniature-model.ts';
import { mindsporeRoutes } from './script-mindspore.ts';
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
  if (question.program.some((step) => step.op === 'reload' && step.by === 'conversion')) return 'the layer is converted into a synchronised one, which has no spelling in a script';
  if (question.program.some(({ op }) => op === 'configure')) return 'the layer is changed on the way, which no script spells yet';
  if (question.config.option !== undefined || question.threads !== undefined || question.capability !== undefined) return 'arguments besides the canonical ones, threads and instruction sets have no spelling in a script';
  if (question.program.some((step) => step.op === 'backward' && step.accumulates === true)) return 'gradients are accumulated, which no script spells yet';
  if (question.program.some((step) => step.op === 'backward' && step.direction !== undefined)) return 'a backward pass is differentiated once more, which no script spells yet';
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

function whyNotFor(framework: 'pytorch' | 'mindspore', { ranks, program, route = 'module' }: Case): string | null {
  if (ranks.length > 1) return 'a case of several ranks needs as many processes';
  if (!routesOf[framework].includes(route)) return `route ${route} has no spelling in a script for ${framework}`;
  const twice = framework === 'mindspore' && program.some((step, index) => step.op === 'backward' && program.slice(0, index).some((other) => other.op === 'backward' && other.of === step.of));
  return twice ? 'two backward passes of one forward: the second would run the forward again' : null;
}

const routesOf: Readonly<Record<'pytorch' | 'mindspore', readonly Route[]>> = { pytorch: pytorchRoutes, mindspore: mindsporeRoutes };
