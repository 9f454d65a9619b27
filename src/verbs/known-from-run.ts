import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRun } from '../reports/read-run.ts';
import { runFileName } from '../reports/run-file.ts';
import { updateKnown } from './known.ts';
import { runnerNamed } from './runners-folder.ts';

/** New entries are to be looked at again after this time. */
const validDays = 365;

/** Rewrites the known-failing list of every runner of a run, and says what changed. */
export async function knownFromRun(folder: string): Promise<string> {
  const run = await readRun(join(folder, runFileName));
  const expires = new Date(Date.now() + validDays * 86_400_000).toISOString().slice(0, 10);
  const reports = await Promise.all(run.runners.map(async ({ runner, facts, cases }) => {
    const { folder: home } = await runnerNamed(runner.split('@')[0] ?? runner);
    const path = join(home, 'known-failing.yaml');
    if (!existsSync(path)) writeFileSync(path, 'schemaVersion: 1\nentries: []\n');
    const { kept, removed, added } = updateKnown(path, cases.map((record) => ({ id: record.id, record })), facts === null ? '*' : `>=${plainVersion(facts.version)}`, expires);
    return [`${runner}: ${String(kept)} kept, ${String(removed.length)} removed, ${String(added.length)} added`, ...removed.map((name) => `  - ${name}`), ...added.map((name) => `  + ${name}`)];
  }));
  return `${reports.flat().join('\n')}\n`;
}

function plainVersion(version: string): string {
  return /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '0.0.0';
}
