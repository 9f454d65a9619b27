import type { Rule } from '../../spec/generated/rules.ts';
import { type Figure, rulesWithoutFault, survivorsOf } from './figures.ts';
import type { Score, ScoredFault } from './score.ts';
import { tolerances } from './tolerances.ts';

/** The score as a person reads it: the figures, each fault, and what is left to do. */
export function formatScore(score: Score, figures: readonly Figure[], rules: readonly Rule[]): string {
  return [
    `${score.suite}: ${String(score.cases)} cases against ${String(score.faults.length)} faults and ${String(score.honest.length)} honest implementations`,
    '', ...figures.map(({ name, value, target, met }) => `${met ? 'met   ' : 'MISSED'}  ${name}: ${String(value)} (target ${target})`),
    '', 'fault: rule that it breaks → first finding; killing cases; smallest',
    ...score.faults.map(formatFault),
    '', 'honest implementations',
    ...score.honest.map(({ miniature, fared, falseAlarms }) => `  ${miniature.name}: ${String(falseAlarms.length)} false alarms, ${String(fared.inaccurate.size)} inaccurate of ${String(fared.planned)}${falseAlarms[0] === undefined ? '' : `, such as ${falseAlarms[0]}`}`),
    '', 'axes: what would be missed without them, all cases at the value named',
    ...score.axes.map(({ axis, left, missed }) => `  ${axis}=${left}: ${String(missed.length)} missed${missed.length === 0 ? '' : `, such as ${missed.slice(0, 3).join(', ')}`}`),
    '', ...formatOpen(score, rules),
    'what people use instead', ...toleranceRows(score).map((row) => `  ${row.join('  ')}`), '',
  ].join('\n');
}

function formatFault({ fault, fared, killers, smallest, killedBySmoke, wrongCauses }: ScoredFault): string {
  const found = fared.first === null ? 'nothing' : `${fared.first.rule} ${fared.first.cause}`;
  const wrong = wrongCauses.length === 0 ? '' : `; WRONG CAUSE ${wrongCauses.join(', ')}`;
  return `  ${fault.name}: ${fault.breaks} → ${found}; ${String(killers.length)}${killedBySmoke ? '' : ' (not in smoke)'}; ${smallest ?? '-'}${wrong}`;
}

function formatOpen(score: Score, rules: readonly Rule[]): readonly string[] {
  const lines = [
    ['survivors', survivorsOf(score).map(({ fault }) => fault.name)] as const,
    ['rules without a fault', rulesWithoutFault(score, rules)] as const,
    ['pairs with a wrong cause', score.pairs.filter(({ wrong }) => wrong.length > 0).map(({ pair, wrong }) => `${pair.map(({ name }) => name).join('+')} → ${wrong.join(', ')}`)] as const,
  ];
  return lines.flatMap(([title, entries]) => (entries.length === 0 ? [] : [title, ...entries.map((entry) => `  ${entry}`), '']));
}

/** Each way of comparing: name, faults killed, honest implementations accused, honest cases rejected. */
export function toleranceRows({ faults, honest }: Score): readonly (readonly [string, string, string, string])[] {
  const numeric = faults.filter(({ fared }) => fared.showsInNumbers);
  const cases = honest.reduce((sum, { fared }) => sum + fared.planned, 0);
  const row = (name: string, kills: number, accused: number, rejected: number) => (
    [name, `${String(kills)} of ${String(numeric.length)}`, `${String(accused)} of ${String(honest.length)}`, `${rejected.toLocaleString('en')} of ${cases.toLocaleString('en')}`] as const
  );
  const alarms = honest.filter(({ falseAlarms }) => falseAlarms.length > 0);
  return [
    ['way of comparing', 'faults killed', 'honest accused', 'honest cases rejected'],
    row('derived bounds (this harness)', numeric.filter(({ killers }) => killers.length > 0).length, alarms.length, alarms.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0)),
    ...tolerances.map(({ name }, i) => row(
      name, numeric.filter(({ fared }) => (fared.rejectedBy[i] ?? 0) > 0).length,
      honest.filter(({ fared }) => (fared.rejectedBy[i] ?? 0) > 0).length, honest.reduce((sum, { fared }) => sum + (fared.rejectedBy[i] ?? 0), 0),
    )),
  ];
}
