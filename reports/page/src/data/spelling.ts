import type { PageDialect } from '../../../../src/reports/page-data.ts';
import type { Model } from './model.ts';

/** Canonical parameters of a constructor, in the order of the specification. */
const parameters = ['numFeatures', 'eps', 'momentum', 'affine', 'statistics', 'dtype'] as const;

/** Name and value, in canonical words. */
export type Configuration = readonly (readonly [name: string, value: string])[];

/** The configuration that the id of a case says, and what holds by default. */
export function configurationOf(model: Model, index: number): Configuration {
  const detail = model.details().get(index);
  if (detail !== undefined) return detail.config;
  const shape = model.valueOf('shape', index) || model.valueOf('ranks', index).split('+', 1)[0] || '';
  const features = model.valueOf('features', index) || (shape.split('x')[1] ?? '');
  const spelled = ['eps', 'momentum', 'affine', 'statistics', 'dtype', 'initial', 'route', 'layout', 'data'].map((axis) => [axis, model.valueOf(axis, index)] as const);
  return [['layer', model.valueOf('layer', index)] as const, ['num_features', features] as const, ...spelled, ['input', shape.replaceAll('x', '×')] as const].filter(([, value]) => value !== '');
}

/** How a framework writes one line of a configuration; null where it is no argument of its constructor. */
export function spell({ layers, parameters: known, statistics }: PageDialect, name: string, value: string): string | null {
  if (name === 'layer') return layers[value] ?? 'not offered';
  const canonical = name === 'num_features' ? 'numFeatures' : name;
  if (canonical === 'statistics') return statistics[value] ?? 'not offered';
  const spelling = known[canonical];
  if (spelling === undefined) return null;
  if (spelling.name === null) return 'no such argument';
  if (!parameters.some((parameter) => parameter === canonical)) return spelling.name;
  return `${spelling.name}=${convert(spelling.conversion, canonical, value)}`;
}

function convert(conversion: string, name: string, value: string): string {
  if (name === 'affine') return value === 'true' ? 'True' : 'False';
  if (value === 'cumulative') return 'None';
  return conversion === 'complement' ? String(Number((1 - Number(value)).toPrecision(12))) : value;
}
