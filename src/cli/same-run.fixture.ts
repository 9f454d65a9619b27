import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileNames, reportFormats } from '../reports/format-names.ts';
import { report } from '../verbs/report.ts';

type Line = Readonly<Record<string, unknown>>;

/** Every report of a run with all times set alike, by file name. Changes the folder. */
export async function reportsWithoutTimes(folder: string): Promise<Readonly<Record<string, string>>> {
  const path = join(folder, 'run.ndjson');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Line);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(timeless(line))}\n`).join(''));
  await report(folder, { formats: reportFormats });
  return Object.fromEntries(fileNames(reportFormats).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function timeless(line: Line): Line {
  if (line['type'] === 'case') return { ...line, durationUs: 1 };
  if (line['type'] === 'footer') return { ...line, durationMs: 1 };
  return line['type'] === 'header' ? { ...line, startedAt: '2026-01-01T00:00:00.000Z', command: 'bn-conformance run' } : line;
}
