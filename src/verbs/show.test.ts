import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownDataSuite } from '../cases/own-data.ts';
import { facts, footer, header, line, violation } from '../reports/fixtures/sample-run.ts';
import { runFileName } from '../reports/run-file.ts';
import { show } from './show.ts';

describe('show: a case', () => {
  it('golden: the first vector', async () => {
    expect(await show('**/num/golden/name=first-vector/**', {})).toMatchInlineSnapshot(`
      "batchnorm1d/num/golden/name=first-vector/data=acf852081300
        rules    BN-DTYPE-01, BN-DTYPE-02, BN-GRAD-01, BN-GRAD-02, BN-GRAD-03, BN-GRAD-04, BN-NORM-01, BN-NORM-02, BN-NORM-03, BN-NORM-04, BN-NUM-01, BN-NUM-02, BN-SHAPE-01, BN-STAT-01, BN-STAT-03, BN-STATE-02, BN-STATE-03, BN-STATE-06, BN-STATE-07
        layer    batchnorm1d, num_features=2, eps=1e-5, momentum=0.1 (weight of the new batch), affine=true, statistics=tracked, dtype=float32
        input    0.0 [3, 2] 1 2 3 6 5 1
        gradient 0.0 [3, 2] 1 2 3 4 5 -6
      construct
        running_mean (BN-STATE-01)
          expected       0 0
          in float32     0 0
          ± must         0 0
          ± should       0 0
        running_var (BN-STATE-01)
          expected       1 1
          in float32     1 1
          ± must         0 0
          ± should       0 0
        step_count 0 (BN-STATE-01)
      step 0: forward in train mode on input 0
        y (BN-NORM-01)
          expected       -1.2247425750014138 -0.4629095539120194 0 1.3887286617360581 1.2247425750014138 -0.9258191078240388
          in float32     -1.22474253 -0.462909549 0 1.38872862 1.22474253 -0.925819099
          ± must         5.56e-6 3.44e-6 3.63e-6 5.49e-6 6.14e-6 4.14e-6
          ± should       5.21e-6 3.34e-6 3.63e-6 5.19e-6 5.79e-6 3.94e-6
        running_mean (BN-STATE-02)
          expected       0.30000000000000004 0.30000000000000004
          in float32     0.300000012 0.300000012
          ± must         5.22e-7 5.22e-7
          ± should       5.22e-7 5.22e-7
        running_var (BN-STATE-03)
          expected       1.3 1.6
          in float32     1.29999995 1.60000002
          ± must         1.5e-6 2.2e-6
          ± should       1.27e-6 1.9e-6
        step_count 1 (BN-STATE-06)
      step 1: backward of step 0 with gradient 0
        dx (BN-GRAD-01)
          expected       -4.59276743310355e-6 1.6532468480549116 0 -0.33064500504454075 4.59276743310355e-6 -1.3226018430103705
          in float32     -4.59276725e-6 1.65324688 0 -0.330644995 4.59276725e-6 -1.3226018
          ± must         3.24e-5 1.99e-5 1.44e-5 3.82e-5 3.8e-5 3.1e-5
          ± should       3.01e-5 1.87e-5 1.34e-5 3.58e-5 3.5e-5 2.89e-5
        dgamma (BN-GRAD-02)
          expected       4.898970300005656 10.184010186064427
          in float32     4.89897013 10.1840105
          ± must         5.82e-5 7.17e-5
          ± should       5.61e-5 6.91e-5
        dbeta (BN-GRAD-03)
          expected       9 0
          in float32     9 0
          ± must         0 0
          ± should       0 0
        running_mean (BN-STATE-07)
          expected       0.30000000000000004 0.30000000000000004
          in float32     0.300000012 0.300000012
          ± must         5.22e-7 5.22e-7
          ± should       5.22e-7 5.22e-7
        running_var (BN-STATE-07)
          expected       1.3 1.6
          in float32     1.29999995 1.60000002
          ± must         1.5e-6 2.2e-6
          ± should       1.27e-6 1.9e-6
        step_count 1 (BN-STATE-06)
      "
    `);
  });

  it('golden: a refusal', async () => {
    const text = await show('batchnorm2d/shape/wrong-rank/program=train/shape=4x3/initial=default/**', { suite: 'smoke' });
    expect(text.slice(text.indexOf('step 0'))).toMatchInlineSnapshot(`
      "step 0: forward in train mode on input 0
        must be refused (BN-SHAPE-02), the state staying as it was
        running_mean (BN-ERR-01)
          expected       0 0 0
          in float32     0 0 0
          ± must         0 0 0
          ± should       0 0 0
        running_var (BN-ERR-01)
          expected       1 1 1
          in float32     1 1 1
          ± must         0 0 0
          ± should       0 0 0
        step_count 0 (BN-ERR-01)
      contract of pytorch@2.13.0: step 0 must be refused with ValueError “expected 4D input” (BN-SHAPE-02), and nothing comes after it
      contract of mindspore@2.10.0: step 0 must be refused with ValueError “must have 4 dims” (BN-SHAPE-02), and nothing comes after it
      "
    `);
  });

  it('ranks are told apart', async () => {
    const text = await show('syncbatchnorm/sync/pooled/**', { suite: 'smoke' });
    expect(text.match(/^(construct|step \d).*$/gm)).toMatchInlineSnapshot(`
      [
        "construct on rank 0",
        "step 0: forward in train mode on input 0 on rank 0",
        "step 1: backward of step 0 with gradient 0 on rank 0",
        "construct on rank 1",
        "step 0: forward in train mode on input 0 on rank 1",
        "step 1: backward of step 0 with gradient 0 on rank 1",
        "construct on rank 2",
        "step 0: forward in train mode on input 0 on rank 2",
        "step 1: backward of step 0 with gradient 0 on rank 2",
        "construct on rank 3",
        "step 0: forward in train mode on input 0 on rank 3",
        "step 1: backward of step 0 with gradient 0 on rank 3",
      ]
    `);
  });

  it('the data follow the seed, the expectation follows the data', async () => {
    const id = 'batchnorm1d/norm/output/program=train/shape=5x3/statistics=tracked/affine=true/momentum=0.1/eps=1e-5/initial=distinct/data=offset-1e3';
    const [one, same, other] = await Promise.all([show(id, { suite: 'smoke' }), show(id, { suite: 'core' }), show(id, { suite: 'smoke', seed: 7 })]);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it('a pattern shows twenty cases and counts the others', async () => {
    const text = await show('batchnorm1d/norm/output/program=eval/**', {});
    expect(text.match(/^batchnorm1d/gm)).toHaveLength(20);
    expect(text).toMatch(/\nand \d+ more cases match\n$/);
  });

  it('a pattern that matches nothing is refused', async () => {
    await expect(show('batchnorm9d/**', {})).rejects.toMatchObject({ code: 'SELECT_EMPTY' });
  });
});

describe('show: a rule', () => {
  it('golden: level, formula, sources and what asks about it', async () => {
    expect((await show('BN-STATE-03', {})).replace(/\d{4} in suite/, 'N in suite')).toMatchInlineSnapshot(`
      "BN-STATE-03 (must) running variance stores the unbiased batch variance
        formula  rv′ = (1 − m)·rv + m·σ²·n/(n − 1)
        source   torch.nn.BatchNorm1d documentation, 'unbiased estimator'
        source   Ioffe and Szegedy, arXiv:1502.03167, Algorithm 2, step 10
        cases    1N in suite core: norm/output, grad/backward, state/trajectory, grad/trajectory, grad/double-backward, grad/accumulation, state/live-settings, state/paused, state/fresh-mode, state/reload, dtype/whole-layer, shape/layout, shape/many-channels, num/many-elements, err/argument, err/option, sync/own-kernels, dtype/combination, num/threads, norm/route, grad/route, sync/converted, sync/pooled, num/golden
        such as  batchnorm1d/norm/output/program=train/shape=5x3/statistics=tracked/affine=true/momentum=0.1/eps=1e-5/initial=default/data=unit
      "
    `);
  });

  it('an unspecified rule has no case', async () => {
    expect(await show('BN-NUM-03', {})).toMatch(/^BN-NUM-03 \(unspecified\)[^]* {2}cases {4}0 in suite core\n$/);
  });

  it('an unknown one is refused with the nearest', async () => {
    await expect(show('BN-STATE-99', {})).rejects.toMatchObject({ code: 'RULE_UNKNOWN', message: "no rule is called 'BN-STATE-99'" });
  });
});

describe('show: what a dialect refuses', () => {
  it('BN-ERR-02 the contract of each framework stands beside what the core rules expect', async () => {
    const text = await show('batchnorm1d/stat/one-value/program=train/shape=1x3/affine=true/momentum=0.1/initial=default/data=unit', {});
    expect(text.split('\n').filter((line) => line.startsWith('contract'))).toMatchInlineSnapshot(`
      [
        "contract of pytorch@2.13.0: step 0 must be refused with ValueError “Expected more than 1 value per channel when training” (BN-STAT-02), and nothing comes after it",
      ]
    `);
  });
});

describe('show: a run without a plan, as judge leaves it', () => {
  it('tells verdicts and deviations, and refuses what the run does not hold', async () => {
    const run = await mkdtemp(join(tmpdir(), 'bn-show-'));
    const lines = [header({ suite: ownDataSuite }), facts(), line(1), violation(0), line(2), footer()];
    await writeFile(join(run, runFileName), lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
    expect(await show('**', { run })).toMatchInlineSnapshot(`
      "batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
      miniature-biased-variance@1.0: violates
        BN-STATE-03 running variance stores the unbiased batch variance
        miniature-biased-variance 1.0: running_var[0] = 1.0249999762, accepted [1.0666660, 1.0666673], 6.2e4 × the bound
        cause: biased-running-variance explains the 1 deviating element: running variance stores the biased batch variance (divisor n, not n − 1)
        rerun: npm run cli -- run --runner miniature-biased-variance

      batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit
      miniature-biased-variance@1.0: conforms

      batchnorm2d/norm/output/mode=train/shape=4x3x2x2/data=unit
      miniature-biased-variance@1.0: conforms

      syncbatchnorm/sync/output/ranks=2x3+3x3/data=unit
      "
    `);
    await expect(show('no/such/**', { run })).rejects.toMatchObject({ code: 'SELECT_EMPTY' });
    await rm(run, { recursive: true });
  });
});
