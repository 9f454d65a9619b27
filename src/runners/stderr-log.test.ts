import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStderrLog } from './stderr-log.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'bn-log-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

it('a log that cannot be written is the user\'s to mend', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => openStderrLog(join(folder, 'file'), 'toy')).toThrow(expect.objectContaining({ code: 'LOG_UNWRITABLE', message: expect.stringContaining('toy.stderr.log') as unknown }) as Error);
});
