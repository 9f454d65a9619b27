import type { ComponentChildren } from 'preact';

/** A wide table scrolls in its own box, by keyboard too. */
export function ScrollBox({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  // a box that scrolls must take the focus: nothing inside may do so
  return <div class="scroll" role="group" aria-label={label} tabIndex={0}>{children}</div>;
}
