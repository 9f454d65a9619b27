import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Case } from '../cases/case.ts';
import { packageRoot } from '../spec/package-root.ts';
import type { Accepted } from './accepted.ts';

interface Task {
  readonly question: Case;
  readonly resolve: (accepted: Accepted) => void;
  readonly reject: (error: Error) => void;
}

const script = join(packageRoot, 'dist', 'accept', 'accept-worker.js');

/** Worker threads that run `acceptCase`, to the same bits: it is pure. A thread is started when a case finds none idle. */
export class AcceptThreads {
  readonly #most: number;
  readonly #waiting: Task[] = [];
  readonly #idle = new Set<Worker>();
  readonly #busy = new Map<Worker, Task>();
  #closed = false;

  /** @param most  threads at one time, at least 1 */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * What is accepted of a case.
   *
   * @throws what `acceptCase` throws, as plain errors, and why a thread ended
   */
  accept(question: Case): Promise<Accepted> {
    if (this.#closed) return Promise.reject(new Error('the worker threads were closed'));
    return new Promise<Accepted>((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#next();
    });
  }

  /** Ends all threads; what they were at is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the worker threads were closed'));
    await Promise.all([...this.#idle, ...this.#busy.keys()].map((worker) => worker.terminate()));
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const [first] = this.#idle;
    const worker = first ?? (this.#busy.size < this.#most ? this.#start() : undefined);
    const task = worker === undefined ? undefined : this.#waiting.shift();
    if (worker === undefined || task === undefined) return;
    this.#idle.delete(worker);
    this.#busy.set(worker, task);
    worker.ref(); // an idle thread must not keep the process, a busy one must
    worker.postMessage(task.question);
  }

  #start(): Worker {
    const worker = new Worker(script);
    worker.on('message', (accepted: Accepted) => {
      this.#busy.get(worker)?.resolve(accepted);
      this.#busy.delete(worker);
      worker.unref();
      this.#idle.add(worker);
      this.#next();
    });
    worker.once('error', (error: Error) => { this.#ended(worker, error); });
    worker.once('exit', (code) => { this.#ended(worker, new Error(`a worker thread ended with exit code ${String(code)}`)); });
    return worker;
  }

  #ended(worker: Worker, error: Error): void {
    this.#busy.get(worker)?.reject(error);
    this.#busy.delete(worker);
    this.#idle.delete(worker);
    this.#next();
  }
}
