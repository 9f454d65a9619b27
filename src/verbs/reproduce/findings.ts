import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { structuralCauses } from '../../diff/catalogue.ts';
import { underContract } from '../../diff/contract.ts';
import type { Finding } from '../../diff/findings.ts';
import type { Expectation } from '../../diff/judge.ts';
import { groupRunner } from '../../reports/grouped-run.ts';
import { unwritable } from '../../reports/run-file.ts';
import { type Reproducer, reproducerFolder } from '../../reports/reproducer.ts';
import type { CaseResult, Run, RunnerResults } from '../../reports/run.ts';
import { readDialect } from '../../spec/dialect.ts';
import { refuseLink, writeAnew } from '../../spec/write-anew.ts';
import { scriptOf } from './script.ts';
import { deviationOf } from './story.ts';
import { type Subject, whyNoScript } from './why-no-script.ts';
import { numbersPath, writeScript } from './write-script.ts';

/** What of a run the scripts need beside its file. */
export interface ScriptSource {
  /** Name of the dialect of each runner, by its key. */
  readonly dialects: ReadonlyMap<string, string>;
  /** By index into the plan. */
  readonly expectationAt: (index: number) => Expectation;
}

/** Names what was written last time, so that only this goes when the folder is written again. */
const indexName = 'index.json';

/**
 * Writes a stand-alone script of each finding of a run into the folder `reproduce` beside its file, named by cause and runner.
 *
 * The script is of the finding's smallest case, or of the smallest one that a script can hold.
 *
 * @throws {UserError} OUT_FOLDER_UNWRITABLE
 */
export async function writeReproducers(run: Run, out: string, source: ScriptSource): Promise<readonly Reproducer[]> {
  const folder = join(out, reproducerFolder);
  try {
    await refuseLink(folder);
    await removeEarlier(folder);
    const names = new Set<string>();
    const written: Reproducer[] = [];
    for (const runner of run.runners) {
      for (const finding of groupRunner(runner).findings) written.push(await writeReproducer(folder, runner, finding, names, source));
    }
    if (written.length > 0) await writeIndex(folder, written);
    return written;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw unwritable(folder, error);
  }
}

async function removeEarlier(folder: string): Promise<void> {
  const text = await readFile(join(folder, indexName), 'utf8').catch(() => '{}');
  const own = scriptsIn(text).flatMap((script) => [script, numbersPath(script)]);
  for (const name of own) await rm(join(folder, name), { force: true });
  await rm(join(folder, indexName), { force: true });
}

/** File names that an index lists; none of an index that is damaged, and none that is a path. */
export function scriptsIn(text: string): readonly string[] {
  try {
    const raw = JSON.parse(text) as { readonly scripts?: unknown } | null;
    const listed = Array.isArray(raw?.scripts) ? (raw.scripts as readonly ({ readonly script?: unknown } | null)[]) : [];
    return listed.flatMap((one) => (typeof one?.script === 'string' && /^[\w+@=-][\w.+@=-]*\.py$/.test(one.script) ? [one.script] : []));
  } catch {
    return [];
  }
}

async function writeIndex(folder: string, written: readonly Reproducer[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeAnew(join(folder, indexName), `${JSON.stringify({ schemaVersion: 1, scripts: written }, null, 2)}\n`);
}

async function writeReproducer(folder: string, runner: RunnerResults, finding: Finding, names: Set<string>, source: ScriptSource): Promise<Reproducer> {
  const { status, cause, rule, known, example } = finding;
  const about = { runner: runner.runner, status, cause, rule, known, example };
  if (cause === structuralCauses['not-repeatable'].id) return { ...about, script: null, why: 'a script asks once, and nothing deviates then' };
  const subject = subjectOf(runner);
  const [scripted] = smallestFirst(runner, finding).filter(({ index }) => whyNoScript(subject, source.expectationAt(index).case) === null);
  if (scripted === undefined) {
    const first = runner.cases.find(({ id }) => id === example);
    return { ...about, script: null, why: first === undefined ? 'its case was not run' : whyNoScript(subject, source.expectationAt(first.index).case) };
  }
  const text = scriptOf(subject, accepted(runner, source, scripted), { ...deviationOf({ ...scripted, cause, rule }), from: `A case of bn-conformance, ${scripted.id}.` });
  if (text === null) throw new TypeError('a case that a script can hold has none');
  const script = freeName(`${cause}-${runner.runner}`, names);
  await mkdir(folder, { recursive: true });
  await writeScript(join(folder, script), text);
  return { ...about, script, why: null };
}

/** The lie of a miniature is in the name of its runner. */
function subjectOf({ runner, facts }: RunnerResults): Subject {
  return { framework: facts?.framework ?? '', variant: /^miniature-([^@]+)/.exec(runner)?.[1] };
}

/** Looking into many cases of which none can be written takes long, and they are alike. */
const mostTried = 50;

function smallestFirst({ cases }: RunnerResults, { ids, example }: Finding): readonly CaseResult[] {
  const own = new Set(ids);
  const members = cases.filter(({ id }) => own.has(id)).sort((a, b) => a.elements - b.elements || a.id.length - b.id.length);
  return [...members.filter(({ id }) => id === example), ...members.filter(({ id }) => id !== example)].slice(0, mostTried);
}

function accepted({ runner, facts }: RunnerResults, { dialects, expectationAt }: ScriptSource, { index }: CaseResult): Expectation {
  const expectation = expectationAt(index);
  const dialect = dialects.get(runner);
  if (dialect === undefined) return expectation;
  const { errors } = readDialect(dialect, facts?.version ?? 'newest');
  return { planned: expectation.planned, case: expectation.case, accepted: underContract(expectation.accepted, expectation.case, errors) };
}

function freeName(stem: string, names: Set<string>): string {
  const plain = stem.replaceAll(/[^\w.+@=-]+/g, '_');
  for (let number = 1; ; number++) {
    const name = `${plain}${number === 1 ? '' : `-${String(number)}`}.py`;
    if (names.has(name)) continue;
    names.add(name);
    return name;
  }
}
