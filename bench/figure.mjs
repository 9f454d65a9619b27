import { spreadOf } from './ratios.mjs';

/** @import { Spread } from './ratios.mjs' */

/**
 * What the bench measured, and what it is to be.
 *
 * @typedef {object} Figure
 * @property {string} name
 * @property {number} value   median of the values
 * @property {number} target  the value is to be at most this, or at least
 * @property {boolean} atLeast
 * @property {'' | ' s' | ' MB'} unit  none for a ratio
 * @property {boolean} met
 * @property {readonly number[]} values  one per pair, or one measurement
 * @property {Spread} spread
 * @property {string} about  how large the measurement was
 */

/**
 * @param {string} name
 * @param {number} target
 * @param {readonly number[]} values
 * @param {string} about
 * @param {{ readonly unit?: Figure['unit'], readonly atLeast?: boolean }} [how]
 * @returns {Figure}
 */
export function figure(name, target, values, about, { unit = '', atLeast = false } = {}) {
  const spread = spreadOf(values);
  const value = spread.median;
  return { name, value, target, atLeast, unit, met: atLeast ? value >= target : value <= target, values, spread, about };
}

/** Without the rounding of a table: a row is met by what was measured. @param {number} value */
export function digits(value) {
  return value < 100 ? value.toFixed(3) : value.toFixed(0);
}
