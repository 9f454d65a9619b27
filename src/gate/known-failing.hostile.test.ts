import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hostileTexts, scratchFolder, yamlWords } from '../spec/hostile-document.fixture.ts';
import { UserError } from '../spec/user-error.ts';
import { mutatedText, survive } from '../tensor/hostile.fixture.ts';
import { applicableEntries, expiredEntries, unmatchedEntries } from './known-failing.ts';
import { readKnownFailing } from './read-known-failing.ts';

const folder = mkdtempSync(scratchFolder);
afterAll(() => rmSync(folder, { recursive: true }));

const list = `schemaVersion: 1
entries:
  - cases: batchnorm1d/**/data=*
    versions: '>=2.0.0 <3'
    status: violates
    cause: biased-running-variance
    reason: stores it # a comment
    link: https://example.org/1
    owner: somebody
    expires: 2027-01-01
    when: { threads: 2 }
`;
const ids = ['batchnorm1d/state/data=unit', 'batchnorm2d/state/data=unit'];

describe('known-failing lists from a stranger', () => {
  it('property: YAML is refused, or holds what JSON of it holds', async () => {
    const [path, again] = [join(folder, 'x.yaml'), join(folder, 'x.json')];
    const tally = await survive({
      name: 'known-failing YAML', inputs: mutatedText([list], [...yamlWords, ...hostileTexts]), refusals: [UserError],
      read: (text) => {
        writeFileSync(path, text);
        const entries = readKnownFailing(path);
        writeFileSync(again, JSON.stringify({ schemaVersion: 1, entries }));
        if (JSON.stringify(readKnownFailing(again)) !== JSON.stringify(entries)) throw new Error('its JSON says something else');
        const applied = applicableEntries(entries, { version: '2.1.0', device: 'cpu', capability: '', threads: 2 });
        if (applied.length > entries.length || unmatchedEntries(entries, ids).length > entries.length || expiredEntries(entries, '2026-01-01').length > entries.length) throw new Error('more entries than there are');
      },
    });
    expect([tally.refused > tally.tried / 20, tally.read > tally.tried / 20]).toEqual([true, true]);
  }, 600_000);
});
