import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '../../cases/case.ts';
import { materialise } from '../../cases/materialise.ts';
import { select } from '../../cases/select.ts';
import { underContract } from '../../diff/contract.ts';
import { type Expectation, expectationOf } from '../../diff/judge.ts';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { harnessHome } from '../../environments/home.ts';
import { readDialect } from '../../spec/dialect.ts';
import { roundTo } from '../../tensor/round.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { loadPlan } from '../load-plan.ts';
import { runnerNamed } from '../runners-folder.ts';
import { hexFloat, pythonNumbers } from './python.ts';
import { expectationFor } from '../fuzz/question.ts';
import { caseOf, type Recipe } from '../fuzz/recipe.ts';
import { standAloneScript, type Story } from './script.ts';
import { whyNoScript } from './why-no-script.ts';

const home = harnessHome(process.env);
const minutes = 60_000;
const story: Story = { status: 'violates', cause: 'unexplained', rule: 'BN-NORM-01', title: null, from: 'Made for a test.' };
const recipe: Recipe = {
  seed: 3, layer: 'batchnorm2d', shape: [3, 2, 2, 2], program: 'train-backward-reload-eval-backward', statistics: 'tracked', momentum: 0.3, eps: 1e-3, affine: true,
  dtype: 'float32', layout: 'channels-last', start: 'distinct', x: ['unit'], dy: 'unit',
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-script-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Change = (script: string) => string;

async function runScript(runner: string, question: Case, change: Change = (script) => script): Promise<{ readonly code: number | undefined; readonly stdout: string }> {
  return runExpecting(runner, expectationFor(question), change);
}

async function runExpecting(runner: string, expectation: Expectation, change: Change): Promise<{ readonly code: number | undefined; readonly stdout: string }> {
  const { environment } = await runnerNamed(runner);
  if (environment === undefined) throw new TypeError('expected a pinned environment');
  const { python } = await ensureEnvironment(environment, { home, onProgress: () => undefined });
  const path = join(folder, `case-of-${runner}.py`);
  await writeFile(path, change(standAloneScript(runner, expectation, story) ?? ''));
  const { exitCode, stdout, stderr } = await execa(python, [path], { reject: false, env: { GLOG_v: '3' } });
  return { code: exitCode, stdout: stdout === '' ? stderr : stdout };
}

describe.each(['pytorch', 'mindspore'])('a stand-alone script for %s', (runner) => {
  it.each(['channels-last', 'transposed', 'strided'] as const)('runs every kind of step in layout %s, and exits with 0 where all is as the rules say', async (layout) => {
    const { code, stdout } = await runScript(runner, caseOf({ ...recipe, layout, layer: layout === 'strided' ? 'batchnorm3d' : 'batchnorm2d', shape: layout === 'strided' ? [2, 2, 2, 1, 2] : recipe.shape }, 'script'));
    expect([code, stdout.match(/: ok/g)?.length, stdout.includes('DEVIATES')], stdout).toEqual([0, runner === 'pytorch' ? 23 : 18, false]);
  }, 2 * minutes);

  it('control: exits with 1 where one expected number is another', async () => {
    const expected = /(y0,\s+'[^']*',[\s(]*')(\S+)/;
    const { code, stdout } = await runScript(runner, caseOf(recipe, 'script'), (script) => script.replace(expected, '$10x1p+7'));
    expect([code, stdout.match(/DEVIATES/g)?.length, /step 0: y: DEVIATES\n {2}\[0\] expected 128\.0 within \S+, got -?\d/.test(stdout)], stdout).toEqual([1, 1, true]);
  }, 2 * minutes);

  it('BN-ERR-01 a call that must be refused is, and the state is checked', async () => {
    const { code, stdout } = await runScript(runner, caseOf({ ...recipe, program: 'train', features: 3 }, 'script'));
    expect([code, stdout], stdout).toEqual([runner === 'pytorch' ? 1 : 0, expect.stringMatching(/refused: \w+Error[^]*step 0: refused: ok[^]*running_var: ok/)]);
  }, 2 * minutes);
});

const plain: Recipe = { ...recipe, layout: 'contiguous', layer: 'batchnorm1d', shape: [4, 3] };
const backward = (of: number) => ({ op: 'backward', of, grad: 0 }) as const;
const forward = (input: number) => ({ op: 'forward', mode: 'train', input }) as const;

