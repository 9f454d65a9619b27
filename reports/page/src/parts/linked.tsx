/** A text of others, whose addresses can be followed. Nothing is loaded until somebody does. */
export function Linked({ text }: { readonly text: string }) {
  const parts = text.split(/(https:\/\/[^\s),;]+)/);
  return <span class="linked">{parts.map((part, i) => (i % 2 === 1 ? <a key={i} href={part} rel="noreferrer">{part}</a> : part))}</span>;
}
