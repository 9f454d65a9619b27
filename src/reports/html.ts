import { printable } from './printable.ts';

/** Markup that is safe to put into a page. */
export interface Html {
  readonly markup: string;
}

type HtmlValue = string | number | Html | readonly Html[];

/** A template whose strings and numbers are escaped, whatever they hold; only `Html` goes in as it is. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { markup: parts.map((part, index) => `${part}${index < values.length ? markupOf(values[index] ?? '') : ''}`).join('') };
}

/** No markup. */
export const nothing: Html = { markup: '' };

function markupOf(value: HtmlValue): string {
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for content and for attributes in quotes; control characters are left out. */
export function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** A case id that may break after its slashes. */
export function idHtml(id: string): Html {
  return { markup: `<span class="id">${id.split('/').map(escapeHtml).join('/<wbr>')}</span>` };
}
