import { InvalidArgumentError } from 'commander';
import type { ShardName } from '../cases/shard.ts';

/** Collects a repeatable option. */
export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

/** `ID=PATH`, repeatable. */
export function collectAssignment(value: string, previous: Readonly<Record<string, string>>): Record<string, string> {
  const at = value.indexOf('=');
  if (at < 1 || at === value.length - 1) throw new InvalidArgumentError(`expected ID=PATH, such as pytorch=/usr/bin/python3, got '${value}'`);
  return { ...previous, [value.slice(0, at)]: value.slice(at + 1) };
}

export function parseSeed(value: string): number {
  return parseWhole(value, 0);
}

export function parseCount(value: string): number {
  return parseWhole(value, 1);
}

/** `I/N`, the I-th of N parts. */
export function parseShard(value: string): ShardName {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (!(shard.index >= 1 && shard.index <= shard.count)) throw new InvalidArgumentError(`expected I/N, the I-th of N parts, such as 1/4, got '${value}'`);
  return shard;
}

function parseWhole(value: string, least: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least) throw new InvalidArgumentError(`expected a whole number of at least ${String(least)}, got '${value}'`);
  return number;
}
