import type { PlannedCase } from '../../cases/plan.ts';
import { isCostly, isQuick, isTwiceDifferentiated } from '../../cases/shard.ts';
import { createWork, serve, type SharedRun, type Work } from './ask-runner.ts';
import type { AskedRunner } from './asked-runner.ts';

/** A further process is worth its start only when it finds so many cases to take over. */
const worthAProcess = 500;

/**
 * Asks all runners side by side, `jobs` processes at one time. Every runner gets one first; a place that is free then goes to the
 * runner that has most cases left.
 *
 * @returns what went wrong, one error per runner; nothing else of that runner is asked
 */
export async function askAll(runners: readonly AskedRunner[], shared: SharedRun): Promise<readonly Error[]> {
  const works = runners.map((runner) => createWork(runner, (index) => isForOne(shared.plan.cases[index]), shared.earlier?.get(runner.key), (index) => isQuick(shared.plan.cases[index])));
  await new Promise<void>((resolve) => {
    let running = 0;
    const fill = (): void => {
      for (let work = neediest(works); running < shared.options.jobs && work !== undefined; work = neediest(works)) {
        running += 1;
        void place(work, shared).finally(() => {
          running -= 1;
          fill();
        });
      }
      if (running === 0) resolve();
    };
    fill();
  });
  return works.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
}

/** What a further process would have to make, or to show, again. */
function isForOne(planned: PlannedCase | undefined): boolean {
  return isCostly(planned) || isTwiceDifferentiated(planned);
}

async function place(work: Work, shared: SharedRun): Promise<void> {
  work.processes += 1;
  try {
    await serve(work, shared);
  } catch (error) {
    work.failure ??= error as Error;
  } finally {
    work.processes -= 1;
  }
}

function neediest(works: readonly Work[]): Work | undefined {
  const open = works.filter(({ failure, queue }) => failure === undefined && queue.remaining() > 0);
  const idle = open.find(({ processes }) => processes === 0);
  if (idle !== undefined) return idle;
  const share = ({ queue, processes }: Work): number => queue.shareable() / (processes + 1);
  return open.filter((work) => share(work) >= worthAProcess).sort((a, b) => share(b) - share(a))[0];
}
