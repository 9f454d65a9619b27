import type { ComponentChildren } from 'preact';

export type Fact = readonly [term: string, description: ComponentChildren];

/** Terms and descriptions; what is empty is left out. */
export function Facts({ facts, rows = false }: { readonly facts: readonly Fact[]; readonly rows?: boolean }) {
  const shown = facts.filter(([, description]) => description !== null && description !== '');
  return <dl class={rows ? 'facts rows' : 'facts'}>{shown.map(([term, description]) => <div key={term}><dt>{term}</dt><dd>{description}</dd></div>)}</dl>;
}
