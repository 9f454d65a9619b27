import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchesPattern } from '../cases/select.ts';
import { harnessHome } from '../environments/home.ts';
import { type ClaimVerdict, type JudgedClaim, judgeClaims } from '../reports/claims/judge-claims.ts';
import type { Run } from '../reports/run.ts';
import { claimsSuite, readClaims } from '../spec/claims.ts';
import type { Framework } from '../spec/generated/claims.ts';
import { claimsOfRun } from './claims.ts';
import { loadPlan } from './load-plan.ts';
import { run } from './run/run.ts';

const files = readClaims();
const ids = loadPlan(claimsSuite).cases.map(({ id }) => id);
const minutes = 60_000;

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'bn-claims-'));
});
afterAll(() => rm(out, { recursive: true, force: true }));

describe('spec/claims', () => {
  it('has every statement of the five pages once, numbered without a gap', () => {
    const numbers = files.map(({ seed, claims }) => [seed, claims.map(({ id }) => Number(id.slice(3)))] as const);
    expect(numbers.map(([seed, own]) => [seed, own.length])).toEqual([['S0', 47], ['S1', 44], ['S2', 45], ['S3', 43], ['S4', 22]]);
    for (const [, own] of numbers) expect(own).toEqual(own.map((_, at) => at + 1));
  });

  it('every pattern matches a case of the suite, and none matches by accident what another layer asks', () => {
    const patterns = files.flatMap(({ claims }) => claims.flatMap(({ settledBy }) => settledBy.flatMap((check) => ('select' in check ? check.select : []))));
    expect(patterns.filter((pattern) => !ids.some(matchesPattern(pattern)))).toEqual([]);
    expect(patterns.filter((pattern) => pattern.startsWith('*'))).toEqual([]);
  });

  it('stores no verdict', () => {
    const words = files.flatMap(({ claims }) => claims.flatMap((claim) => Object.keys(claim)));
    expect([...new Set(words)].sort()).toEqual(['id', 'note', 'place', 'settledBy', 'states']);
  });
});

/** Lies, and the claims that the honest one bears out and they do not; the lie stands for the framework that the claim is about. */
const flips: readonly (readonly [lie: string, as: Framework, claim: string, other: ClaimVerdict])[] = [
  ['wrong-default', 'pytorch', 'S0-03', 'does-not-hold'],
  ['wrong-default', 'mindspore', 'S1-08', 'holds'],
  ['any-rank-accepted', 'pytorch', 'S0-19', 'holds-with-a-condition'],
  ['ranks-not-synchronised', 'pytorch', 'S3-18', 'does-not-hold'],
  ['ranks-not-synchronised', 'pytorch', 'S3-29', 'holds-with-a-condition'],
  ['momentum-complement', 'mindspore', 'S4-17', 'does-not-hold'],
  ['biased-running-variance', 'mindspore', 'S0-20', 'holds-with-a-condition'],
  ['momentum-ignored', 'pytorch', 'S4-18', 'holds-with-a-condition'],
  ['biased-running-variance', 'pytorch', 'S0-31', 'does-not-hold'],
  ['untracked-keeps-state', 'pytorch', 'S1-29', 'does-not-hold'],
  ['statistics-updated-in-evaluation', 'pytorch', 'S2-31', 'does-not-hold'],
  ['untracked-evaluation-by-fresh-state', 'pytorch', 'S0-34', 'does-not-hold'],
  ['parameter-gradients-missing', 'pytorch', 'S0-35', 'holds'],
  ['batch-row-frozen-in-evaluation', 'mindspore', 'S0-36', 'does-not-hold'],
  ['running-row-updates', 'mindspore', 'S0-37', 'does-not-hold'],
  ['fresh-layer-evaluates', 'pytorch', 'S0-40', 'does-not-hold'],
  ['fresh-layer-evaluates', 'mindspore', 'S0-41', 'holds'],
  ['output-scaled', 'pytorch', 'S2-30', 'does-not-hold'],
  ['running-mean-not-updated', 'pytorch', 'S1-28', 'does-not-hold'],
];

/** What the claims ask for: the rest of the suite would only take time. */
function selectOf(wanted: readonly string[]): readonly string[] {
  const checks = files.flatMap(({ claims }) => claims.filter(({ id }) => wanted.includes(id)).flatMap(({ settledBy }) => settledBy));
  return [...new Set(checks.flatMap((check) => ('select' in check ? check.select : [])))];
}

describe('a verdict is computed: under a miniature that lies it is another one', () => {
  let measured: Run;
  beforeAll(async () => {
    const lies = ['honest', ...new Set(flips.map(([lie]) => lie)), 'options-unchecked'];
    const options = {
      suite: claimsSuite, runners: lies.map((lie) => `miniature-${lie}`), python: {}, select: selectOf([...flips.map(([, , claim]) => claim), 'S0-16', 'S3-19']), out, strict: false, jobs: 2, threads: 1, device: 'cpu',
      timeLimitMs: 60_000, home: harnessHome(process.env), command: 'claims.test',
    };
    ({ run: measured } = await run(options, { stage: () => undefined, progress: () => undefined }, new AbortController().signal));
  }, 8 * minutes);

  /** The lie speaks for one framework, the honest one for the other. */
  const judgedAs = (claim: string, lie: string, as: Framework): JudgedClaim | undefined => {
    const speaking = (name: string, runner: Framework) => measured.runners.flatMap((results) => (results.runner === `miniature-${name}@1.0` ? [{ ...results, runner }] : []));
    const runners = [...speaking(lie, as), ...speaking('honest', as === 'pytorch' ? 'mindspore' : 'pytorch')];
    return judgeClaims({ ...measured, runners }, files, ({ runner }) => runner as Framework).find((one) => one.claim.id === claim);
  };
  const verdictOf = (claim: string, lie: string, as: Framework): ClaimVerdict | undefined => judgedAs(claim, lie, as)?.verdict;

  it.each(flips)('%s in place of %s: %s %s', (lie, as, claim, other) => {
    const honest = verdictOf(claim, 'honest', as);
    expect(honest).not.toBe(other);
    expect(verdictOf(claim, lie, as)).toBe(other);
  });

  it.each([
    ['honest', 'S0-16', 'NCHW agrees, NHWC differs, any other word agrees'],
    ['options-unchecked', 'S0-16', 'NCHW agrees, NHWC agrees, any other word differs'],
    ['honest', 'S3-19', 'those ranks agrees, 1 dimension agrees, 3 dimensions differs, 5 dimensions differs'],
  ])('%s in place of mindspore: what it takes and what it refuses settles the checks of %s', (lie, claim, told) => {
    expect(judgedAs(claim, lie, 'mindspore')?.checks.map(({ condition, outcome }) => `${String(condition)} ${outcome}`).join(', ')).toBe(told);
  });

  it('at least ten claims flip', () => {
    expect(new Set(flips.map(([, , claim]) => claim)).size).toBeGreaterThanOrEqual(10);
  });

  it('a run without the frameworks settles nothing but what the pages themselves say', async () => {
    const { judged } = await claimsOfRun(out, []);
    expect(judged).toHaveLength(201);
    expect(judged.filter(({ verdict }) => verdict !== 'not-testable').map(({ claim }) => claim.id)).toEqual(['S4-07']);
  });

  it('what cannot be asked for is refused', async () => {
    await expect(claimsOfRun(out, ['S0-99'])).rejects.toMatchObject({ code: 'CLAIM_UNKNOWN' });
  });
});
