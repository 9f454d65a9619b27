import { describe, expect, it } from 'vitest';
import type { Case } from '../cases/case.ts';
import { acceptCase } from './accept.ts';
import { AcceptThreads } from './accept-threads.ts';

function question(rows: number, extra: Partial<Case> = {}): Case {
  const tensor = (factor: number) => ({ dtype: 'float32', shape: [rows, 3], data: Float64Array.from({ length: rows * 3 }, (_, i) => Math.fround(Math.sin(i * factor))) }) as const;
  return {
    id: `batchnorm1d/rows=${String(rows)}`, layer: 'batchnorm1d', config: { numFeatures: 3, eps: 1e-5, momentum: 0.1, affine: true, statistics: 'tracked', dtype: 'float32' },
    initial: { gamma: { dtype: 'float32', shape: [3], data: Float64Array.of(1, -2, 0.5) } },
    ranks: [{ inputs: [tensor(0.7), tensor(1.3)], grads: [tensor(2.1)] }],
    program: [{ op: 'forward', mode: 'train', input: 0 }, { op: 'backward', of: 0, grad: 0 }, { op: 'forward', mode: 'eval', input: 1 }], ...extra,
  };
}

describe('worker threads', () => {
  it('accept to the same bits as the main thread, whichever thread and in whichever order', async () => {
    const threads = new AcceptThreads(2);
    const questions = [question(2), question(40), question(7), question(40, { config: { ...question(1).config, dtype: 'float64' } }), question(5, { program: [{ op: 'forward', mode: 'train', input: 0 }, { op: 'describe' }] })];
    const accepted = await Promise.all(questions.map((one) => threads.accept(one)));
    await threads.close();
    expect(accepted).toEqual(questions.map((one) => acceptCase(one)));
  });

  it('tell what went wrong, and go on with the next, and with what waits in the same thread', async () => {
    const threads = new AcceptThreads(1);
    const broken = question(3, { program: [{ op: 'forward', mode: 'train', input: 9 }] });
    const [first, ...others] = await Promise.allSettled([threads.accept(broken), ...[3, 4, 5].map((rows) => threads.accept(question(rows)))]);
    await threads.close();
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'expected data at index 9, got 2 tensors' } });
    expect(others).toEqual([3, 4, 5].map((rows) => ({ status: 'fulfilled', value: acceptCase(question(rows)) })));
  });

  it('end when they are closed: what they were at is rejected, and so is what comes later', async () => {
    const threads = new AcceptThreads(1);
    const begun = Promise.allSettled([50_000, 3, 4, 5].map((rows) => threads.accept(question(rows))));
    await threads.close();
    expect((await begun).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    await expect(threads.accept(question(3))).rejects.toThrow('the worker threads were closed');
  });
});