/** Cases along the newer axes, by what they are about. */
function cases(): Readonly<Record<string, Case>> {
  const pair = caseOf({ ...plain, program: 'train-train-backward' }, 'script');
  const one = caseOf({ ...plain, program: 'train-backward' }, 'script');
  const [rank] = one.ranks;
  const repeated = (tensor: Tensor): Tensor => ({ ...tensor, data: tensor.data.map((_, i) => tensor.data[i % 3] ?? 0) });
  return {
    'layout offset': { ...one, layout: 'offset' },
    'layout expanded': { ...one, layout: 'expanded', ranks: [{ inputs: rank?.inputs.map(repeated) ?? [], grads: rank?.grads.map(repeated) ?? [] }] },
    'a deep copy': { ...pair, program: [forward(0), { op: 'reload', by: 'copy' }, forward(1), backward(2)] },
    'a checkpoint between a forward and its backward': { ...pair, program: [forward(0), { op: 'reload' }, backward(0), forward(1)] },
    'a backward of an earlier forward': { ...pair, program: [forward(0), forward(1), backward(0)] },
    'frozen parameters': { ...one, config: { ...one.config, frozen: true } },
    'frozen parameters of a copy': { ...pair, config: { ...pair.config, frozen: true }, program: [forward(0), { op: 'reload', by: 'copy' }, forward(1), backward(2)] },
    'an input of half precision': { ...one, ranks: [{ inputs: rank?.inputs.map(halved) ?? [], grads: rank?.grads.map(halved) ?? [] }] },
    'the functional route': { ...one, route: 'functional' },
  };
}

function halved({ shape, data }: Tensor): Tensor {
  return { dtype: 'float16', shape, data: data.map((value) => roundTo(value, 'float16')) };
}

describe.each(['pytorch', 'mindspore'])('a stand-alone script for %s shows the newer axes', (runner) => {
  it.each(Object.entries(cases()))('%s', async (_, question) => {
    const { code, stdout } = await runScript(runner, question);
    expect([code, stdout.includes('DEVIATES')], stdout).toEqual([0, false]);
    expect(stdout.match(/dx: ok/g), stdout).toHaveLength(1);
    expect(stdout.includes('dgamma: ok')).toBe(question.config.frozen !== true);
  }, 2 * minutes);

  it('BN-DTYPE-03 an input of whole numbers must be refused, and the state stay: PyTorch counts the step', async () => {
    const question = caseOf({ ...plain, program: 'train', x: ['exact'] }, 'script');
    const { code, stdout } = await runScript(runner, { ...question, inputType: 'int32' });
    expect(stdout).toMatch(/^refused: \w+Error[^]*step 0: refused: ok/);
    expect([code, stdout.match(/.*DEVIATES.*/g)], stdout).toEqual(runner === 'pytorch' ? [1, ['step 0: step count: DEVIATES: expected 0, got 1']] : [0, null]);
  }, 2 * minutes);

  it('control: another type, and an operand that the call changes, deviate', async () => {
    const question = caseOf({ ...plain, program: 'train' }, 'script');
    const other = await runScript(runner, question, (script) => script.replace("'float32 (4, 3)'", "'float16 (4, 3)'"));
    expect([other.code, other.stdout], other.stdout).toEqual([1, expect.stringContaining('step 0: y: DEVIATES\n  expected float16 (4, 3), got float32 (4, 3)')]);
    const changed = await runScript(runner, question, (script) => script.replace('y0 = layer(x0)', 'y0 = layer(x0); x0 += 1'));
    expect([changed.code, changed.stdout], changed.stdout).toEqual([1, expect.stringContaining('step 0: x0: DEVIATES: the call has changed its operand')]);
  }, 3 * minutes);
});

