type Variables = Readonly<Record<string, string | undefined>>;

const inherited =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.+|TZ|TMPDIR|TMP|TEMP|XDG_.+|LD_LIBRARY_PATH|LD_PRELOAD|DYLD_.+|OMP_.+|GOMP_.+|KMP_.+|MKL_.+|OPENBLAS_.+|ONEDNN_.+|DNNL_.+|CUDA_.+|NVIDIA_.+|CUBLAS_.+|CUDNN_.+|ASCEND_.+|GLOG_.+|TORCH_.+|MS_.+|DEVICE_ID|RANK_.+)$/;

const fixed: Variables = {
  PYTHONDONTWRITEBYTECODE: '1', // runner folders may be read-only
  PYTHONFAULTHANDLER: '1', // a crash leaves a traceback on stderr
  PYTHONHASHSEED: '0',
  PYTHONUNBUFFERED: '1', // stderr is whole when the process dies
  PYTHONUTF8: '1',
};

/** Names what else is handed on: names, and beginnings of names that end in `*`, set apart by commas. */
const ownList = 'BN_CONFORMANCE_ENV';

/** Whether the user's own list names a variable. */
function isListed(list: string, name: string): boolean {
  return list.split(',').map((word) => word.trim()).some((word) => (word.endsWith('*') ? word.length > 1 && name.startsWith(word.slice(0, -1)) : word === name));
}

/**
 * Variables of a runner process: those that decide where programs, libraries, devices and threads are, and nothing else, so that
 * two users' runs see the same Python; and those that `BN_CONFORMANCE_ENV` lists.
 *
 * @param extra  added last; an undefined value removes a variable
 */
export function childEnvironment(own: Variables, extra: Variables = {}): Record<string, string> {
  const kept = Object.entries(own).filter(([name]) => inherited.test(name) || isListed(own[ownList] ?? '', name));
  const merged: Variables = { ...Object.fromEntries(kept), ...fixed, ...extra };
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
