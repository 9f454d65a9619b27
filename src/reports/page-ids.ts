import type { Layer } from '../cases/case.ts';
import { type Golden, readGoldens } from '../cases/golden.ts';
import type { PlannedCase } from '../cases/plan.ts';
import type { Behaviour, BehavioursFile } from '../spec/generated/behaviours.ts';
import { join } from 'node:path';
import { packageRoot } from '../spec/package-root.ts';
import { readValidated } from '../spec/validated-file.ts';
import { createInterner } from './page-encode.ts';
import type { PageIds, PageTemplate } from './page-data.ts';
import type { Texts } from './packed-texts.ts';

/** What a case has where neither its id nor its behaviour says anything: the same as `materialise` takes. */
export const canonicalAxes: Readonly<Record<string, string>> = {
  program: 'train', eps: '1e-5', momentum: '0.1', affine: 'true', statistics: 'tracked', dtype: 'float32', initial: 'default', data: 'unit', route: 'module', layout: 'contiguous',
};

/** What the tool knows of cases beside their ids. */
export interface CaseCatalogue {
  readonly behaviours: ReadonlyMap<string, Behaviour>;
  readonly goldens: ReadonlyMap<string, Golden>;
}

export function readCatalogue(): CaseCatalogue {
  const { behaviours } = readValidated<BehavioursFile>('schemas/behaviours', join(packageRoot, 'cases', 'behaviours.json'));
  return {
    behaviours: new Map(behaviours.map((behaviour) => [behaviour.behaviour, behaviour])),
    goldens: new Map(readGoldens(join(packageRoot, 'cases', 'golden')).map((golden) => [golden.case.id, golden])),
  };
}

/** `<layer>/<area>/<behaviour>` and the axes that an id spells out; an id of another form is a prefix alone. */
export function splitId(id: string): { readonly prefix: string; readonly axes: readonly (readonly [name: string, value: string])[] } {
  const parts = id.split('/');
  const axes = parts.slice(3).map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)] as const);
  const isRegular = parts.length > 3 && parts.slice(3).every((part) => part.indexOf('=') > 0) && new Set(axes.map(([name]) => name)).size === axes.length;
  return isRegular ? { prefix: parts.slice(0, 3).join('/'), axes } : { prefix: id, axes: [] };
}

/** The ids of a plan as they are written: a million numbers, each made when its turn comes. */
export type EncodedIds = Omit<PageIds, 'rows'> & { readonly rows: Iterable<number> };

/** The ids of a plan as columns. */
export function encodeIds(ids: Texts, { behaviours }: CaseCatalogue): EncodedIds {
  const axisNames = createInterner();
  const values: ReturnType<typeof createInterner>[] = [];
  const templates = new Map<string, number>();
  const list: PageTemplate[] = [];
  const rowOf = (id: string): readonly number[] => {
    const { prefix, axes } = splitId(id);
    const key = [prefix, ...axes.map(([name]) => name)].join('\n');
    const numbers = axes.map(([name]) => axisNames.add(name));
    if (!templates.has(key)) {
      templates.set(key, list.length);
      list.push({ prefix, axes: numbers, defaults: defaultsOf(behaviours.get(behaviourOf(prefix)), axes.map(([name]) => name)) });
    }
    return [templates.get(key) ?? 0, ...axes.map(([, value], i) => (values[numbers[i]!] ??= createInterner()).add(value))];
  };
  for (const id of ids) rowOf(id); // numbers everything, so that it can stand ahead of the rows
  return { axes: axisNames.all().map((name, i) => ({ name, values: values[i]?.all() ?? [] })), templates: list, rows: { [Symbol.iterator]: () => rowsOf(ids, rowOf) } };
}

function* rowsOf(ids: Texts, rowOf: (id: string) => readonly number[]): Generator<number, undefined> {
  for (const id of ids) yield* rowOf(id);
}

function behaviourOf(prefix: string): string {
  return prefix.slice(prefix.indexOf('/') + 1);
}

/** What holds although the id does not say it. A golden brings its own configuration, of which its id says nothing. */
function defaultsOf(behaviour: Behaviour | undefined, spelled: readonly string[]): PageTemplate['defaults'] {
  if (behaviour === undefined || behaviour.behaviour === 'num/golden') return [];
  const declared = behaviour.axes.flatMap(({ axis, default: fallback }) => (fallback === undefined ? [] : [[axis, fallback] as const]));
  const all = new Map([...Object.entries(canonicalAxes), ...declared]);
  return [...all].filter(([axis]) => !spelled.includes(axis));
}

/** The case of an id, as a suite would plan it; null for an id that this tool does not know how to ask. */
export function plannedCase(id: string, { behaviours, goldens }: CaseCatalogue): PlannedCase | null {
  const { prefix, axes } = splitId(id);
  const name = behaviourOf(prefix);
  const behaviour = behaviours.get(name);
  const golden = goldens.get(id);
  if (behaviour === undefined || axes.some(([axis]) => behaviour.axes.every((declared) => declared.axis !== axis))) return null;
  if (golden === undefined && name === 'num/golden') return null;
  const declared = behaviour.axes.flatMap(({ axis, default: fallback }) => (fallback === undefined ? [] : [[axis, fallback] as const]));
  return {
    id, layer: id.slice(0, id.indexOf('/')) as Layer, behaviour: name, rules: [], axes: Object.fromEntries([...declared, ...axes]),
    expectsConstant: false, repeats: false, literal: golden?.case ?? null,
  };
}
