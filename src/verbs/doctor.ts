import { listAvailable } from '../environments/catalogue.ts';
import { formatBytes, freeBytes } from '../environments/disk.ts';
import { readEnvironmentFile } from '../environments/environment-file.ts';
import { findInterpreters, inRange } from '../environments/find-interpreter.ts';
import { listEnvironments } from '../environments/list.ts';
import { runnersFolder } from './runners-folder.ts';

/** What the doctor found. */
export interface Diagnosis {
  readonly text: string;
  /** Whether everything that `run` needs by default is there or can be made. */
  readonly healthy: boolean;
}

interface Line {
  readonly ok: boolean;
  readonly text: string;
}

/** Looks at this machine: Pythons, environment files, disk space, environments. Changes nothing. */
export async function doctor(home: string, nodeVersion: string, variables: Readonly<Record<string, string | undefined>>): Promise<Diagnosis> {
  const interpreters = await findInterpreters(variables);
  const lines: Line[] = [
    { ok: true, text: `node ${nodeVersion}` },
    { ok: interpreters.length > 0, text: `CPython ${[...new Set(interpreters.map(({ version }) => version))].join(', ') || 'none found: install CPython 3.11'}` },
    { ok: true, text: `cache ${home}, ${formatBytes(await freeBytes(home))} free` },
    ...await environmentLines(home, interpreters),
  ];
  return { text: `${lines.map(({ ok, text }) => `${ok ? 'ok  ' : 'MISS'}  ${text}`).join('\n')}\n`, healthy: lines.every(({ ok }) => ok) };
}

async function environmentLines(home: string, interpreters: Awaited<ReturnType<typeof findInterpreters>>): Promise<Line[]> {
  const installed = await listEnvironments(home);
  const available = await listAvailable(runnersFolder);
  return Promise.all(available.map(async ({ runner, version, file }) => {
    const { pythonRange: range } = await readEnvironmentFile(file);
    const made = installed.find(({ name, marker }) => marker !== undefined && name.startsWith(`${runner}-${version}-`));
    if (made !== undefined) return { ok: true, text: `${runner}@${version} made, ${formatBytes(made.bytes)}` };
    const suitable = interpreters.some((interpreter) => inRange(interpreter, range));
    return { ok: suitable, text: `${runner}@${version} ${suitable ? 'not made yet; the first run makes it' : `needs CPython ${range}: install one, or use --python ${runner}=PATH`}` };
  }));
}
