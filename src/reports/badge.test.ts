import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { badgeOf } from './badge.ts';
import { facts, footer, header, line, removeRuns, sampleLines, violation, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import type { RunLine } from './run.ts';

afterEach(removeRuns);

async function of(...lines: readonly RunLine[]): Promise<string> {
  const { message, color } = badgeOf(await readRun(join(await writeRun(lines), 'run.ndjson')));
  return `${color}: ${message}`;
}

const passed = footer({ gate: 'pass', reasons: [] });

describe('badge.json', () => {
  it('golden: what an endpoint badge reads', async () => {
    expect(badgeOf(await readRun(join(await writeRun(sampleLines), 'run.ndjson')))).toEqual({ schemaVersion: 1, label: 'batch norm conformance', message: 'gate fail, 66.6 % of 3 conform', color: 'red' });
  });

  it('is brightest only when everything offered conforms and nothing was left out', async () => {
    expect(await of(header(), facts(), line(0), line(1), line(2), passed)).toBe('brightgreen: gate pass, 100 % of 3 conform');
    expect(await of(header(), facts(), line(0), line(1, { status: 'unsupported', found: 'unsupported' }), line(2), passed)).toBe('brightgreen: gate pass, 100 % of 2 conform');
    expect(await of(header(), facts(), violation(0, { status: 'known' }), line(1), line(2), passed)).toBe('yellowgreen: gate pass, 66.6 % of 3 conform');
    expect(await of(header(), facts(), line(0, { status: 'inaccurate', found: 'inaccurate' }), line(1), line(2), passed)).toMatch(/^yellowgreen/);
    expect(await of(header({ filtered: true }), facts(), line(0), line(1), line(2), passed)).toBe('yellowgreen: gate pass, 100 % of 3 conform, selected cases only');
  });

  it('of an interrupted run is red', async () => {
    expect(await of(header(), facts(), line(0), line(1))).toBe('red: gate fail, 66.6 % of 3 conform');
  });
});
