import { type JudgedClaim, judgeClaims } from '../reports/claims/judge-claims.ts';
import { readRun } from '../reports/read-run.ts';
import type { Run } from '../reports/run.ts';
import { claimsSuite, readClaims } from '../spec/claims.ts';
import { didYouMean } from '../spec/did-you-mean.ts';
import type { ClaimsFile } from '../spec/generated/claims.ts';
import { UserError } from '../spec/user-error.ts';
import { runFileAt } from './report/locate-run.ts';
import type { RunListener, RunOptions } from './run/options.ts';
import { run } from './run/run.ts';

/** The claims that were asked for, with the pages that they are of. */
export interface JudgedClaims {
  readonly files: readonly ClaimsFile[];
  readonly judged: readonly JudgedClaim[];
}

/**
 * The verdicts that an earlier run of the suite `claims` gives.
 *
 * @param wanted  ids of claims or of pages, such as S0-35 or S0; all of them when empty
 * @throws {UserError} CLAIM_UNKNOWN, CLAIMS_OTHER_SUITE, and what `readRun` throws
 */
export async function claimsOfRun(place: string, wanted: readonly string[]): Promise<JudgedClaims> {
  const files = readClaims();
  refuseUnknown(wanted, files);
  return claimsOf(await readRun(await runFileAt(place)), files, wanted);
}

/**
 * Asks frameworks the suite `claims`, and gives the verdicts.
 *
 * @throws {UserError} CLAIM_UNKNOWN, and what `run` throws
 */
export async function askClaims(options: Omit<RunOptions, 'suite'>, wanted: readonly string[], listener: RunListener, signal: AbortSignal): Promise<JudgedClaims> {
  const files = readClaims();
  refuseUnknown(wanted, files);
  const outcome = await run({ ...options, suite: claimsSuite }, listener, signal);
  return claimsOf(outcome.run, files, wanted);
}

function claimsOf(measured: Run, files: readonly ClaimsFile[], wanted: readonly string[]): JudgedClaims {
  const { suite } = measured.header;
  if (suite !== claimsSuite) throw new UserError('CLAIMS_OTHER_SUITE', `that run is of the suite '${suite}', which does not settle the claims`, 'name a run of --suite claims, or leave --run out to ask now');
  const judged = judgeClaims(measured, files).filter(({ claim: { id }, seed }) => wanted.length === 0 || wanted.includes(id) || wanted.includes(seed));
  return { files, judged };
}

function refuseUnknown(wanted: readonly string[], files: readonly ClaimsFile[]): void {
  const known = files.flatMap(({ seed, claims }) => [seed, ...claims.map(({ id }) => id)]);
  const stray = wanted.find((word) => !known.includes(word));
  if (stray !== undefined) throw new UserError('CLAIM_UNKNOWN', `no claim is called '${stray}'`, `${didYouMean(stray, known)}the pages are: ${files.map(({ seed }) => seed).join(', ')}`);
}
