import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../spec/package-root.ts';
import { readFound } from './found-file.ts';
import { elementsOf, hashOf } from './question.ts';

const folder = join(packageRoot, 'cases', 'found');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('cases/found', () => {
  it('holds something', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  it.each(files)('%s is a small case, called by its content, with a script beside it that expects what the case expects', (file) => {
    const question = readFound(join(folder, file));
    expect(file).toBe(`${file.split('-')[0] ?? ''}-${hashOf(question).slice(0, 12)}.json`);
    expect(elementsOf(question)).toBeLessThan(400);
    const script = join(folder, file.replace('.json', '.py'));
    expect(existsSync(script)).toBe(true);
    expect(readFileSync(script, 'utf8')).toContain(`made as simple as it gets: ${question.id}.`);
  });
});
