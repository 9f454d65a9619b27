import type { AcceptedObservation } from '../../accept/accepted.ts';

/** How one framework spells the program of a case in Python. */
export interface Dialogue {
  /** Package that the script needs beside numpy; empty where there is none. */
  readonly needs: string;
  readonly imports: readonly string[];
  /** Modules of the standard library, beside `sys`. */
  readonly standard?: readonly string[];
  /** Functions: `tensor`, `numpy_of`, and those of the layout and of saving. */
  readonly helpers: string;
  /** The layer with its initial values. */
  readonly construct: readonly string[];
  /** Lines of one step; results in `y3`, `dx3`, `dgamma3`, `dbeta3` by the index of the step. */
  readonly step: (index: number) => readonly string[];
  /** Names of the operands of a step, made by `keep`, which it must leave as they were. */
  readonly kept: (index: number) => readonly string[];
  /** Where the state lies after a step. */
  readonly state: Readonly<Record<'running_mean' | 'running_var', string>>;
  readonly stepCount: string | null;
  /** Checks after the construction and after each step, beside those of the values. */
  readonly further?: (where: string, accepted: AcceptedObservation) => readonly string[];
}
