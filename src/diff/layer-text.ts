import type { Case, LayerConfig } from '../cases/case.ts';
import type { Dialect } from '../spec/dialect.ts';
import type { LayerText } from '../spec/generated/dialect.ts';

/**
 * What a layer prints of itself at a step, by the template of its dialect (BN-ERR-04).
 *
 * @returns null where the dialect states no text of the layer, or has no spelling of its row
 */
export function expectedText({ layer, config, program }: Case, step: number, dialect: Dialect): string | null {
  const stated = (dialect.texts ?? []).find(({ layers }) => layers.includes(layer));
  const changes = program.slice(0, step).flatMap((one) => (one.op === 'configure' ? [one.set] : []));
  const own = changes.reduce<LayerConfig>((before, change) => ({ ...before, ...change }), config);
  const row = own.statistics === 'paused' ? null : dialect.statistics[own.statistics].spelling;
  if (stated === undefined || row === null) return null;
  const words = new Map(Object.entries({ ...wordsOf(stated, own, row, dialect), class: dialect.layers[layer].split('.').at(-1) ?? layer }));
  return stated.template.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => words.get(name) ?? placeholder);
}

function wordsOf({ types = {} }: LayerText, config: LayerConfig, row: string, { parameters }: Dialect) {
  const { numFeatures, eps, momentum, affine, frozen = false, scaleOnly = false, dtype } = config;
  const weight = momentum !== null && parameters.momentum.conversion === 'complement' ? 1 - momentum : momentum;
  return {
    numFeatures: String(numFeatures), eps: pythonFloat(eps), momentum: weight === null ? 'None' : pythonFloat(weight),
    affine: pythonFlag(affine), bias: pythonFlag(affine && !scaleOnly), trained: pythonFlag(affine && !frozen),
    statistics: row.slice(row.indexOf('=') + 1), dtype: types[dtype] ?? dtype,
  };
}

function pythonFlag(value: boolean): string {
  return value ? 'True' : 'False';
}

/** As repr() writes a float: the shortest digits that are it, an exponent below 1e-4 and from 1e16 on. */
export function pythonFloat(value: number): string {
  const [digits = '', power = ''] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent > 15) return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return Number.isInteger(value) ? `${String(value)}.0` : String(value);
}
