import { fc } from '@fast-check/vitest';
import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { hostileTexts } from '../spec/hostile-document.fixture.ts';
import { UserError } from '../spec/user-error.ts';
import { at, type Edit, edits, survive } from '../tensor/hostile.fixture.ts';
import { claimsCommand } from './claims.ts';
import { completionCommand } from './completion.ts';
import { diffCommand } from './diff.ts';
import { doctorCommand } from './doctor.ts';
import { envsCommand } from './envs.ts';
import { fuzzCommand } from './fuzz.ts';
import { judgeCommand } from './judge.ts';
import { knownCommand } from './known.ts';
import { listCommand } from './list.ts';
import { mergeCommand } from './merge.ts';
import { reportCommand } from './report.ts';
import { reproduceCommand } from './reproduce.ts';
import { runCommand } from './run.ts';
import { scoreCommand } from './score.ts';
import { showCommand } from './show.ts';

const commands = [runCommand(), listCommand(), showCommand(), claimsCommand(), reportCommand(), mergeCommand(), diffCommand(), judgeCommand(), reproduceCommand(), knownCommand(), scoreCommand(), fuzzCommand(), doctorCommand(), envsCommand(), completionCommand(() => [])].map(harmless);

/** Takes its words, and does nothing with them; throws where it would print and leave. */
function harmless(command: Command): Command {
  for (const below of command.commands) harmless(below);
  return command.action(() => {}).exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
}

const values = ['smoke', 'pytorch', 'pytorch@2.13.0', 'pytorch=/usr/bin/python3', '1', '20', '1/4', 'html,csv', 'a/**', 'x.npy', 'BatchNorm2d', 'eps=1e-3', 'bash', 'create', 'reports/latest'];

/** Flags of a command and of those below it, with words that may be theirs. */
function wordsOf(command: Command): readonly string[] {
  const flags = [command, ...command.commands].flatMap(({ options }) => options.flatMap(({ long }) => long ?? []));
  return [...flags, ...values, ...command.commands.map((below) => below.name())];
}

function argumentsOf(words: readonly string[], chosen: readonly Edit[], places: readonly number[]): readonly string[] {
  const valid = places.map((place) => at(words, place));
  return chosen.reduce<readonly string[]>((list, [kind, place, choice]) => {
    const index = place % (list.length + 1);
    const hostile = at(hostileTexts, choice);
    const changed = at([[hostile], [`${at(words, choice)}=${hostile}`], [`--${hostile}`], [list[index] ?? '', list[index] ?? ''], [], ['--', hostile], [`-${hostile}`]], kind);
    return [...list.slice(0, index), ...changed, ...list.slice(index + 1)];
  }, valid);
}

/** Whatever was taken is a number that is one, a text, a switch, or lists and maps of such. */
function requirePlain(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`an option that is ${String(value)}`);
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(requirePlain);
}

describe('the command line', () => {
  it('property: every verb refuses its words in one message, or takes what they say', async () => {
    const inputs = fc.tuple(fc.constantFrom(...commands), fc.array(fc.nat(), { maxLength: 6 }), edits, fc.boolean()).map(([command, places, chosen, plain]) => ({ command, words: argumentsOf(wordsOf(command), plain ? [] : chosen, places) }));
    const tally = await survive({
      name: 'command line, every verb', inputs, refusals: [CommanderError, UserError],
      read: async ({ command, words }) => {
        await command.parseAsync([...words], { from: 'user' });
        for (const each of [command, ...command.commands]) requirePlain(each.opts());
      },
    });
    expect([tally.refused > tally.tried / 20, tally.read > tally.tried / 50]).toEqual([true, true]);
  }, 600_000);
});
