import type { Layer, StatisticsRow } from '../../cases/case.ts';
import type { Session } from '../../runners/session.ts';
import type { FloatType } from '../../tensor/tensor.ts';

/** What of the drawn space a runner takes, as its first message says; a refusal of anything else is asked of the framework itself. */
export interface Offer {
  readonly layers: readonly Layer[];
  readonly rows: readonly StatisticsRow[];
  readonly dtypes: readonly FloatType[];
  readonly cumulative: boolean;
}

/** The part of the space that the runner does not deny. Synchronised layers need several ranks and are not drawn. */
export function offerOf({ layers, capabilities }: Pick<Session['identity'], 'layers' | 'capabilities'>): Offer {
  const denied = new Set(capabilities.filter(({ offered }) => !offered).map(({ name }) => name));
  const offered = <T extends string>(axis: string, words: readonly T[]) => words.filter((word) => !denied.has(`${axis}=${word}`));
  return {
    layers: layers.filter((layer) => layer !== 'syncbatchnorm'),
    rows: offered('statistics', ['tracked', 'untracked', 'batch', 'running']),
    dtypes: offered('dtype', ['float16', 'bfloat16', 'float32', 'float64']),
    cumulative: !denied.has('momentum=cumulative'),
  };
}
