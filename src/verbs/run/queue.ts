/**
 * The cases that a runner is still to be asked: a few quick ones to begin with, so that there are results at once, then what is dear to make,
 * so that others can share the rest; each part in plan order.
 */
export interface Queue {
  /** The next one that nobody has taken; only the first process is given what is dear to make. */
  readonly take: (isFirst: boolean) => number | undefined;
  readonly remaining: () => number;
  /** Of these, what a further process could take over. */
  readonly shareable: () => number;
  /** Whether what was taken last ends the quick ones: they are worth a batch of their own. */
  readonly pauses: () => boolean;
}

/** What is dear to make may take seconds. */
const atOnce = 8;

/**
 * @param isCostly  whether a case needs something that each process would make for itself, such as a compiled cell
 * @param isQuick   whether a framework answers it without reading more of itself
 */
export function createQueue(indices: readonly number[], isCostly: (index: number) => boolean, isQuick: (index: number) => boolean): Queue {
  const quick = indices.filter((index) => !isCostly(index) && isQuick(index)).slice(0, atOnce);
  const early = new Set(quick);
  const own = indices.filter(isCostly);
  const common = indices.filter((index) => !early.has(index) && !isCostly(index));
  let [nextQuick, nextOwn, nextCommon] = [0, 0, 0];
  return {
    take: (isFirst) => {
      if (isFirst && nextQuick < quick.length) return quick[nextQuick++];
      if (isFirst && nextOwn < own.length) return own[nextOwn++];
      return common[nextCommon++];
    },
    remaining: () => quick.length - nextQuick + own.length - nextOwn + Math.max(0, common.length - nextCommon),
    shareable: () => Math.max(0, common.length - nextCommon),
    pauses: () => nextQuick > 0 && nextQuick === quick.length && nextOwn === 0 && nextCommon === 0,
  };
}
