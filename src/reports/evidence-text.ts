import type { Evidence } from './run.ts';
import { formatRatio, plural } from './numbers.ts';
import { printable } from './printable.ts';

const checkNames: Readonly<Record<Evidence['check'], string>> = {
  'fresh-process': 'again in a fresh process', 'exact-oracle': 'exact oracle', 'module-form': 'module form', 'functional-form': 'functional form',
  contiguous: 'contiguous', 'channels-last': 'channels-last', transposed: 'transposed', strided: 'strided', threads: 'other threads',
};

const outcomeNames: Readonly<Record<Evidence['outcome'], string>> = {
  'same-bits': 'same bits', 'other-bits': 'other bits', 'deviates-again': 'deviates again', 'deviates-too': 'deviates too',
  'deviates-otherwise': 'deviates otherwise', conforms: 'conforms', 'not-reproduced': 'not reproduced: an earlier case of the process, or chance, made it',
  'reference-right': 'reference right', 'reference-wrong': 'REFERENCE WRONG', 'not-applicable': 'not applicable', 'no-answer': 'no answer',
};

/** A framework's own words are cut here; they stand whole in run.ndjson. */
const longestDetail = 120;

/**
 * One line on how the smallest case of a finding was looked into; none where it was not. Neighbours with one outcome share it.
 *
 *     evidence: again in a fresh process: same bits · exact oracle: reference right (3e-6 of the bound) · strided, 2 threads: deviates too
 */
export function describeEvidence(evidence: readonly Evidence[]): readonly string[] {
  const groups: { names: string; outcome: string }[] = [];
  for (const each of evidence) {
    const [name, outcome] = [nameOf(each), describeOutcome(each)];
    const last = groups.at(-1);
    if (last?.outcome === outcome) last.names += `, ${name}`;
    else groups.push({ names: name, outcome });
  }
  return groups.length === 0 ? [] : [`evidence: ${groups.map(({ names, outcome }) => `${names}: ${outcome}`).join(' · ')}`];
}

/** What a finding's status reads instead when its reference is not the exact value; null when nothing speaks against it. */
export function harnessError(evidence: readonly Evidence[]): string | null {
  return evidence.some(({ outcome }) => outcome === 'reference-wrong') ? 'harness error: the reference is outside a thousandth of the bound' : null;
}

function nameOf({ check, threads }: Evidence): string {
  return threads === undefined ? checkNames[check] : plural(threads, 'thread');
}

function describeOutcome({ outcome, share, detail }: Evidence): string {
  const notes = [...(share === undefined ? [] : [formatShare(share)]), ...(detail === undefined ? [] : [shorten(detail)])];
  return notes.length === 0 ? outcomeNames[outcome] : `${outcomeNames[outcome]} (${notes.join('; ')})`;
}

function formatShare(share: number): string {
  if (share === 0) return 'exact';
  return share < 0.01 ? `${share.toExponential(0)} of the bound` : `${formatRatio(share)} × the bound`;
}

function shorten(detail: string): string {
  const line = printable(detail).replaceAll(/\s+/g, ' ').trim();
  return line.length <= longestDetail ? line : `${line.slice(0, longestDetail)}…`;
}
