import { parentPort } from 'node:worker_threads';
import type { Case } from '../cases/case.ts';
import { acceptCase } from './accept.ts';
import type { Accepted } from './accepted.ts';

/** Body of a worker thread: each message is a case, each answer what `acceptCase` makes of it. An error ends the thread. */
parentPort?.on('message', (question: Case) => {
  const accepted = acceptCase(question);
  parentPort?.postMessage(accepted, buffersOf(accepted));
});

/** The arrays change hands: copying them would cost more than the message. Steps may share one; memory that short arrays share stays, and is copied. */
function buffersOf({ ranks }: Accepted): ArrayBuffer[] {
  const steps = ranks.flatMap(({ construct, steps }) => [construct, ...steps]);
  const values = steps.flatMap((step) => (step.kind === 'refusal' ? step.state.values : step.values));
  const arrays = values.flatMap(({ value, low, stable, naive, alternative }) => [value, low, stable, naive, alternative]);
  const own = arrays.filter((array) => array !== null && array !== undefined).filter(({ buffer, byteLength }) => byteLength === buffer.byteLength);
  return [...new Set(own.map(({ buffer }) => buffer as ArrayBuffer))];
}
