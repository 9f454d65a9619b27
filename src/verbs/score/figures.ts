import type { Rule } from '../../spec/generated/rules.ts';
import type { Score, ScoredFault } from './score.ts';

/** One figure of the score, as `score --json` prints it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly target: string;
  readonly met: boolean;
}

const undecided: readonly (string | undefined)[] = ['unexplained', 'ambiguous'];

/** The figures by which the harness judges itself. */
export function figuresOf(score: Score, rules: readonly Rule[]): readonly Figure[] {
  const { faults, honest, pairs, axes } = score;
  const killed = faults.filter(({ killers }) => killers.length > 0);
  const share = (part: number, whole: number): number => Math.floor((1000 * part) / Math.max(1, whole)) / 10;
  const open = rulesWithoutFault(score, rules);
  return [
    atLeast('faults in the zoo', faults.length, 80),
    atLeast('distinct signatures', new Set(killed.map(({ signature }) => signature)).size, 60),
    atLeast(`faults killed by ${score.suite}, %`, share(killed.length, faults.length), 100),
    atLeast('faults killed by smoke, %', share(faults.filter(({ killedBySmoke }) => killedBySmoke).length, faults.length), 90),
    atMost(`false alarms on ${String(honest.length)} honest implementations, cases`, honest.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0), 0),
    atMost('rules without a fault that is reported under them', open.length, 0),
    atMost('axes that earn nothing', axes.filter(({ missed }) => missed.length === 0).length, 0),
    atMost('faults with a wrong cause', faults.filter(({ wrongCauses }) => wrongCauses.length > 0).length, 0),
    atMost('faults unexplained or ambiguous, %', share(killed.filter(({ fared }) => undecided.includes(fared.first?.cause)).length, killed.length), 5),
    atMost(`pairs with a wrong cause, of ${String(pairs.length)}`, pairs.filter(({ wrong }) => wrong.length > 0).length, 0),
  ];
}

function atLeast(name: string, value: number, target: number): Figure {
  return { name, value, target: `≥ ${String(target)}`, met: value >= target };
}

function atMost(name: string, value: number, target: number): Figure {
  return { name, value, target: target === 0 ? '0' : `≤ ${String(target)}`, met: value <= target };
}

/** Rules in force that no fault's first finding is reported under. */
export function rulesWithoutFault({ faults }: Score, rules: readonly Rule[]): readonly string[] {
  const reported = new Set(faults.map(({ fared }) => fared.first?.rule));
  return rules.filter(({ id, level }) => level !== 'unspecified' && !reported.has(id)).map(({ id }) => id);
}

/** Faults that nothing kills. */
export function survivorsOf({ faults }: Score): readonly ScoredFault[] {
  return faults.filter(({ killers }) => killers.length === 0);
}
