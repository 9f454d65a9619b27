import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { readDialect } from './dialect.ts';
import type { DialectFile } from './generated/dialect.ts';
import { packageRoot } from './package-root.ts';
import { readRules } from './rules.ts';
import { readValidated } from './validated-file.ts';

const frameworks = ['core', 'mindspore', 'pytorch'];
const files = frameworks.map((framework) => readValidated<DialectFile>('schemas/dialect', join(packageRoot, 'spec', 'dialects', `${framework}.json`)));
const ranges = files.flatMap(({ framework, versions }) => versions.map((version) => ({ framework, ...version })));

describe('the dialect of a version', () => {
  it.each([
    ['pytorch', '2.13.0', '>=2.12.0 <2.14.0'],
    ['pytorch', '2.13.0+cpu', '>=2.12.0 <2.14.0'],
    ['pytorch', '1.8.1', '>=1.8.0 <1.9.0'],
    ['mindspore', '2.10.0', '>=2.7.0 <2.11.0'],
    ['mindspore', '2.7.0', '>=2.7.0 <2.11.0'],
    ['mindspore', '2.0.0', '>=2.0.0 <2.1.0'],
    ['core', '1.0', '>=1.0.0 <2.0.0'],
  ])('%s %s is covered by %s', (framework, version, range) => {
    expect(readDialect(framework, version)).toMatchObject({ framework, version, range, assumed: false });
  });

  it.each([
    ['pytorch', '2.15.0', '>=2.12.0 <2.14.0'],
    ['pytorch', '2.14.0.dev20261120+cpu', '>=2.12.0 <2.14.0'],
    ['pytorch', '1.0.0', '>=2.12.0 <2.14.0'],
    ['mindspore', '2.3.1', '>=2.7.0 <2.11.0'],
    ['mindspore', 'unknown', '>=2.7.0 <2.11.0'],
  ])('%s %s is covered by none: the newest, %s, speaks and is marked', (framework, version, range) => {
    expect(readDialect(framework, version)).toMatchObject({ range, assumed: true });
  });

  it('of a framework without a file is refused', () => {
    expect(() => readDialect('nonsense', '1.0')).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }) as Error);
  });
});

describe('what the dialects say', () => {
  it('momentum: MindSpore converts by 1 − m, PyTorch does not', () => {
    expect(readDialect('mindspore', '2.10.0').parameters.momentum).toMatchObject({ default: 0.9, conversion: 'complement' });
    expect(readDialect('pytorch', '2.13.0').parameters.momentum).toMatchObject({ default: 0.1, conversion: 'identity' });
  });

  it('each framework lacks the rows of the mode table that the other has', () => {
    const missing = (framework: string, version: string) => Object.entries(readDialect(framework, version).statistics).filter(([, row]) => row.spelling === null).map(([row]) => row);
    expect(missing('pytorch', '2.13.0')).toEqual(['batch', 'running']);
    expect(missing('mindspore', '2.10.0')).toEqual(['untracked']);
  });

  it('MindSpore offers no step count', () => {
    expect(readDialect('mindspore', '2.10.0').observables.step_count).toMatchObject({ offered: false });
  });

  it('the biased variance of MindSpore 2.0.0 is nowhere documented, so it is no departure', () => {
    expect(readDialect('mindspore', '2.0.0').departures.filter(({ rule }) => rule !== 'BN-STATE-08')).toEqual([]);
  });

  it('the core dialect departs from nothing', () => {
    expect(readDialect('core', '1.0').departures).toEqual([]);
  });
});

describe('every dialect', () => {
  const causes = (JSON.parse(readFileSync(join(packageRoot, 'runners', 'miniatures', 'lies.json'), 'utf8')) as { lies: { cause?: string }[] }).lies.map(({ cause }) => cause);

  it('has ranges that semver reads, newest first and apart', () => {
    for (const { versions } of files) {
      for (const [index, { range }] of versions.entries()) {
        expect(semver.validRange(range)).not.toBeNull();
        const older = versions[index + 1];
        if (older) expect(semver.gtr(semver.minVersion(range) ?? '0.0.0', older.range)).toBe(true);
      }
    }
  });

  it('departs from rules that exist, by causes that a miniature shows', () => {
    const rules = readRules().map(({ id }) => id);
    const departures = ranges.flatMap((range) => range.departures);
    expect(departures.length).toBeGreaterThan(0);
    expect(departures.filter(({ rule, variant }) => !rules.includes(rule) || !causes.includes(variant))).toEqual([]);
  });

  it('gives an eps default inside the common domain', () => {
    expect(ranges.map(({ parameters }) => parameters.eps.default)).toEqual(ranges.map(() => 1e-5));
  });
});
