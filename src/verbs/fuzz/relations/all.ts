import { batchDoubled, batchSplit, gradientSums } from './batches.ts';
import { channelAlone, constantAdded, evaluationAffine, inputScaled, otherChannelsReplaced, samplesReordered } from './inputs.ts';
import { askedAgain, refusedKeepsStatistics, reloaded } from './process.ts';
import type { Relation } from './relation.ts';
import { layoutChanged, momentumChanged, parametersScaled } from './settings.ts';

/** Every law that the live tests hold the frameworks to. */
export const relations: readonly Relation[] = [
  constantAdded, inputScaled, samplesReordered, otherChannelsReplaced, channelAlone, gradientSums, evaluationAffine, momentumChanged,
  parametersScaled, batchSplit, batchDoubled, layoutChanged, reloaded, askedAgain, refusedKeepsStatistics,
];
