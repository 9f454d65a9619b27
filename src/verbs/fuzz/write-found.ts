import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Case } from '../../cases/case.ts';
import type { Verdict } from '../../diff/verdict.ts';
import { writeAnew } from '../../spec/write-anew.ts';
import { describeCase, describeDeviation } from './describe.ts';
import { foundText, type Origin } from './found-file.ts';
import { oracleOn } from './oracle-check.ts';
import type { Found } from './options.ts';
import { expectationFor, hashOf, named } from './question.ts';
import { standAloneScript, type Story } from '../reproduce/script.ts';

/** Writes a case and the script that shows its deviation without the harness, both named by the content of the case. */
export async function writeFound(out: string, framework: string, simplest: Case, verdict: Verdict, origin: Omit<Origin, 'oracle'>): Promise<Found> {
  const question = named(simplest);
  const expectation = expectationFor(question);
  const whole: Origin = { ...origin, oracle: oracleOn(question, expectation.accepted) };
  const stem = join(out, `${framework}-${hashOf(question).slice(0, 12)}`);
  await mkdir(out, { recursive: true });
  await writeAnew(`${stem}.json`, foundText(question, whole));
  const script = standAloneScript(framework, expectation, storyOf(whole, question.id));
  if (script !== null) await writeAnew(`${stem}.py`, script);
  return { origin: whole, summary: `${describeCase(question)}: ${describeDeviation(verdict)}`, caseFile: `${stem}.json`, script: script === null ? null : `${stem}.py` };
}

function storyOf({ runner, status, cause, rule, title }: Origin, id: string): Story {
  return { status, cause, rule, title, from: `Found in ${runner} by random cases, then made as simple as it gets: ${id}.` };
}