/** Planned cases of `core`, by what they are about and who has it. */
const planned = [
  ['pytorch', 'a conversion, and a forward in the mode that it leaves', 'batchnorm2d/sync/converted/program=train-convert-stay-eval/**'],
  ['pytorch', 'gradients that add up', 'batchnorm1d/grad/accumulation/program=eval-accumulate-train-backward-train-accumulate/**'],
  ['pytorch', 'a backward pass differentiated once more', 'batchnorm1d/grad/double-backward/program=train-double/shape=5x3/affine=true/**'],
  ['pytorch', 'one of evaluation, whose gradient by x is zero', 'batchnorm1d/grad/double-backward/program=eval-double/shape=5x3/affine=false/**'],
  ['pytorch', 'momentum and eps on the way, a checkpoint and a copy', 'batchnorm3d/state/live-settings/program=train-momentum:0.7-reload-train-eps:0.1-copy-eval/**'],
  ['pytorch', 'tracking off and on', 'batchnorm1d/state/paused/program=train-statistics:paused-train-backward-eval-backward-statistics:tracked-train/**/statistics=tracked/**'],
  ['pytorch', 'a layer made without memory', 'syncbatchnorm/err/option/program=train-backward/**/option=device-meta/initial=default/**'],
  ['pytorch', 'an argument that must be refused', 'batchnorm1d/err/option/program=train-backward/**/option=device-unknown/**'],
  ['pytorch', 'γ without β', 'batchnorm2d/grad/backward/program=train-backward/**/affine=scale/**'],
  ['pytorch', 'two threads', 'batchnorm1d/num/threads/program=train-backward/shape=5x65/threads=2/**'],
  ['pytorch', 'an instruction set', 'batchnorm1d/num/threads/program=train-backward/shape=5x65/**/capability=default/**'],
  ['pytorch', 'an input of another type under autocast', 'batchnorm1d/dtype/combination/program=train-backward/**/dtype=float32/input=float16/route=autocast-float16/**'],
  ['mindspore', 'rows of the mode table on the way', 'batchnorm3d/state/live-settings/program=train-statistics:batch-eval-backward-train-statistics:tracked-eval/**'],
  ['mindspore', 'parameters frozen and learning again', 'batchnorm1d/state/live-settings/program=train-backward-freeze-train-backward-unfreeze-train-backward/**'],
  ['mindspore', 'initial values by name', 'batchnorm2d/err/option/program=train-backward/**/option=initial-names/initial=ones/**'],
  ['mindspore', 'an initialiser that must be refused', 'batchnorm1d/err/option/program=train/**/option=gamma-init-long/**'],
  ['mindspore', 'two threads', 'batchnorm1d/num/threads/program=train-backward/shape=5x65/threads=2/**'],
] as const;

/** The first case that a pattern names, as a framework's error contract has it. */
function coreCase(runner: string, pattern: string): Expectation {
  const plan = loadPlan('core');
  const [one] = select(plan.cases, [pattern]);
  if (one === undefined) throw new RangeError(`expected a case like ${pattern}`);
  const { planned: asked, case: question, accepted } = expectationOf(one, materialise(one, plan.seed));
  return { planned: asked, case: question, accepted: underContract(accepted, question, readDialect(runner, 'newest').errors) };
}

describe('a stand-alone script of steps and arguments that a framework has', () => {
  it.each(planned)('%s: %s; every step is judged, and none deviates', async (runner, _, pattern) => {
    const expectation = coreCase(runner, pattern);
    const { code, stdout } = await runExpecting(runner, expectation, (script) => script);
    expect([code, stdout.includes('DEVIATES')], stdout).toEqual([0, false]);
    const refused = /^refused: \w+Error[^]*construction: refused: ok[^]*class of the error: ok/.test(stdout);
    const silent = refused ? [] : expectation.case.program.flatMap((step, index) => (step.op === 'forward' || step.op === 'backward' ? [index] : [])).filter((index) => !stdout.includes(`step ${String(index)}: `));
    expect([stdout.includes(': ok'), silent], stdout).toEqual([true, []]);
  }, 2 * minutes);

  it.each([
    ['pytorch', planned[0][2], 'layer = torch.nn.SyncBatchNorm.convert_sync_batchnorm(network)[1][0]', 'layer = torch.nn.SyncBatchNorm(3)'],
    ['pytorch', planned[1][2], 'x4.grad = None', 'layer.zero_grad()'],
    ['pytorch', planned[6][2], 'layer.reset_parameters()', 'layer.running_var.zero_()'],
    ['mindspore', planned[12][2], 'holder(layer).use_batch_statistics = True', 'holder(layer).use_batch_statistics = False'],
  ])('control: %s, %s, deviates with %s replaced', async (runner, pattern, line, other) => {
    const { code, stdout } = await runExpecting(runner, coreCase(runner, pattern), (script) => {
      if (!script.includes(line)) throw new RangeError(`expected ${line} in the script`);
      return script.replaceAll(line, other);
    });
    expect([code, stdout.includes('DEVIATES')], stdout).toEqual([1, true]);
  }, 2 * minutes);
});

describe('routes of PyTorch in a script', () => {
  it.each(['no-grad', 'inference-mode', 'autocast', 'scripted'] as const)('%s', async (route) => {
    const { code, stdout } = await runScript('pytorch', { ...caseOf({ ...plain, program: route === 'scripted' ? 'train-backward' : 'train-eval' }, 'script'), route });
    expect([code, stdout.includes('DEVIATES'), /step 1: .*: ok/.test(stdout)], stdout).toEqual([0, false, true]);
  }, 2 * minutes);
});

