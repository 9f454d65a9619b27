import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { afterAll, describe, expect, it } from 'vitest';
import { mutatedJson, scratchFolder } from '../spec/hostile-document.fixture.ts';
import { findProblems } from '../spec/schemas.ts';
import { UserError } from '../spec/user-error.ts';
import { readValidated } from '../spec/validated-file.ts';
import { mutatedText, survive, type Tally } from '../tensor/hostile.fixture.ts';
import { deviation, evidence, facts, footer, header, line, violation } from './fixtures/sample-run.ts';
import type { ReportFormat } from './format-names.ts';
import { renderReports } from './formats.ts';
import { runIn } from './read-run.ts';
import { readPower } from './power.ts';
import { summarise } from './summary.ts';

const minutes = 60_000;
const folder = mkdtempSync(scratchFolder);
afterAll(() => rmSync(folder, { recursive: true }));
const bothWays = ({ tried, refused, read }: Tally) => [refused > tried / 20, read > tried / 50];

const lines = [header(), facts(), line(1), violation(0, { deviations: [deviation()], accuracy: [] }), evidence(0), line(2), footer()].map((each) => JSON.stringify(each));

/** A run file in which one line is another, or the whole text is. */
const runFiles = fc.oneof(
  ...lines.map((valid, index) => mutatedJson([JSON.parse(valid)]).map((text) => [...lines.slice(0, index), text, ...lines.slice(index + 1 + (text.length % 3 === 0 ? 1 : 0))].join('\n'))),
  mutatedText([`${lines.join('\n')}\n`], ['{"type":"footer"}', '"index":9', '"NaN"', '\u2028', '\r']),
);

function* linesIn(text: string) {
  const parts = text.split('\n');
  for (const [index, part] of parts.entries()) if (index < parts.length - 1 || part !== '') yield { number: index + 1, text: part, ended: index < parts.length - 1 };
}

const cheap: readonly ReportFormat[] = ['csv', 'junit', 'ctrf', 'markdown', 'badge'];

describe('run files from a stranger', () => {
  it('property: they are refused with file and line, or add up, and every report can be made of them', async () => {
    const seen = { rendered: 0 };
    const tally = await survive({
      name: 'run.ndjson', inputs: runFiles, refusals: [UserError],
      read: async (text) => {
        const run = await runIn(linesIn(text), 'run.ndjson');
        const summary = summarise(run);
        const sum = Object.values<number>(summary.statuses as unknown as Record<string, number>).reduce((total, count) => total + count, 0);
        if (sum !== summary.planned) throw new Error(`${String(sum)} of ${String(summary.planned)}`);
        const problems = findProblems('schemas/summary', JSON.parse(JSON.stringify(summary)));
        if (problems.length > 0) throw new Error(`a summary that its own schema refuses: ${JSON.stringify(problems[0])}`);
        if ((seen.rendered += 1) % 4 === 0) for (const [name, report] of renderReports(run, [cheap[seen.rendered % cheap.length]!], {})) if ([...report].join('') === '') throw new Error(`${name} is empty`);
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);

  it('property: summary.json and power.json', async () => {
    const run = await runIn(linesIn(`${lines.join('\n')}\n`), 'run.ndjson');
    const reader = (name: string, document: unknown, read: (path: string) => unknown) => survive({
      name, inputs: mutatedJson([document]), refusals: [UserError],
      read: (text) => {
        const path = join(folder, name);
        writeFileSync(path, text);
        if (JSON.stringify(read(path)) !== JSON.stringify(JSON.parse(Buffer.from(text).toString()))) throw new Error('something else than the file says');
      },
    });
    const power = readPower();
    if (power === undefined) throw new Error('expected reports/power.json');
    const few = { ...power, figures: power.figures.slice(0, 1), faults: power.faults.slice(0, 2) };
    const tallies = [await reader('summary.json', summarise(run), (path) => readValidated('schemas/summary', path)), await reader('power.json', few, readPower)];
    expect(tallies.map(bothWays)).toEqual([[true, true], [true, true]]);
  }, 10 * minutes);
});
