import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../reference/simulate.ts';
import { drawRecipe } from './draw.ts';
import { foundText, readFound } from './found-file.ts';
import { caseFrom, faultOf, literalOf } from './literal.ts';
import type { Offer } from './offer.ts';
import { named } from './question.ts';
import { caseOf } from './recipe.ts';
import { simplerCases } from './simplify.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const offer: Offer = {
  layers: ['batchnorm1d', 'batchnorm2d', 'batchnorm3d'], rows: ['tracked', 'untracked', 'batch', 'running'],
  dtypes: ['float16', 'bfloat16', 'float32', 'float64'], cumulative: true,
};
const drawn = fc.nat().map((run) => caseOf(drawRecipe(1, run, offer), `drawn/${String(run)}`));

describe('drawn cases', () => {
  test.prop([drawn], { numRuns: 300 })('property: each is a case that the reference can run, and that survives being written as JSON', (question) => {
    expect(simulate(question).ranks).toHaveLength(1);
    const literal: unknown = JSON.parse(JSON.stringify(literalOf(question)));
    expect(faultOf(literal)).toBeNull();
    expect(caseFrom(literal as ReturnType<typeof literalOf>, question.id)).toEqual(question);
  });

  it('the same seed and run draw the same case, others another', () => {
    expect(caseOf(drawRecipe(5, 1, offer), '')).toEqual(caseOf(drawRecipe(5, 1, offer), ''));
    expect(drawRecipe(5, 1, offer)).not.toEqual(drawRecipe(6, 1, offer));
    expect(drawRecipe(5, 1, offer)).not.toEqual(drawRecipe(5, 2, offer));
  });

  it('cover every word of the space', () => {
    const recipes = Array.from({ length: 3000 }, (_, run) => drawRecipe(1, run, offer));
    const seen = (word: (recipe: (typeof recipes)[number]) => readonly string[]) => new Set(recipes.flatMap(word));
    expect(seen(({ x }) => x).size).toBe(19);
    expect(seen(({ dtype }) => [dtype])).toEqual(new Set(offer.dtypes));
    expect(seen(({ layout }) => [layout])).toEqual(new Set(['contiguous', 'channels-last', 'transposed', 'strided']));
    expect(seen(({ program }) => program.split('-'))).toEqual(new Set(['train', 'eval', 'fresh', 'backward', 'reload']));
    expect(seen(({ program }) => [String(program.split('-').length)])).toEqual(new Set(['1', '2', '3', '4', '5', '6']));
    expect([...seen(({ shape }) => [String(shape[1])])].map(Number)).toContain(65);
  });
});

describe('simpler cases', () => {
  test.prop([drawn], { numRuns: 100 })('property: each can be run, and going on ends', (question) => {
    let current = question;
    for (let steps = 0; steps < 10_000; steps++) {
      const next = simplerCases(current).next();
      if (next.done === true) return;
      current = next.value;
      expect(faultOf(JSON.parse(JSON.stringify(literalOf(current)))), JSON.stringify(literalOf(current))).toBeNull();
    }
    throw new Error('simplifying goes on for ever');
  });

  it('the simplest of all is one step on one zero', () => {
    let current = caseOf({ ...drawRecipe(1, 4, offer), program: 'train-backward-reload-eval-backward', x: ['unit'] }, 'start');
    for (let next = simplerCases(current).next(); next.done !== true; next = simplerCases(current).next()) current = next.value;
    expect([current.program, current.ranks[0]?.inputs.map(({ shape, data }) => [shape, [...data]])]).toEqual([[{ op: 'forward', mode: 'train', input: 0 }], [[[1, 1], [0]]]]);
  });
});

describe('found files', () => {
  test.prop([drawn], { numRuns: 30 })('property: what is written is read back bit for bit, under an id of its content', (question) => {
    const folder = mkdtempSync(join(tmpdir(), 'bn-found-'));
    const path = join(folder, 'case.json');
    writeFileSync(path, foundText(named(question)));
    expect(readFound(path)).toEqual(named(question));
    writeFileSync(path, foundText({ ...question, id: 'batchnorm1d/num/found/data=000000000000' }));
    expect(() => readFound(path)).toThrow('the id is \'batchnorm1d/num/found/data=000000000000\', the data say');
    rmSync(folder, { recursive: true });
  });
});
