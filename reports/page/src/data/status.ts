import { type Status, statuses } from '../../../../src/diff/verdict.ts';

/** What a status means for whoever looks: the colour and the class of a chip. */
export type Tone = 'good' | 'bad' | 'warn' | 'known' | 'quiet';

const tones: Readonly<Record<Status, Tone>> = {
  conforms: 'good', documented: 'known', inaccurate: 'warn', violates: 'bad', known: 'known', stale: 'bad', unsupported: 'quiet', ungradable: 'quiet',
  mistrusted: 'bad', crashed: 'bad', 'timed-out': 'bad', garbled: 'bad', 'not-run': 'quiet',
};

export function toneOf(status: Status): Tone {
  return tones[status];
}

/** One sentence per status. */
export const meanings: Readonly<Record<Status, string>> = {
  conforms: 'every element lies within the derived bound',
  documented: 'departs from the rule as the framework’s own documentation says',
  inaccurate: 'within the bound of a naive algorithm, outside that of a stable one',
  violates: 'outside what any sanctioned algorithm may give',
  known: 'deviates as an entry of the known-failing list says',
  stale: 'an entry of the known-failing list names it wrongly',
  unsupported: 'the framework does not offer it',
  ungradable: 'the bound says nothing here',
  mistrusted: 'the observation contradicts itself',
  crashed: 'the process died',
  'timed-out': 'no answer in time',
  garbled: 'the answer could not be read',
  'not-run': 'planned, and the run ended before it',
};

const passing: readonly Status[] = ['conforms', 'documented'];
const silent: readonly Status[] = ['unsupported', 'ungradable', 'not-run'];

export const passes: readonly boolean[] = statuses.map((status) => passing.includes(status));
/** A status that says nothing about how the framework computes. */
export const isSilent: readonly boolean[] = statuses.map((status) => silent.includes(status));
