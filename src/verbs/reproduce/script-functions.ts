import type { Status } from '../../diff/verdict.ts';

const numbersFunction = `
def numbers(text: str) -> np.ndarray:
    """Hexadecimal floats, exactly."""
    return np.array([float.fromhex(word) for word in text.split()], 'float64')
`.trim();

const largeFunction = `
def numbers(text: str) -> np.ndarray:
    """Hexadecimal floats, exactly; @from:to are those of the file beside the script."""
    if text.startswith('@'):
        first, end = text[1:].split(':')
        return LARGE[int(first) : int(end)]
    return np.array([float.fromhex(word) for word in text.split()], 'float64')
`.trim();

const acceptedFunction = `
def accepted(got: float, expected: float, low: float, bound: float, other: float, largest: float) -> bool:
    """Within BOUND of expected + low; another accepted result is the overflowed one."""
    if np.isnan(expected) or np.isnan(got):
        return bool(np.isnan(expected) and np.isnan(got))
    if got in (expected, other):
        return True
    if np.isinf(expected):
        return False
    if np.isinf(got):
        return bool(expected * np.sign(got) + (bound if np.isfinite(bound) else 0.0) > largest)
    return abs(got - expected - low) <= bound
`.trim();

const checkFunctions = `
def check(
    name: str, value: object, form: str, expected: str, bound: str, largest: float, low: str = '', other: str = ''
) -> None:
    """Prints one observable, and keeps it in mind where it deviates."""
    got = GOT[name] = numpy_of(value).ravel()
    exact, bounds = numbers(expected), numbers(bound)
    others = numbers(other) if other else np.full(exact.shape, np.nan)
    lows = numbers(low) if low else np.zeros(exact.shape)
    same_size = got.size == exact.size
    right = [accepted(*each, largest) for each in zip(got, exact, lows, bounds, others)] if same_size else [False]
    bad = [i for i, fine in enumerate(right) if not fine]
    given = f'{str(value.dtype).split(".")[-1].lower()} {tuple(value.shape)}'
    print(f'{name}: {"DEVIATES" if bad or given != form else "ok"}')
    if given != form:
        print(f'  expected {form}, got {given}')
    for i in bad[:8] or range(min(exact.size, 4)):
        print(f'  [{i}] expected {float(exact[i])!r} within {bounds[i]:.3g}, got {float(got[i]) if same_size else got!r}')
    if bad or given != form:
        WRONG.append(name)


def keep(name: str, value: object) -> object:
    """The operand, whose values no call may change."""
    KEPT[name] = numpy_of(value)
    return value


def check_kept(step: str, name: str, value: object) -> None:
    """Prints an operand that a call has changed."""
    if not np.array_equal(KEPT[name], numpy_of(value), equal_nan=True):
        print(f'{step}: {name}: DEVIATES: the call has changed its operand')
        WRONG.append(name)


def check_same(name: str, got: object, expected: object) -> None:
    """Prints something that is one value."""
    GOT[name] = np.array(got)
    print(f'{name}: {"ok" if got == expected else "DEVIATES"}: expected {expected!r}, got {got!r}')
    if got != expected:
        WRONG.append(name)
`.trim();

/** Functions of every script. They compare as the harness judges: within the bound, NaN equal to NaN, the overflowed result where that is allowed. */
export function sharedFunctions(status: Status, isLarge: boolean): string {
  return [!isLarge ? numbersFunction : largeFunction, acceptedFunction.replace('BOUND', status === 'inaccurate' ? 'what a stable summation may lose' : 'what the working precision may lose'), checkFunctions].join('\n\n\n');
}
