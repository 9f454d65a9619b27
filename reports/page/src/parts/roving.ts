import { useEffect, useRef } from 'preact/hooks';

const steps: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1],
};

/**
 * One stop of the Tab key for a whole list or grid: arrows, Home and End move within it.
 *
 * Elements that take part carry `data-row` and `data-column`.
 */
export function useRoving<T extends HTMLElement>() {
  const box = useRef<T>(null);
  useEffect(() => {
    const items = itemsOf(box.current);
    const active = items.find((item) => item.tabIndex === 0 && item === document.activeElement) ?? items[0];
    for (const item of items) item.tabIndex = item === active ? 0 : -1;
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset['row'] === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const items = itemsOf(box.current);
    const next = event.key === 'Home' ? items[0] : event.key === 'End' ? items.at(-1) : neighbour(items, event.target, steps[event.key]);
    if (next === undefined) return;
    event.preventDefault();
    for (const item of items) item.tabIndex = item === next ? 0 : -1;
    next.focus();
  };
  return { ref: box, onKeyDown };
}

function itemsOf(box: HTMLElement | null): readonly HTMLElement[] {
  return box === null ? [] : [...box.querySelectorAll<HTMLElement>('[data-row]')];
}

/** The nearest element in a direction; empty cells are stepped over. */
function neighbour(items: readonly HTMLElement[], from: HTMLElement, step: readonly [number, number] | undefined): HTMLElement | undefined {
  if (step === undefined) return undefined;
  const [rows, columns] = step;
  const ahead = items.flatMap((item) => {
    const [down, right] = [at(item, 'row') - at(from, 'row'), at(item, 'column') - at(from, 'column')];
    const [along, across] = rows === 0 ? [right * columns, down] : [down * rows, right];
    return along > 0 && (rows !== 0 || across === 0) ? [{ item, distance: along * 1000 + Math.abs(across) }] : [];
  });
  return ahead.sort((a, b) => a.distance - b.distance)[0]?.item;
}

function at(item: HTMLElement, name: 'row' | 'column'): number {
  return Number(item.dataset[name] ?? 0);
}
