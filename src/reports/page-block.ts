import { claimsSuite } from '../spec/claims.ts';
import { readRules } from '../spec/rules.ts';
import { encodeClaims } from './page-claims.ts';
import { type ComparedRuns, encodeComparison } from './page-comparison.ts';
import { encodeCoverage } from './page-coverage.ts';
import type { PageClaim, PageData, PagePower } from './page-data.ts';
import { encodeDetails } from './page-details.ts';
import { createInterner } from './page-encode.ts';
import { encodeFindings } from './page-findings.ts';
import { type EncodedIds, encodeIds, readCatalogue } from './page-ids.ts';
import { createOutcomes, encodeRunners, encodeRunnerValues } from './page-results.ts';
import { readPower } from './power.ts';
import type { Run, RunHeader } from './run.ts';
import { gateOf } from './summary.ts';

/** What a page may show besides its run. */
export interface PageExtras {
  /** This run held against an earlier one. */
  readonly comparison?: ComparedRuns;
  readonly power?: PagePower;
  readonly claims?: readonly PageClaim[];
}

/** What the harness adds to every page by itself: its own power, and the claims where the run settles them. */
export function standingExtras(run: Run): PageExtras {
  const power = readPower();
  return { ...(power === undefined ? {} : { power }), ...(run.header.suite === claimsSuite ? { claims: encodeClaims(run) } : {}) };
}

/** As it is written. */
type EncodedData = Omit<PageData, 'ids'> & { readonly ids: EncodedIds };

/** Everything that the page shows. */
export function pageData(run: Run, { comparison, power, claims }: PageExtras = {}): EncodedData {
  const { cases } = run.header;
  const catalogue = readCatalogue();
  const strings = createInterner();
  const outcomes = createOutcomes(strings);
  const findings = encodeFindings(run);
  const rules = readRules().map(({ id, level, title, formula, sources }) => ({ id, level, title, formula, sources }));
  const runners = encodeRunners(run, outcomes);
  return {
    header: factsOf(run.header), shard: shardOf(run.header), durationMs: run.footer?.durationMs ?? null, complete: run.complete, ...gateOf(run), rules, ids: encodeIds(cases, catalogue), ...citedRules(run, rules.map(({ id }) => id)),
    runners, outcomes: outcomes.all(), strings: strings.all(), findings, coverage: encodeCoverage(run.header, catalogue),
    comparison: comparison === undefined ? null : encodeComparison(comparison), power: power ?? null, claims: claims ?? null,
  };
}

/** What the views of single cases and of accuracy need besides. */
export function pageValues(run: Run, { findings }: EncodedData) {
  return { runners: encodeRunnerValues(run), details: encodeDetails(run, findings, readCatalogue()) };
}

/** The header without its plan, which is packed elsewhere. */
function factsOf({ schemaVersion, tool, suite, seed, filtered, knownShare, minimum, strict, command, startedAt }: RunHeader): PageData['header'] {
  return { schemaVersion, tool, suite, seed, filtered, knownShare, minimum, strict, command, startedAt };
}

/** Which part of its plan was run; where the part's cases stand in the whole is the business of `merge`. */
function shardOf({ shard }: RunHeader): PageData['shard'] {
  return shard === undefined ? null : { index: shard.index, count: shard.count };
}

/** The rules that each case cites, as its results say. */
function citedRules({ header, runners }: Run, known: readonly string[]): Pick<PageData, 'ruleSets' | 'ruleSetOf'> {
  const sets = createInterner();
  const empty = sets.add('');
  const ruleSetOf = Array.from({ length: header.cases.length }, () => empty);
  for (const { cases } of runners) {
    for (const { index, rules } of cases) if (rules.length > 0) ruleSetOf[index] = sets.add(rules.map((id) => known.indexOf(id)).filter((i) => i >= 0).join());
  }
  return { ruleSetOf, ruleSets: sets.all().map((set) => (set === '' ? [] : set.split(',').map(Number))) };
}
