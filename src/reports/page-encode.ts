import type { JsonNumber } from './page-data.ts';
import { formatRatio } from './numbers.ts';

/** Numbers texts, so that each is written once. */
export interface Interner {
  /** −1 for null. */
  readonly add: (text: string | null) => number;
  readonly all: () => readonly string[];
}

export function createInterner(): Interner {
  const indices = new Map<string, number>();
  return {
    add: (text) => {
      if (text === null) return -1;
      const known = indices.get(text);
      if (known !== undefined) return known;
      indices.set(text, indices.size);
      return indices.size - 1;
    },
    all: () => [...indices.keys()],
  };
}

export function jsonNumber(value: number): JsonNumber {
  return Number.isFinite(value) ? value : String(value) as JsonNumber;
}

export function jsonValue(value: number | string): number | string {
  return typeof value === 'number' ? jsonNumber(value) : value;
}

/** A ratio with the digits that people read: three, more just above 1. −1 stands for NaN, −2 for infinity. */
export function shortRatio(ratio: number): number {
  if (Number.isNaN(ratio)) return -1;
  return Number.isFinite(ratio) ? Number(formatRatio(ratio)) : -2;
}

/** So many significant digits: what a chart or a bound shows. */
export function rounded(value: number, digits: number): JsonNumber {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : jsonNumber(value);
}
