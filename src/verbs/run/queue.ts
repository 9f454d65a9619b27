/**
 * The cases that a runner is still to be asked: a few to begin with, so that there are results at once, then what is dear to make, so that
 * others can share the rest; each part in plan order.
 */
export interface Queue {
  /** The next one that nobody has taken; only the first process is given what is dear to make. */
  readonly take: (isFirst: boolean) => number | undefined;
  readonly remaining: () => number;
  /** Of these, what a further process could take over. */
  readonly shareable: () => number;
}

/** What is dear to make may take seconds. */
const atOnce = 8;

/**
 * @param isCostly  whether a case needs something that each process would make for itself, such as a compiled cell
 */
export function createQueue(indices: readonly number[], isCostly: (index: number) => boolean): Queue {
  const own = indices.filter(isCostly);
  const common = indices.filter((index) => !isCostly(index));
  let [nextOwn, nextCommon] = [0, 0];
  return {
    take: (isFirst) => {
      const isDear = nextCommon >= atOnce || nextCommon >= common.length;
      if (isFirst && isDear && nextOwn < own.length) return own[nextOwn++];
      return common[nextCommon++];
    },
    remaining: () => own.length - nextOwn + Math.max(0, common.length - nextCommon),
    shareable: () => Math.max(0, common.length - nextCommon),
  };
}