describe('modes of a framework in a script', () => {
  it.each([['pytorch', 'compiled'], ['mindspore', 'graph'], ['mindspore', 'asynchronous']] as const)('%s: %s; control: another eps deviates', async (runner, route) => {
    const question: Case = { ...caseOf({ ...plain, program: 'train-backward' }, 'script'), route };
    const { code, stdout } = await runScript(runner, question);
    expect([code, stdout.includes('DEVIATES'), stdout.match(/(dx|dgamma|dbeta|y): ok/g)?.length], stdout).toEqual([0, false, 4]);
    if (route === 'compiled') return; // another compilation takes long, and the control of the other modes is the same
    const other = await runScript(runner, question, (script) => script.replace('eps=0.001', 'eps=0.1'));
    expect([other.code, other.stdout], other.stdout).toEqual([1, expect.stringContaining('step 0: y: DEVIATES')]);
  }, 2 * minutes);
});

describe('numbers in a script', () => {
  it.each([
    [0, '0x0p+0'], [-0, '-0x0p+0'], [1, '0x1p+0'], [-1.5, '-0x1.8p+0'], [0.1, '0x1.999999999999ap-4'], [2 ** -1074, '0x1p-1074'], [3 * 2 ** -1074, '0x1.8p-1073'],
    [Number.MAX_VALUE, '0x1.fffffffffffffp+1023'], [NaN, 'nan'], [-Infinity, '-inf'],
  ])('%s is %s', (value, text) => {
    expect(hexFloat(value)).toBe(text);
  });

  it('many numbers take several lines, none longer than 110 characters', () => {
    const text = pythonNumbers(Array.from({ length: 40 }, (_, i) => i / 3), '    ');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(text.match(/0x/g)).toHaveLength(40);
  });

  it('golden: of what no script is written, and why', () => {
    const question = caseOf(recipe, 'script');
    const [rank] = question.ranks;
    const [pytorch, mindspore] = [{ framework: 'pytorch' }, { framework: 'mindspore' }];
    const whys = [
      whyNoScript({ framework: 'keras' }, question), whyNoScript(pytorch, { ...question, ranks: [...question.ranks, ...question.ranks] }), whyNoScript(pytorch, { ...question, program: [{ op: 'describe' }] }),
      whyNoScript(pytorch, { ...question, route: 'graph' }), whyNoScript(mindspore, { ...question, route: 'scripted' }),
      whyNoScript(pytorch, caseOf({ ...recipe, shape: [100, 8, 8, 16] }, 'script')),
      whyNoScript(mindspore, { ...question, ranks: [{ inputs: rank?.inputs ?? [], grads: rank?.grads ?? [] }], program: [forward(0), backward(0), backward(0)] }), whyNoScript(mindspore, question),
      whyNoScript(pytorch, { ...question, config: { ...question.config, statistics: 'batch' } }), whyNoScript(mindspore, { ...question, program: [{ op: 'configure', set: { statistics: 'paused' } }] }),
      whyNoScript(pytorch, { ...question, config: { ...question.config, option: 'initial-names' } }), whyNoScript(mindspore, { ...question, config: { ...question.config, option: 'device-meta' } }),
      whyNoScript(mindspore, { ...question, config: { ...question.config, momentum: null } }), whyNoScript(mindspore, { ...question, program: [{ op: 'configure', set: { eps: 1 } }] }),
      whyNoScript(mindspore, { ...question, program: [{ op: 'reload', by: 'conversion' }] }), whyNoScript(mindspore, { ...question, capability: 'avx2' }),
      whyNoScript(mindspore, { ...question, config: { ...question.config, scaleOnly: true } }), whyNoScript(mindspore, { ...question, program: [forward(0), { ...backward(0), accumulates: true }] }),
      whyNoScript(mindspore, { ...question, program: [forward(0), { ...backward(0), direction: 1 }] }),
    ];
    expect(whys).toMatchInlineSnapshot(`
      [
        "scripts are written for pytorch, mindspore and miniatures, not for keras",
        "a case of several ranks needs as many processes",
        "the layer is asked to describe itself, which no number shows",
        "route graph has no spelling in a script for pytorch",
        "route scripted has no spelling in a script for mindspore",
        "204800 input elements are more than the 100000 that a script takes",
        "two backward passes of one forward: the second would run the forward again",
        null,
        "pytorch has no layer of the row batch",
        "mindspore has no layer of the row paused",
        "pytorch has no argument for the option initial-names",
        "mindspore has no argument for the option device-meta",
        "mindspore has no cumulative average",
        "a live layer of mindspore takes over no other momentum or eps",
        "mindspore converts no network into a synchronised one",
        "mindspore holds its kernels to no instruction set",
        "mindspore has no gamma without a beta",
        "mindspore adds up no gradients in its parameters",
        "mindspore differentiates no backward pass: runners/mindspore/evidence/double_backward.py shows how",
      ]
    `);
    expect([standAloneScript('miniature', expectationFor(question), story), standAloneScript('pytorch', expectationFor(caseOf({ ...recipe, shape: [30, 8, 8, 8] }, 'script')), story)]).toEqual([null, null]);
  });
});
