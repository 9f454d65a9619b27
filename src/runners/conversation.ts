import { setTimeout as sleep } from 'node:timers/promises';
import type { ElementType } from '../tensor/bytes.ts';
import type { Numbers } from '../tensor/tensor.ts';
import type { Answer, BreakKind, Question } from './answer.ts';
import { decodeResult } from './decode-result.ts';
import { encodeRun, encodeStart, encodeStop } from './encode-messages.ts';
import { Exchange } from './exchange.ts';
import { type Frame, FrameDecoder, FrameError } from './frames.ts';
import { watchMemory } from './memory-watch.ts';
import type { ResultMessage, StartedMessage } from './messages.ts';
import { describeExit, type Exit, type RunnerProcess } from './runner-process.ts';
import { smokeCase } from './smoke-case.ts';
import type { StderrLog } from './stderr-log.ts';
import { MessageError, parseRunnerMessage } from './validate-message.ts';

/** How one life of a runner process ended, unasked. */
export interface Break {
  readonly kind: BreakKind;
  readonly message: string;
  readonly stderrTail: string;
  /** Questions that were in the runner, oldest first. */
  readonly unanswered: readonly Question[];
  /** The last answer before the end, not yet handed on: see `fence`. */
  readonly held: Held | undefined;
}

export interface Held {
  readonly question: Question;
  readonly answer: Answer;
}

export interface ConversationOptions {
  readonly process: RunnerProcess;
  readonly log: StderrLog;
  readonly threads: number;
  readonly device: string;
  readonly startLimitMs: number;
  /** Longest time that a case may be the oldest unanswered one. */
  readonly timeLimitMs: number;
  readonly memoryLimitBytes: number;
}

/** Who hears of answers and of every change. */
export interface ConversationListener {
  readonly onAnswer: (question: Question, answer: Answer) => void;
  readonly onChange: () => void;
}

export const silent: ConversationListener = { onAnswer: () => {}, onChange: () => {} };

/** The questions of a frame that have no answer yet, by seq, oldest first; undefined for a fence. */
type AskedFrame = Map<number, Question | undefined>;

const firstFenceSeq = 2 ** 52; // beyond every seq of a question
const exitGraceMs = 250; // for the last bytes in the pipe of a dead process
const stopGraceMs = 2000; // old frameworks hang now and then on their way out
const outputGraceMs = 500; // between the end of the output and that of the process
const readGraceMs = 100;

