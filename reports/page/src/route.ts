import { useEffect, useState } from 'preact/hooks';

/** The views, in the order of the navigation. `case` is reached from the others. */
export const views = ['overview', 'findings', 'matrix', 'cases', 'accuracy', 'coverage', 'compare', 'power', 'claims'] as const;
export type View = (typeof views)[number] | 'case';

/** What the address asks for: `#/cases?status=violates`. */
export interface Route {
  readonly view: View;
  readonly query: URLSearchParams;
}

function parseHash(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const view = path === 'case' ? 'case' : views.find((known) => known === path) ?? 'overview';
  return { view, query: new URLSearchParams(query) };
}

export function hrefOf(view: View, query: URLSearchParams | Readonly<Record<string, string>> = {}): string {
  const text = (query instanceof URLSearchParams ? query : new URLSearchParams(query)).toString();
  return text === '' ? `#/${view}` : `#/${view}?${text}`;
}

/** Follows the address. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseHash(location.hash));
  useEffect(() => {
    const follow = (): void => setRoute(parseHash(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}

/** Goes to an address; `replace` leaves no step behind, as for each letter of a search. */
export function go(href: string, { replace = false } = {}): void {
  if (!replace) location.hash = href;
  else {
    history.replaceState(null, '', href);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }
}
