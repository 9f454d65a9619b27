/** A CPython that answered when it was run. */
export interface Interpreter {
  /** Path as it was found. */
  readonly path: string;
  /** Path that the interpreter gives itself, the same for all links and shims to it. */
  readonly executable: string;
  /** Full version, such as 3.11.7. */
  readonly version: string;
  /** Minor version, such as 3.11. */
  readonly minor: string;
  readonly implementation: string;
  /** Whether it can make virtual environments with pip inside (some distributions package that apart). */
  readonly makesEnvironments: boolean;
}

// Runs on Python 2 too, so that an old `python` is reported by its version and not as broken.
const question = `
import json, platform, sys
try:
    from importlib.util import find_spec
    able = all(find_spec(name) is not None for name in ("venv", "ensurepip"))
except ImportError:
    able = False
print(json.dumps([platform.python_version(), platform.python_implementation(), sys.executable, able]))
`;

const timeoutMs = 30_000;

/** Runs the interpreter and asks it what it is; undefined when it does not start or does not answer. */
export async function probeInterpreter(path: string): Promise<Interpreter | undefined> {
  const { execa } = await import('execa'); // a run whose environments are there never needs it
  const { stdout, failed } = await execa(path, ['-c', question], { reject: false, timeout: timeoutMs, stdin: 'ignore' });
  return failed ? undefined : parseAnswer(path, stdout);
}

function parseAnswer(path: string, rawAnswer: string): Interpreter | undefined {
  const [, version, minor, implementation, executable, able] =
    /\["((\d+\.\d+)[^"]*)", "([^"]+)", "([^"]+)", (true|false)\]\s*$/.exec(rawAnswer) ?? [];
  if (!version || !minor || !implementation || !executable) return undefined;
  return { path, executable, version, minor, implementation, makesEnvironments: able === 'true' };
}
