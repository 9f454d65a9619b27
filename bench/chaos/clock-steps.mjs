/** Preloaded into a run: the clock of the wall is set every few milliseconds, by up to a year to either side; with `CLOCK_SEED=ahead` it is a day ahead throughout. */
import { env } from 'node:process';
import { draws } from './faults.mjs';

const realNow = Date.now.bind(Date);
const draw = draws(Number(env['CLOCK_SEED']) || 1);
const yearMs = 365 * 86_400_000;
let offsetMs = 0;
let nextStep = 0;

function shiftedNow() {
  const now = realNow();
  if (env['CLOCK_SEED'] === 'ahead') return now + 86_400_000;
  if (now >= nextStep) [offsetMs, nextStep] = [Math.floor((draw() * 2 - 1) * yearMs), now + 5];
  return now + offsetMs;
}

globalThis.Date = new Proxy(Date, {
  construct: (target, args, self) => {
    const made = /** @type {unknown} */ (Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, self));
    return /** @type {object} */ (made);
  },
  get: (target, name) => {
    const own = /** @type {unknown} */ (Reflect.get(target, name));
    return name === 'now' ? shiftedNow : own;
  },
});
