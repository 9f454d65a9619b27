import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import semver from 'semver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { harnessHome } from '../environments/home.ts';
import { listRunners, type RunnerSpec } from '../runners/registry.ts';
import type { DialectFile } from '../spec/generated/dialect.ts';
import { packageRoot } from '../spec/package-root.ts';
import { readValidated } from '../spec/validated-file.ts';
import { interpreterOf } from './fixtures/interpreter-of.ts';
import { runnerNamed, runnersFolder } from './runners-folder.ts';

const script = fileURLToPath(new URL('fixtures/docstrings.py', import.meta.url));
const home = harnessHome(process.env);
const minutes = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-quotations-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Docstrings by dotted name, as the installed framework has them; null where there is no such object. */
async function docstrings(runner: RunnerSpec, names: readonly string[]): Promise<Readonly<Record<string, string | null>>> {
  const file = join(folder, `${runner.id}-${runner.version ?? ''}.json`);
  await execa(await interpreterOf(runner, home), [script, file, ...names], { stdin: 'ignore', cwd: folder });
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string | null>;
}

const normalise = (text: string): string => text.split(/\s+/).filter((word) => word !== '').join(' ');
const holds = (docstring: string | null | undefined, quote: string): boolean => normalise(docstring ?? '').includes(normalise(quote));

const runners = (await listRunners(runnersFolder)).filter(({ variant }) => variant === undefined);
const versions = (dialect: string) => runners.filter((runner) => runner.dialect === dialect).flatMap(({ id, environments }) => environments.map(({ version }) => `${id}@${version}`));

/** Ranges of dialects that quote a departure, with the pinned versions inside. */
const quoting = [...new Set(runners.map(({ dialect }) => dialect))].flatMap((dialect) => {
  const file = readValidated<DialectFile>('schemas/dialect', join(packageRoot, 'spec', 'dialects', `${dialect}.json`));
  return file.versions.filter(({ departures }) => departures.length > 0).map(({ range, departures }) => ({
    dialect, range, departures, installed: versions(dialect).filter((word) => semver.satisfies(semver.coerce(word.split('@')[1]) ?? '', range)),
  }));
});

describe('the quotation of a documented departure', () => {
  it('has a pinned version whose docstring can be read, for every range that quotes', () => {
    expect(quoting.length).toBeGreaterThan(0);
    expect(quoting.filter(({ installed }) => installed.length === 0).map(({ dialect, range }) => `${dialect} ${range}`)).toEqual([]);
  });

  const pinned = quoting.flatMap(({ departures, installed }) => installed.map((word) => ({ word, departures })));

  it.each(pinned)('$word: each stands word for word in the installed docstring, and an invented one does not', async ({ word, departures }) => {
    const found = await docstrings(await runnerNamed(word), [...new Set(departures.map(({ docObject }) => docObject))]);
    expect(departures.filter(({ docObject, quote }) => !holds(found[docObject], quote)).map(({ id }) => id)).toEqual([]);
    for (const { docObject, quote } of departures) {
      const words = normalise(quote).split(' ');
      for (const invented of [words.toSpliced(1, 1).join(' '), `${words.join(' ')} by design`, words.toReversed().join(' ')]) expect([invented, holds(found[docObject], invented)]).toEqual([invented, false]);
    }
  }, 10 * minutes);

  it('control: an object that the framework does not have holds no quotation', async () => {
    const [{ word, docObject } = { word: '', docObject: '' }] = pinned.flatMap((one) => one.departures.map((departure) => ({ word: one.word, docObject: departure.docObject })));
    const found = await docstrings(await runnerNamed(word), [docObject, `${docObject}9d`]);
    expect([found[`${docObject}9d`], holds(found[`${docObject}9d`], 'a'), holds(found[docObject], 'a')]).toEqual([null, false, true]);
  }, 10 * minutes);
});
