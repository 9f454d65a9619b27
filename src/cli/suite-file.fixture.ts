import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SuiteBlock, SuiteFile } from '../spec/generated/suite.ts';

/** One block that asks one forward in training of a small tracked layer; an axis in `axes` takes the place of its values. */
export function blockOf(axes: Readonly<Record<string, string[]>> = {}): SuiteBlock {
  const usual = { program: ['train'], shape: ['5x3'], statistics: ['tracked'], affine: ['true'], momentum: ['0.1'], eps: ['1e-5'], initial: ['distinct'], data: ['unit'] };
  return { behaviour: 'norm/output', layers: ['batchnorm1d'], axes: { ...usual, ...axes } };
}

/** Writes a suite of one case, with what `change` puts in its place; returns its path. */
export async function suiteFile(folder: string, name: string, change: Partial<SuiteFile> | Readonly<Record<string, unknown>> = {}): Promise<string> {
  const suite: SuiteFile = { schemaVersion: 1, suite: name, title: 'an example', seed: 7, minimum: 1, knownShare: 0, goldens: false, blocks: [blockOf()] };
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify({ ...suite, ...change }));
  return path;
}
