import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptCase } from '../../accept/accept.ts';
import type { Case } from '../../cases/case.ts';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { logsFolder } from '../../environments/home.ts';
import type { Answer } from '../../runners/answer.ts';
import { openSession } from '../../runners/session.ts';
import { runnerNamed } from '../runners-folder.ts';
import { Asker } from './ask.ts';
import { foundText } from './found-file.ts';
import { named } from './question.ts';
import { holds, type Outcome, type RelatedRecipe, type Relation } from './relations/relation.ts';

/** A started runner that can be asked. */
export async function openAsker(word: string, home: string): Promise<Asker> {
  const runner = await runnerNamed(word);
  const { environment } = runner;
  const python = environment === undefined ? undefined : (await ensureEnvironment(environment, { home, onProgress: () => undefined })).python;
  return new Asker(await openSession(runner, { logFolder: logsFolder(home), logName: `live-${word}`, python }));
}

/** Writes the cases of a recipe where `fuzz --case` can read them. */
export function writeCases(relation: Relation, recipe: RelatedRecipe, folder: string): readonly string[] {
  return relation.cases(recipe).map((question, at) => {
    const file = join(folder, `${relation.name}-${String(at)}.json`);
    writeFileSync(file, foundText(named(question)));
    return file;
  });
}

/** How a relation fares on the answers to one recipe. */
export type Judged = (recipe: RelatedRecipe) => Promise<Outcome>;

/**
 * Asks the cases of all recipes in one go, and judges each recipe by its answers; recipes that come later, as when a failure
 * shrinks, are asked by themselves. First every recipe's first case is asked, then the others in the opposite order, so that
 * between two cases of one recipe lie many of others.
 */
export async function prepare(asker: Asker, relation: Relation, recipes: readonly RelatedRecipe[]): Promise<Judged> {
  const asked = recipes.map((recipe) => ({ key: keyOf(recipe), cases: relation.cases(recipe) }));
  const firsts = asked.map(({ key, cases }) => ({ key, at: 0, question: cases[0]! }));
  const others = asked.flatMap(({ key, cases }) => cases.slice(1).map((question, i) => ({ key, at: i + 1, question }))).reverse();
  const order = [...firsts, ...others];
  const answers = await asker.ask(order.map(({ question }) => question));
  const byKey = new Map(asked.map(({ key }) => [key, [] as Answer[]]));
  for (const [i, { key, at }] of order.entries()) Object.assign(byKey.get(key) ?? [], { [at]: answers[i] });
  return async (recipe) => {
    const cases = relation.cases(recipe);
    return outcomeOf(relation, recipe, cases, byKey.get(keyOf(recipe)) ?? await asker.ask(cases));
  };
}

function keyOf(recipe: RelatedRecipe): string {
  return JSON.stringify(recipe);
}

function outcomeOf(relation: Relation, recipe: RelatedRecipe, cases: readonly Case[], answers: readonly Answer[]): Outcome {
  const strange = answers.find(({ kind }) => kind !== 'observed');
  if (strange !== undefined) return { compared: 0, breach: { message: `expected an observation, got ${strange.kind}: ${JSON.stringify(strange).slice(0, 300)}` } };
  const observed = answers.flatMap((answer) => (answer.kind === 'observed' ? [answer.observation] : []));
  return holds(relation, cases.map((question, i) => ({ case: question, accepted: acceptCase(question), observation: observed[i]! })), recipe);
}
