import { describe, expect, it } from 'vitest';
import { type Status, statuses } from '../diff/verdict.ts';
import type { KnownFailing } from '../spec/generated/known-failing.ts';
import { decideGate, type GateInput } from './decide.ts';

const entry: KnownFailing = {
  cases: 'batchnorm1d/**', versions: '>=2.0.0', status: 'violates', cause: 'eps-ignored', reason: 'a reason', link: 'https://example.org/1', owner: 'somebody', expires: '2026-01-31',
};

/** A gate that looks at these counts, `planned` being their sum. */
function gateOf(counts: Partial<Record<Status, number>>, change: Partial<GateInput> = {}) {
  const all = { ...Object.fromEntries(statuses.map((status) => [status, 0])), ...counts } as Record<Status, number>;
  const planned = Object.values(all).reduce((sum, count) => sum + count, 0);
  return decideGate({ counts: all, planned, knownShare: 0.02, strict: false, grading: [], unmatched: [], expired: [], ...change });
}

describe('the gate by status', () => {
  it.each(['conforms', 'documented', 'unsupported', 'ungradable', 'inaccurate'] as const)('%s passes', (status) => {
    expect(gateOf({ [status]: 3 })).toEqual({ gate: 'pass', reasons: [], warnings: [] });
  });

  it.each(['violates', 'stale', 'mistrusted', 'crashed', 'timed-out', 'garbled', 'not-run'] as const)('%s fails', (status) => {
    expect(gateOf({ conforms: 10, [status]: 2 })).toEqual({ gate: 'fail', reasons: [`2 ${status}`], warnings: [] });
  });

  it('inaccurate fails under strict, and nothing else does', () => {
    expect(gateOf({ conforms: 5, inaccurate: 1, documented: 1, unsupported: 1, ungradable: 1 }, { strict: true })).toEqual({ gate: 'fail', reasons: ['1 inaccurate'], warnings: [] });
    expect(gateOf({ conforms: 5, documented: 1 }, { strict: true }).gate).toBe('pass');
  });

  it('every status has its place: each fails, passes, or is bound by a share', () => {
    const outcomes = statuses.map((status) => [status, gateOf({ [status]: 1 }).gate]);
    expect(outcomes.filter(([, gate]) => gate === 'fail').map(([status]) => status)).toEqual(['violates', 'known', 'stale', 'mistrusted', 'crashed', 'timed-out', 'garbled', 'not-run']);
  });

  it('all reasons are given, the worst status first', () => {
    expect(gateOf({ conforms: 1, violates: 1, crashed: 2 }, { unmatched: [entry] }).reasons).toMatchInlineSnapshot(`
      [
        "2 crashed",
        "1 violates",
        "known-failing entry 'batchnorm1d/**' matches no case of any suite",
      ]
    `);
  });
});

describe('planned is the sum of all statuses', () => {
  it.each([-1, 1])('a sum that is off by %d is a fault of the harness', (off) => {
    expect(() => gateOf({ conforms: 4, violates: 1 }, { planned: 5 + off })).toThrow(`planned ${String(5 + off)} cases, the statuses add up to 5`);
  });
});

describe('a gate with nothing to look at', () => {
  it('fails: no case is no pass', () => {
    expect(gateOf({})).toEqual({ gate: 'fail', reasons: ['no case was planned'], warnings: [] });
  });
});

describe('the share of known cases', () => {
  it('passes at the recorded share and fails above it', () => {
    expect(gateOf({ conforms: 98, known: 2 }).gate).toBe('pass');
    expect(gateOf({ conforms: 97, known: 3 })).toEqual({ gate: 'fail', reasons: ["known 3 of 100 planned, above the suite's share of 0.02"], warnings: [] });
  });
});

describe('the share of elements that could not be graded', () => {
  const grading = (ungradable: number) => [{ observable: 'y', graded: 100 - ungradable, ungradable }, { observable: 'dx', graded: 1000, ungradable: 0 }];

  it('passes at 2 % of an observable with a warning, and fails above it, whatever the others are', () => {
    expect(gateOf({ conforms: 1 }, { grading: grading(0) }).warnings).toEqual([]);
    expect(gateOf({ conforms: 1 }, { grading: grading(2) })).toEqual({ gate: 'pass', reasons: [], warnings: ['2 of 100 elements of y could not be graded'] });
    expect(gateOf({ conforms: 1 }, { grading: grading(3) })).toEqual({ gate: 'fail', reasons: ['3 of 100 elements of y could not be graded, above the limit of 2 %'], warnings: [] });
    expect(gateOf({ conforms: 1 }, { grading: grading(3), knownShare: null })).toEqual({ gate: 'pass', reasons: [], warnings: ['3 of 100 elements of y could not be graded'] }); // a shard
  });
});

describe('the known-failing list', () => {
  it('an entry that matches no case fails', () => {
    expect(gateOf({ conforms: 1 }, { unmatched: [entry] })).toMatchObject({ gate: 'fail', reasons: ["known-failing entry 'batchnorm1d/**' matches no case of any suite"] });
  });

  it('an expired entry warns, and fails under strict', () => {
    const text = "known-failing entry 'batchnorm1d/**' expired on 2026-01-31";
    expect(gateOf({ conforms: 1 }, { expired: [entry] })).toEqual({ gate: 'pass', reasons: [], warnings: [text] });
    expect(gateOf({ conforms: 1 }, { expired: [entry], strict: true })).toEqual({ gate: 'fail', reasons: [text], warnings: [] });
  });
});
