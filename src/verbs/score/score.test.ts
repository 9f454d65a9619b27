import { beforeAll, describe, expect, it } from 'vitest';
import { harnessHome } from '../../environments/home.ts';
import { readRules } from '../../spec/rules.ts';
import { figuresOf } from './figures.ts';
import { formatScore } from './format.ts';
import { type Score, scoreSuite } from './score.ts';
import { readZoo } from './zoo.ts';

const minutes = 60_000;
const { faults, honest } = readZoo();

describe('smoke against the zoo', () => {
  let score: Score;
  beforeAll(async () => {
    score = await scoreSuite({ suite: 'smoke', home: harnessHome(process.env), jobs: 2, pairs: 20, onProgress: () => undefined, signal: new AbortController().signal });
  }, 10 * minutes);
  const scored = (name: string) => score.faults.find(({ fault }) => fault.name === name);

  it.each(faults)('$breaks: $name, where smoke shows it, is reported under its rule and its cause', ({ name, breaks, cause }) => {
    const { fared, killers } = scored(name) ?? { fared: undefined, killers: [] };
    if (killers.length > 0) expect(fared?.first).toEqual({ rule: breaks, cause });
    else expect(fared?.first).toBeNull();
  });

  it.each(honest)('$name is never accused', ({ name }) => {
    expect(score.honest.find(({ miniature }) => miniature.name === name)).toMatchObject({ falseAlarms: [], fared: { planned: score.cases } });
  });

  it.each(['faults killed by smoke, % (target ≥ 90)', 'faults with a wrong cause (target 0)', 'faults unexplained or ambiguous, % (target ≤ 5)', 'pairs with a wrong cause, of 20 (target 0)'])('%s', (wanted) => {
    const figures = figuresOf(score, readRules());
    const figure = figures.find(({ name, target }) => `${name} (target ${target})` === wanted);
    expect(figure, formatScore(score, figures, readRules())).toMatchObject({ met: true });
  });

  it('the zoo is as large as its figure says', () => {
    expect(new Set(faults.map(({ name }) => name)).size).toBeGreaterThanOrEqual(80);
  });
});
