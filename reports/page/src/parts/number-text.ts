import { formatRatio } from '../../../../src/reports/numbers.ts';

/** Turns the words for what JSON cannot write back into numbers. */
export function numberOf(value: number | string | null): number {
  return value === null ? NaN : Number(value);
}

/** `6.2e4`, `∞`; `–` for none. */
export function ratioText(ratio: number | string): string {
  const value = Number(ratio);
  return Number.isNaN(value) || value < 0 ? '–' : formatRatio(value);
}

/** All digits of a value of a type, and no more. */
export function valueText(value: number | string, dtype: string): string {
  if (typeof value === 'string') return value;
  const digits = { float16: 5, bfloat16: 4, float32: 9 }[dtype] ?? 17;
  return String(Number(value.toPrecision(digits)));
}
