import { join } from 'node:path';
import { readGoldens } from '../cases/golden.ts';
import { packageRoot } from '../spec/package-root.ts';
import { encodeTensor } from '../tensor/bytes.ts';
import { facts, footer, header, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import type { CaseLine, Run, RunDeviation, RunLine } from './run.ts';

function goldenId(name: string): string {
  return readGoldens(join(packageRoot, 'cases', 'golden')).find((golden) => golden.name === name)?.case.id ?? '';
}

/** A run that has a bit of everything, for the tests of the page. */
export const pageCases = {
  trajectory: goldenId('first-vector-trajectory'),
  oneToFour: goldenId('one-to-four'),
  output: 'batchnorm2d/norm/output/program=train/shape=2x3x2x3/statistics=tracked/affine=true/momentum=0.1/eps=1e-5/initial=default/data=unit',
  evaluation: 'batchnorm1d/norm/output/program=eval/shape=5x3/statistics=untracked/affine=true/momentum=0.1/eps=1e-5/initial=default/data=unit',
  half: 'batchnorm1d/dtype/whole-layer/program=train-backward/shape=5x3/dtype=float16/momentum=0.1/initial=default/data=unit',
  gradient: 'batchnorm1d/grad/backward/program=train-backward/shape=5x3/statistics=tracked/affine=true/momentum=0.1/eps=1e-3/initial=distinct/data=tiny-variance',
  ranks: 'syncbatchnorm/sync/pooled/program=train/ranks=2x3+3x3/momentum=0.1/initial=default/data=unit',
  fresh: 'batchnorm1d/state/fresh-mode/program=fresh/shape=5x3/initial=default/data=unit',
  hostile: `batchnorm1d/<script>window.hit=1</script>"'&amp;/x`,
} as const;

const ids = Object.values(pageCases);
export const hostileReason = `</script><img src=x onerror="window.hit=1"> 'died' "badly"`;

export const torch = 'pytorch@2.13.0';
export const mindspore = 'mindspore@2.10.0';
export const biased = 'miniature-biased-variance@1.0';

type Change = Partial<CaseLine>;

function result(runner: string, id: string, change: Change = {}): CaseLine {
  return {
    type: 'case', index: ids.findIndex((each) => each === id), runner, status: 'conforms', found: change.status ?? 'conforms', rule: null, cause: null, candidates: [], reason: null,
    rules: ['BN-NORM-01', 'BN-STATE-03'], elements: 12, durationUs: 20, deviations: [],
    accuracy: [{ observable: 'y', graded: 12, ungradable: 0, stable: 0.25, naive: 0.125 }, { observable: 'running_var', graded: 3, ungradable: 0, stable: 0.0625, naive: 0.03 }], ...change,
  };
}

/** The running variance that the biased one would leave: 0.9·v + 0.1·s² of the derivation, with s² over n. */
function biasedTensor(values: readonly number[]) {
  return { dtype: 'float32', shape: [values.length], hex: Buffer.from(encodeTensor({ dtype: 'float32', shape: [values.length], data: Float64Array.from(values) })).toString('hex') };
}

function deviation(change: Partial<RunDeviation>): RunDeviation {
  return { kind: 'value', level: 'must', rule: 'BN-STATE-03', rank: 0, step: 0, observable: 'running_var', element: 0, elements: 1, got: 1.0249999762, expected: 1.0666666666666667, bound: 6.5e-7, ratio: 64000, ulps: 349525, ...change };
}

const violates: Change = { status: 'violates', found: 'violates', rule: 'BN-STATE-03', cause: 'biased-running-variance' };
const known: Change = { status: 'known', found: 'violates', rule: 'BN-NUM-01', cause: 'narrow-layer-arithmetic', reason: 'computes in its own type (https://example.org/issue/1, expires 2027-01-01)' };

function linesOfBiased(): readonly RunLine[] {
  const conforming = [pageCases.output, pageCases.evaluation, pageCases.half, pageCases.gradient, pageCases.fresh].map((id) => result(biased, id));
  return [
    ...conforming,
    result(biased, pageCases.oneToFour, {
      ...violates, deviations: [deviation({})], elements: 4,
      observed: [{ construct: { running_mean: biasedTensor([0]), running_var: biasedTensor([1]), step_count: 0 }, steps: [{ running_mean: biasedTensor([0.25]), running_var: biasedTensor([1.025]), step_count: 1 }] }],
    }),
    result(biased, pageCases.trajectory, {
      ...violates, deviations: [deviation({ got: 1.1666666, expected: 1.3 })], elements: 18,
      // 0.9 + 0.1·8/3, then 0.9·that + 0.1·32/3, then with 24; of channel 1 with 14/3, 56/3, 42
      observed: [{
        construct: { running_mean: biasedTensor([0, 0]), running_var: biasedTensor([1, 1]), step_count: 0 },
        steps: [[0.3, 0.3, 1.1666666, 1.3666667], [0.87, 0.87, 2.1166666, 3.0966667], [1.683, 1.683, 4.305, 6.987]].map(([a = 0, b = 0, c = 0, d = 0], i) => (
          { running_mean: biasedTensor([a, b]), running_var: biasedTensor([c, d]), step_count: i + 1 })),
      }],
    }),
    result(biased, pageCases.hostile, { status: 'crashed', found: 'crashed', reason: hostileReason, accuracy: [] }),
    { type: 'evidence', index: 1, runner: biased, checks: [{ check: 'fresh-process', outcome: 'same-bits' }, { check: 'exact-oracle', outcome: 'reference-right', share: 3e-6 }] },
  ];
}

/** Lines of the whole run: `ranks` was not asked of the miniature and not reached by MindSpore. */
export function pageLines(): readonly RunLine[] {
  const conforming = [pageCases.trajectory, pageCases.oneToFour, pageCases.output, pageCases.fresh, pageCases.hostile];
  const excluded: string[] = ['syncbatchnorm'];
  return [
    header({ cases: ids, runners: [{ runner: torch, excluded: [] }, { runner: mindspore, excluded: [] }, { runner: biased, excluded }], suite: 'core', command: 'bn-conformance run' }),
    facts({ runner: torch, framework: 'pytorch', version: '2.13.0+cpu', dialect: { framework: 'pytorch', versions: '>=2.12.0 <2.14.0', assumed: false } }),
    facts({ runner: mindspore, framework: 'mindspore', version: '2.10.0', dialect: { framework: 'mindspore', versions: '>=2.7.0 <2.11.0', assumed: false } }),
    facts({ runner: biased }),
    ...[...conforming, pageCases.evaluation, pageCases.ranks].map((id) => result(torch, id)),
    result(torch, pageCases.half, { ...known, deviations: [deviation({ rule: 'BN-NUM-01', observable: 'y', element: 3, got: 0.5, expected: 0.25, bound: 0.01, ratio: 25 })], accuracy: [{ observable: 'y', graded: 15, ungradable: 0, stable: 30, naive: 25 }] }),
    result(torch, pageCases.gradient, { status: 'ungradable', found: 'ungradable', accuracy: [{ observable: 'dx', graded: 0, ungradable: 15, stable: NaN, naive: NaN }] }),
    ...conforming.filter((id) => id !== pageCases.fresh).map((id) => result(mindspore, id)),
    result(mindspore, pageCases.fresh, { status: 'documented', found: 'documented', rule: 'BN-STATE-08', cause: 'fresh-layer-evaluates', reason: '“evaluates by default” (mindspore.nn.Cell)' }),
    result(mindspore, pageCases.evaluation, { status: 'unsupported', found: 'unsupported', reason: 'no layer without running statistics', accuracy: [] }),
    result(mindspore, pageCases.half, { status: 'inaccurate', found: 'inaccurate', rule: 'BN-NUM-02', cause: 'naive-accumulation', deviations: [deviation({ level: 'should', rule: 'BN-NUM-02', observable: 'y', got: 0.2501, expected: 0.25, bound: 5e-5, ratio: 2 })], accuracy: [{ observable: 'y', graded: 15, ungradable: 0, stable: 2, naive: 0.5 }] }),
    result(mindspore, pageCases.gradient),
    ...linesOfBiased(),
    footer({ complete: false, reasons: ['2 violates', '1 crashed'], durationMs: 61_500 }),
  ];
}

/** The run, read back from a real file with what was observed. */
export async function pageRun(lines: readonly RunLine[] = pageLines()): Promise<Run> {
  return readRun(join(await writeRun(lines), 'run.ndjson'), { observed: true });
}
