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

/** A thread finds its next case waiting: whoever could send it may be busy for as long as a case takes. */
const perThread = 2;

/** Worker threads that run `acceptCase`, to the same bits: it is pure. A thread is started when a case finds none idle. */
export class AcceptThreads {
  readonly #most: number;
  readonly #waiting: Task[] = [];
  /** What each thread was sent and has not answered, oldest first. */
  readonly #sent = new Map<Worker, Task[]>();
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
    await Promise.all([...this.#sent.keys()].map((worker) => worker.terminate()));
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const worker = this.#leastBusy();
    const task = worker === undefined ? undefined : this.#waiting.shift();
    if (worker === undefined || task === undefined) return;
    this.#sent.get(worker)?.push(task);
    worker.ref(); // an idle thread must not keep the process, a busy one must
    worker.postMessage(task.question);
  }

  /** The thread with least to do; a new one where all have their next case already; undefined when there can be none. */
  #leastBusy(): Worker | undefined {
    const [least] = [...this.#sent].sort(([, a], [, b]) => a.length - b.length);
    if (least !== undefined && least[1].length < perThread) return least[0];
    return this.#sent.size < this.#most ? this.#start() : undefined;
  }

  #start(): Worker {
    const worker = new Worker(script);
    this.#sent.set(worker, []);
    worker.on('message', (accepted: Accepted) => {
      const sent = this.#sent.get(worker);
      sent?.shift()?.resolve(accepted);
      if (sent?.length === 0) worker.unref();
      this.#next();
    });
    worker.once('error', (error: Error) => { this.#ended(worker, error); });
    worker.once('exit', (code) => { this.#ended(worker, new Error(`a worker thread ended with exit code ${String(code)}`)); });
    return worker;
  }

  /** The case that it was at fails; another takes what was sent after it. */
  #ended(worker: Worker, error: Error): void {
    const [failed, ...others] = this.#sent.get(worker) ?? [];
    this.#sent.delete(worker);
    failed?.reject(error);
    for (const { reject } of this.#closed ? others.splice(0) : []) reject(error);
    this.#waiting.unshift(...others);
    [failed, ...others].forEach(() => { this.#next(); });
  }
}
