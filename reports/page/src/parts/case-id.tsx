import { hrefOf } from '../route.ts';

/** Segments of an id that say what is asked; the rest says with which values. */
const headSegments = 3;

/** An id that may break after its slashes, and nowhere else while there is room. */
export function CaseId({ id }: { readonly id: string }) {
  const parts = id.split('/');
  return <span class="id">{parts.map((part, i) => <span key={i} class={i < headSegments ? 'head-part' : 'axis-part'}>{part}{i < parts.length - 1 && <>/<wbr /></>}</span>)}</span>;
}

export function CaseLink({ id }: { readonly id: string }) {
  return <a class="case-link" href={hrefOf('case', { id })}><CaseId id={id} /></a>;
}
