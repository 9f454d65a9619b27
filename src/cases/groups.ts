import type { Case } from './case.ts';

/** Ranks of one group, where the option `groups-pairs` divides them. */
const ofPair = 2;

/**
 * The case as each of its groups sees it: ranks 0 and 1, then 2 and 3, each pair synchronised by itself; the case alone where all its ranks
 * belong together. Results of the groups, one after the other, are those of the ranks in their order.
 */
export function groupsOf(question: Case): readonly Case[] {
  if (question.config.option !== 'groups-pairs' || question.ranks.length <= ofPair) return [question];
  const groups = known.get(question) ?? divide(question);
  known.set(question, groups);
  return groups;
}

/** The same objects each time: a configuration that is another one is one that was changed on the way. */
const known = new WeakMap<Case, readonly Case[]>();

function divide(question: Case): readonly Case[] {
  const { ranks } = question;
  const config = Object.fromEntries(Object.entries(question.config).filter(([name]) => name !== 'option')) as unknown as Case['config'];
  const starts = ranks.map((_, rank) => rank).filter((rank) => rank % ofPair === 0);
  return starts.map((start) => ({ ...question, config, ranks: ranks.slice(start, start + ofPair) }));
}