/** One life of a runner process, at the level of messages. It ends once: by `close`, `kill`, or a break. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #decoder = new FrameDecoder();
  readonly #exchange = Exchange.open();
  /** Oldest first, none of them empty. A map for each: one whose entries come and go for ever costs the collector dear. */
  readonly #frames: AskedFrame[] = [];
  readonly #endWatch: () => void;
  #listener = silent;
  #onStarted: ((identity: StartedMessage) => void) | undefined;
  #identity: StartedMessage | undefined;
  #held: Held | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;

  /** Frames asked in this life. */
  asked = 0;
  /** Questions asked in this life. */
  questions = 0;
  broken: Break | undefined;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { process, memoryLimitBytes } = options;
    process.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    process.stdout.once('end', () => void this.#outputEnded());
    void process.exit.then((exit) => this.#exited(exit));
    this.#endWatch = process.pid === undefined ? () => {} : watchMemory(process.pid, memoryLimitBytes, (bytes) => this.#memoryExceeded(bytes));
  }

  /** Asks the runner who it is. Resolves with undefined when it broke instead; see `broken`. */
  async start(): Promise<StartedMessage | undefined> {
    const { process, threads, device, startLimitMs } = this.#options;
    const started = new Promise<StartedMessage | undefined>((resolve) => {
      this.#onStarted = resolve;
      this.#listener = { ...silent, onChange: () => resolve(undefined) };
    });
    const timer = setTimeout(() => this.#break('timed-out', `did not start within ${startLimitMs / 1000} s`), startLimitMs);
    process.stdin.write(encodeStart(threads, device, this.#exchange?.folder));
    const identity = await started;
    clearTimeout(timer);
    return identity;
  }

  listen(listener: ConversationListener): void {
    this.#listener = listener;
  }

  /** Sends a batch as one frame. */
  ask(questions: readonly Question[]): void {
    const frame: AskedFrame = new Map();
    for (const question of questions) {
      const { seq } = question;
      if (frame.has(seq) || this.#frameOf(seq) !== undefined) throw new RangeError(`seq ${seq} is in flight already`);
      frame.set(seq, question);
    }
    this.#send(questions, frame);
  }

  /**
   * Asks the smoke case. An answer is held back until the runner has said something else, so that a second answer to the same
   * case is seen and neither is believed; when there is nothing else to ask, a fence makes it speak.
   */
  fence(): void {
    const seq = firstFenceSeq + this.asked;
    this.#send([{ seq, case: smokeCase(this.#identity?.layers[0] ?? 'batchnorm2d') }], new Map([[seq, undefined]]));
  }

  /** Frames that hold an unanswered question. */
  get frames(): number {
    return this.#frames.length;
  }

  /** Whether an answer waits for a fence. */
  get holds(): boolean {
    return this.#held !== undefined;
  }

  /** Asks the runner to leave, and sees to it that its whole process group does. */
  async close(): Promise<void> {
    this.#end();
    const { process } = this.#options;
    process.stdin.end(encodeStop());
    await Promise.race([process.exit, sleep(stopGraceMs, undefined, { ref: false })]);
    process.kill();
    await process.exit;
  }

  /** Ends it at once, as a break. */
  async kill(): Promise<void> {
    this.#break('crashed', 'was stopped');
    await this.#options.process.exit;
  }

  #end(): void {
    this.#closing = true;
    this.#endWatch();
    clearTimeout(this.#timer);
  }

  #send(questions: readonly Question[], frame: AskedFrame): void {
    if (this.#frames.length === 0) this.#startTimer();
    this.#frames.push(frame);
    this.#options.process.stdin.write(encodeRun(this.asked, questions, this.#identity?.readsFiles === true ? this.#exchange : undefined));
    this.asked += 1;
    this.questions += questions.length;
  }

  #read(chunk: Buffer): void {
    if (this.#closing) return;
    try {
      this.#decoder.push(chunk, (frame) => this.#receive(frame));
    } catch (error) {
      if (!(error instanceof FrameError || error instanceof MessageError)) throw error;
      this.#breakProtocol(error);
    }
  }

  #receive({ rawHeader, payload }: Frame): void {
    const message = parseRunnerMessage(rawHeader);
    switch (message.type) {
      case 'log':
        return this.#options.log.append(`[${message.level}] ${message.message}`);
      case 'started':
        return this.#receiveStarted(message);
      case 'result':
        return this.#receiveResult(message, payload);
    }
  }

  #receiveStarted(message: StartedMessage): void {
    if (this.#identity !== undefined) throw new MessageError('a second started message');
    this.#identity = message;
    this.#onStarted?.(message);
  }

  #receiveResult(message: ResultMessage, payload: Buffer): void {
    const { seq } = message;
    const frame = this.#frameOf(seq);
    if (frame === undefined) {
      const twice = seq === this.#held?.question.seq;
      throw new MessageError(twice ? 'two answers to one case' : `an answer with seq ${seq}, which is not in flight`);
    }
    const answer = decodeResult(message, payload, () => this.#options.log.tail(), (path, dtype, shape) => this.#takeFile(path, dtype, shape));
    this.#exchange?.release(seq);
    const wasOldest = this.#oldest() === seq;
    const question = frame.get(seq);
    frame.delete(seq);
    if (frame.size === 0) this.#frames.splice(this.#frames.indexOf(frame), 1);
    if (wasOldest) this.#startTimer();
    this.#handOn(question && { question, answer });
  }

  #takeFile(path: string, dtype: ElementType, shape: readonly number[]): Numbers {
    if (this.#exchange === undefined) throw new MessageError(`the file ${path}, where no folder was offered`);
    return this.#exchange.take(path, dtype, shape);
  }

  /** The frame in which a question is unanswered: nearly always the first. */
  #frameOf(seq: number): AskedFrame | undefined {
    return this.#frames.find((frame) => frame.has(seq));
  }

  /** Seq of the oldest unanswered question. */
  #oldest(): number | undefined {
    return this.#frames[0]?.keys().next().value;
  }

  #handOn(next: Held | undefined): void {
    const held = this.#held;
    this.#held = next;
    if (held !== undefined) this.#listener.onAnswer(held.question, held.answer);
    this.#listener.onChange();
  }

  /** The clock of the oldest unanswered question: a runner works on one after the other. */
  #startTimer(): void {
    if (this.#closing) return;
    this.#timer ??= setTimeout(() => void this.#timerFired(), this.#options.timeLimitMs);
    this.#timer.refresh();
  }

  async #timerFired(): Promise<void> {
    const oldest = this.#oldest();
    if (oldest === undefined || this.#closing) return;
    await sleep(readGraceMs); // we may have been the slow one: what is in the pipe by now counts
    if (this.#oldest() === oldest) this.#break('timed-out', `gave no answer within ${this.#options.timeLimitMs / 1000} s`);
  }

  async #exited(exit: Exit): Promise<void> {
    const { stdout } = this.#options.process;
    if (!stdout.readableEnded) await Promise.race([new Promise((resolve) => stdout.once('end', resolve)), sleep(exitGraceMs)]);
    if (exit.kind === 'exited' && exit.code === 0) this.#requireWholeFrame();
    this.#break('crashed', describeExit(exit));
    this.#exchange?.close();
  }

  #requireWholeFrame(): void {
    try {
      this.#decoder.end();
    } catch (error) {
      this.#breakProtocol(error as FrameError);
    }
  }

  async #outputEnded(): Promise<void> {
    const exited = await Promise.race([this.#options.process.exit.then(() => true), sleep(outputGraceMs, false, { ref: false })]);
    if (!exited) this.#break('garbled', 'closed its output and stayed');
  }

  #memoryExceeded(bytes: number): void {
    const [used, limit] = [bytes, this.#options.memoryLimitBytes].map((size) => (size / 2 ** 30).toFixed(1));
    this.#break('crashed', `was killed: it used ${used} GiB of memory, the limit is ${limit} GiB`);
  }

  #breakProtocol({ message }: FrameError | MessageError): void {
    this.#break('garbled', `broke the protocol: ${message}`);
  }

  #break(kind: BreakKind, message: string): void {
    if (this.#closing) return;
    this.#end();
    this.#options.process.kill();
    const unanswered = this.#frames.flatMap((frame) => [...frame.values()]).filter((question) => question !== undefined);
    this.broken = { kind, message, stderrTail: this.#options.log.tail(), unanswered, held: this.#held };
    this.#listener.onChange();
  }
}
