import { type Status, statuses } from '../../../../src/diff/verdict.ts';
import { formatCount } from '../../../../src/reports/numbers.ts';
import { toneOf } from '../data/status.ts';

interface Segment {
  readonly status: Status;
  readonly count: number;
}

export function segmentsOf(counts: ArrayLike<number>): readonly Segment[] {
  return statuses.map((status, i) => ({ status, count: counts[i] ?? 0 })).filter(({ count }) => count > 0);
}

export function describeCounts(counts: ArrayLike<number>): string {
  return segmentsOf(counts).map(({ status, count }) => `${formatCount(count)} ${status}`).join(', ');
}

/** Shares as a bar. What occurs at all gets a visible sliver. */
export function Bar({ counts }: { readonly counts: ArrayLike<number> }) {
  const segments = segmentsOf(counts);
  return (
    <div class="bar" role="img" aria-label={describeCounts(counts)}>
      {segments.map(({ status, count }) => <span key={status} class={toneOf(status)} style={{ flexGrow: count }} />)}
    </div>
  );
}
