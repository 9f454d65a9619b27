import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import { hostileTexts, mutatedJson } from '../spec/hostile-document.fixture.ts';
import { UserError } from '../spec/user-error.ts';
import { mutatedText, survive } from '../tensor/hostile.fixture.ts';
import { parseEnvironmentFile } from './environment-file.ts';
import { type Marker, markerIn } from './marker.ts';

const minutes = 60_000;
const file = '# python: >=3.10 <3.13\n# prefer: 3.11\n# disk: 3G\nnumpy==2.0.0\n';
const marker: Marker = { schemaVersion: 1, runner: 'pytorch', version: '2.13.0', file: '/x', python: '3.11.7', bytes: 12, packages: { torch: '2.13.0' }, created: '2026-01-01T00:00:00Z' };

describe('files of environments', () => {
  it('property: pinned versions', async () => {
    const tally = await survive({
      name: 'environment files', inputs: mutatedText([file], ['# python: *', '# disk: 9e9G', '# disk: 0.5M', '\r\n', '# prefer:', ...hostileTexts]), refusals: [UserError],
      read: (text) => {
        const { pythonRange, diskBytes, hash } = parseEnvironmentFile('x.txt', text);
        satisfies('3.11.7', pythonRange);
        if (!text.includes(pythonRange) || !(diskBytes >= 0) || !/^[0-9a-f]{12}$/.test(hash)) throw new Error(`range ${pythonRange}, ${String(diskBytes)} bytes`);
      },
    });
    expect([tally.refused > tally.tried / 20, tally.read > tally.tried / 20]).toEqual([true, true]);
  }, 10 * minutes);

  it('property: the mark of a whole environment is that, or none', async () => {
    const seen = { marks: 0 };
    const tally = await survive({
      name: 'marks of environments', inputs: mutatedJson([marker]), refusals: [],
      read: (text) => {
        const read = markerIn(text);
        if (read === undefined) return;
        seen.marks += 1;
        if (JSON.stringify(read) !== JSON.stringify(JSON.parse(text)) || read.runner.length + read.python.length < 0 || Number.isNaN(read.bytes + 1)) throw new Error('another mark than the text holds');
      },
    });
    expect([seen.marks > tally.tried / 20, seen.marks < tally.tried * 0.8]).toEqual([true, true]);
  }, 10 * minutes);
});
