import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runnersFolder } from '../runners-folder.ts';

/** The source of a model that lies in one way, and the class that does. */
export interface MiniatureModel {
  readonly className: string;
  /** Top-level definitions, each after those that it needs; they import nothing. */
  readonly source: string;
}

/** One top-level definition of a Python file. */
interface Definition {
  readonly name: string;
  readonly text: string;
}

const folder = join(runnersFolder, 'miniatures');
const modules = ['rows.py', 'mode_table.py', 'refusals.py', 'model.py', 'variants.py'];
const joint = '+';

/**
 * The miniature with a lie switched on, or with a pair `a+b` of lies: only the definitions that it needs, as they stand in `runners/miniatures`.
 *
 * @returns null where the lie is not one of the model, but of how its process answers
 */
export function miniatureModel(lie: string): MiniatureModel | null {
  const texts = readModules();
  const classes = classesOf(texts);
  const [first, second] = lie.split(joint, 2).map((name) => classes.get(name));
  if (first === undefined || (second === undefined && lie.includes(joint))) return null;
  const definitions = texts.flatMap(definitionsOf);
  const source = reachable(definitions, second === undefined ? [first] : [first, second]).map(({ text }) => text).join('\n\n\n');
  if (second === undefined) return { className: first, source };
  const bases = new RegExp(`^class ${second}\\([^)]*\\b${first}\\b`, 'm').test(source) ? [second, first] : [first, second]; // whose subclass comes first
  return { className: 'Pair', source: `${source}\n\n\nclass Pair(${bases.join(', ')}):\n    """Both lies; the first wins what both replace."""` };
}

function readModules(): readonly string[] {
  const lies = readdirSync(join(folder, 'lies')).filter((name) => name.endsWith('.py') && name !== '__init__.py').sort((a, b) => Number(b === 'kernels.py') - Number(a === 'kernels.py'));
  return [...modules, ...lies.map((name) => join('lies', name))].map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Of the tables `'biased-running-variance': BiasedRunningVariance,`. */
function classesOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const entries = texts.flatMap((text) => [...text.matchAll(/^ {4}'([\w-]+)': ([A-Z]\w*),$/gm)]);
  return new Map(entries.map(([, name = '', className = '']) => [name, className]));
}

/** Top-level classes, functions and constants, without docstring, imports and comments of the module. */
export function definitionsOf(text: string): readonly Definition[] {
  const body = text.replace(/^"""[^]*?"""\n/, '').replaceAll(/^(?:from|import) (?:.*\([^)]*\)|.*)$/gm, '').replaceAll(/^#.*$/gm, '');
  const starts = /^(?=[A-Za-z_@])(?<!^@.*\n)/m;
  return body.split(starts).flatMap((part) => {
    const name = /^(?:@.*\n)*(?:class |def )?(\w+)/.exec(part)?.[1];
    return name === undefined ? [] : [{ name, text: part.trimEnd() }];
  });
}

function reachable(definitions: readonly Definition[], roots: readonly string[]): readonly Definition[] {
  const byName = new Map(definitions.map((one) => [one.name, one]));
  const found = new Set<string>();
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const definition = byName.get(name);
    if (definition === undefined || found.has(name)) continue;
    found.add(name);
    waiting.push(...withoutProse(definition.text).match(/(?<![.\w])[A-Za-z_]\w*/g) ?? []);
  }
  return definitions.filter(({ name }) => found.has(name));
}

/** A word of a docstring or a comment is no name. */
function withoutProse(text: string): string {
  return text.replaceAll(/"""[^]*?"""/g, '').replaceAll(/#.*$/gm, '');
}
