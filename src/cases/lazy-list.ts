/**
 * A list whose items are made whenever they are read, for lists of so many that objects for all of them would be much of the memory.
 *
 * It looks like any list that cannot be changed. An item is another object each time.
 *
 * @param make  the item of a place, equal each time
 */
export function lazyList<T>(length: number, make: (place: number) => T): readonly T[] {
  const places: T[] = [];
  places.length = length;
  return new Proxy<readonly T[]>(places, {
    get: (target, key, self) => (isPlace(key, length) ? make(Number(key)) : (Reflect.get(target, key, self) as unknown)),
    has: (target, key) => isPlace(key, length) || Reflect.has(target, key),
    ownKeys: () => [...Array.from({ length }, (_, place) => String(place)), 'length'],
    getOwnPropertyDescriptor: (target, key) => (
      isPlace(key, length) ? { value: make(Number(key)), writable: false, enumerable: true, configurable: true } : Reflect.getOwnPropertyDescriptor(target, key)
    ),
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
}

function isPlace(key: string | symbol, length: number): key is string {
  return typeof key === 'string' && /^(?:0|[1-9]\d*)$/.test(key) && Number(key) < length;
}
