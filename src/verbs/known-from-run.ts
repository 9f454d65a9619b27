import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRun } from '../reports/read-run.ts';
import { runFileName } from '../reports/run-file.ts';
import { type KnownUpdate, updateKnown } from './known.ts';
import { recordedId, runnerNamed } from './runners-folder.ts';

/** New entries are to be looked at again after this time. */
const validDays = 365;

/** Rewrites the known-failing list of every runner of a run, and says what changed. */
export async function knownFromRun(folder: string): Promise<string> {
  const run = await readRun(join(folder, runFileName));
  const expires = new Date(Date.now() + validDays * 86_400_000).toISOString().slice(0, 10);
  const reports = await Promise.all(run.runners.map(async ({ runner, facts, cases }) => {
    if (facts === null) return [`${runner}: left alone, it never started`];
    const { folder: home } = await runnerNamed(recordedId(runner, folder));
    const path = join(home, 'known-failing.yaml');
    if (!existsSync(path)) writeFileSync(path, 'schemaVersion: 1\nentries: []\n');
    const { version, device, cpu: { capability }, threads } = facts;
    return describeUpdate(runner, updateKnown(path, cases.map((record) => ({ id: record.id, record })), { version, device, capability, threads }, expires));
  }));
  return `${reports.flat().join('\n')}\n`;
}

function describeUpdate(runner: string, { kept, narrowed, removed, added }: KnownUpdate): string[] {
  return [
    `${runner}: ${String(kept)} kept, ${String(narrowed.length)} narrowed, ${String(removed.length)} removed, ${String(added.length)} added`,
    ...narrowed.flatMap(({ from, to }) => [`  ~ ${from}, which holds only for`, ...to.map((name) => `    ${name}`)]),
    ...removed.map((name) => `  - ${name}`), ...added.map((name) => `  + ${name}`),
  ];
}
