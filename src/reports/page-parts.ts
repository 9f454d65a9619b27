import type { Status } from '../diff/verdict.ts';
import { type Html, html } from './html.ts';
import { paintOf } from './paint.ts';

/** Class of a status: the colour comes with it, the word always stands beside it. */
export function statusClass(status: Status): string {
  return status === 'known' || status === 'documented' ? 'known' : paintOf(status);
}

export function chip(status: Status): Html {
  return html`<span class="chip ${statusClass(status)}">${status}</span>`;
}

/** A wide table scrolls in its own box, by keyboard too. */
export function scrollBox(label: string, content: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}

/** Term and description. */
export function fact(term: string, description: string | Html, wide = false): Html {
  return html`<div${wide ? html` class="wide"` : ''}><dt>${term}</dt><dd>${description}</dd></div>
`;
}

/** `850 ms`, `1.5 s`, `2 min 3 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${String(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`;
  return `${String(Math.floor(durationMs / 60_000))} min ${String(Math.floor((durationMs % 60_000) / 1000))} s`;
}
