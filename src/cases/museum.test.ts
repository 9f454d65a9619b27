import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../spec/package-root.ts';
import { readMuseum } from './museum.ts';

const folder = join(packageRoot, 'cases', 'museum');
const rows = readMuseum(folder);

describe('the bug museum', () => {
  it('each row asks something, by axis values or by literal data', () => {
    expect(rows.filter(({ blocks, goldens }) => blocks.length + goldens.length === 0)).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(61);
  });

  it('each file of literal data belongs to one row', () => {
    const files = readdirSync(join(folder, 'goldens')).map((name) => basename(name, '.json')).sort();
    expect(rows.flatMap(({ goldens }) => goldens).sort()).toEqual(files);
  });
});

describe('a file of the museum', () => {
  let scratch = '';
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'museum-'));
  });
  afterEach(() => {
    rmSync(scratch, { recursive: true });
  });

  it('is called after its row, and has a link', () => {
    const row = { schemaVersion: 1, row: 'BM-01', where: 'somewhere', fault: 'a fault', links: ['https://example.org/1'], blocks: [], goldens: ['one'] };
    writeFileSync(join(scratch, 'bm-01.json'), JSON.stringify(row));
    expect(readMuseum(scratch)).toEqual([row]);
    writeFileSync(join(scratch, 'bm-02.json'), JSON.stringify(row));
    expect(() => readMuseum(scratch)).toThrow("bm-02.json holds row 'BM-01'");
    writeFileSync(join(scratch, 'bm-02.json'), JSON.stringify({ ...row, row: 'BM-02', links: [] }));
    expect(() => readMuseum(scratch)).toThrow('/links');
  });
});
