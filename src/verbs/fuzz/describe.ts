import type { Case, Step } from '../../cases/case.ts';
import type { Verdict } from '../../diff/verdict.ts';
import type { Cluster, FuzzedRunner, FuzzOutcome } from './options.ts';
import { newClusters } from './options.ts';

/** A case in one line: layer, shape, what is not at its default, program. */
export function describeCase({ layer, config, initial, ranks, program, layout }: Case): string {
  const { eps, momentum, affine, statistics, dtype } = config;
  const shape = ranks[0]?.inputs[0]?.shape.join('x') ?? 'no input';
  return [
    layer, shape, dtype, program.map(word).join('-'),
    ...(statistics === 'tracked' ? [] : [`statistics=${statistics}`]), ...(momentum === 0.1 ? [] : [`momentum=${momentum === null ? 'cumulative' : String(momentum)}`]),
    ...(eps === 1e-5 ? [] : [`eps=${String(eps)}`]), ...(affine ? [] : ['affine=false']), ...(layout === undefined ? [] : [`layout=${layout}`]),
    ...(Object.keys(initial).length === 0 ? [] : [`with ${Object.keys(initial).join(', ')}`]),
  ].join(' ');
}

function word(step: Step): string {
  return step.op === 'forward' ? step.mode : step.op;
}

/** The worst deviation of a verdict in one line. */
export function describeDeviation({ deviations: [worst] }: Verdict): string {
  if (worst === undefined) return 'nothing deviates';
  const { observable, step, element, got, expected, bound, ratio } = worst;
  const place = `${observable}${element === null ? '' : `[${String(element)}]`} at step ${String(step)}`;
  return `${place} = ${String(got)}, expected ${String(expected)}${typeof got === 'number' && Number.isFinite(ratio) ? ` ± ${bound.toPrecision(3)}, ${ratio.toPrecision(3)} × the bound` : ''}`;
}

/** What a fuzz run says at its end: new findings first, totals last. */
export function formatFuzz(outcome: FuzzOutcome): string {
  const fresh = newClusters(outcome);
  const total = fresh === 0 ? 'no new findings' : `${String(fresh)} new finding${fresh === 1 ? '' : 's'}`;
  return `${outcome.runners.map((one) => formatRunner(one, outcome)).join('\n')}\n${total}\n`;
}

function formatRunner({ runner, statuses, clusters, durationMs }: FuzzedRunner, { seed, runs }: FuzzOutcome): string {
  const counts = Object.entries(statuses).sort(([, a], [, b]) => b - a).map(([status, count]) => `${String(count)} ${status}`).join(', ');
  const head = `${runner}: ${String(runs)} runs, seed ${String(seed)}, ${(durationMs / 1000).toFixed(1)} s: ${counts}`;
  return [head, ...clusters.map(formatCluster)].join('\n');
}

function formatCluster({ finding, found }: Cluster): string {
  const { known, status, cause, rule, cases, worstRatio, candidates, example } = finding;
  const either = candidates.length === 0 ? '' : ` (${candidates.join(' or ')})`;
  const head = `  ${known ? 'known' : 'NEW  '}  ${status} ${cause}${either}${rule === '' ? '' : ` under ${rule}`}: ${String(cases)} runs, worst ${worstRatio.toPrecision(3)} × the bound`;
  if (found === null) return `${head}\n         smallest: ${example}`;
  return [
    head, `         simplest: ${found.summary}`, `         the exact oracle ${found.origin.oracle} about the expected values`,
    `         ${found.caseFile}${found.script === null ? '' : `\n         ${found.script}`}`,
  ].join('\n');
}
