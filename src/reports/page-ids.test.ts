import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { materialise } from '../cases/materialise.ts';
import { canonicalAxes, type EncodedIds, encodeIds, plannedCase, readCatalogue, splitId } from './page-ids.ts';

const catalogue = readCatalogue();
const word = fc.stringMatching(/^[a-z0-9.x+-]{1,6}$/);
const idOfPlan = fc.tuple(word, word, word, fc.uniqueArray(fc.tuple(word, word), { selector: ([name]) => name, maxLength: 4 }))
  .map(([layer, area, name, axes]) => [layer, area, name, ...axes.map(([axis, value]) => `${axis}=${value}`)].join('/'));

function decode({ axes, templates, rows: written }: EncodedIds): string[] {
  const rows = [...written];
  const ids: string[] = [];
  for (let at = 0; at < rows.length;) {
    const template = templates[rows[at]!];
    if (template === undefined) throw new RangeError('a row without a template');
    ids.push([template.prefix, ...template.axes.map((axis, i) => `${axes[axis]?.name ?? ''}=${axes[axis]?.values[rows[at + 1 + i]!] ?? ''}`)].join('/'));
    at += 1 + template.axes.length;
  }
  return ids;
}

describe('ids as columns', () => {
  it.prop([fc.array(fc.oneof(idOfPlan, fc.string()))])('property: every id comes back, whatever it holds', (ids) => {
    expect(decode(encodeIds(ids, catalogue))).toEqual(ids);
  });

  it('what an id leaves out is what a case then has', () => {
    const planned = plannedCase('batchnorm1d/norm/output/shape=5x3', catalogue);
    if (planned === null) throw new Error('the behaviour is in the catalogue');
    const spelled = plannedCase(`batchnorm1d/norm/output/${['program', 'shape', 'statistics', 'affine', 'momentum', 'eps', 'initial', 'data'].map((axis) => `${axis}=${axis === 'shape' ? '5x3' : canonicalAxes[axis] ?? ''}`).join('/')}`, catalogue);
    if (spelled === null) throw new Error('the axes are in the catalogue');
    const [left, spelt] = [materialise(planned, 1), materialise(spelled, 1)];
    expect({ ...left, id: '' }).toEqual({ ...spelt, id: '' });
    expect([left.config.dtype, left.route ?? 'module', left.layout ?? 'contiguous']).toEqual([canonicalAxes['dtype'], canonicalAxes['route'], canonicalAxes['layout']]);
  });

  it('an id of another form is a prefix alone, and nobody can ask it', () => {
    expect(splitId('a/b/c/<script>')).toEqual({ prefix: 'a/b/c/<script>', axes: [] });
    expect(plannedCase('a/b/c/<script>', catalogue)).toBeNull();
    expect(plannedCase('batchnorm1d/num/golden/name=gone/data=000000000000', catalogue)).toBeNull();
    expect(plannedCase('batchnorm1d/norm/output/shape=5x3', catalogue)?.axes['shape']).toBe('5x3');
  });
});
