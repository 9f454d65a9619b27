/** Checks every Python file of runners/ by ruff with the settings of ruff.toml; needs no Python. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { parseSettings } from './ruff-settings.mjs';

/** @import { Diagnostic } from '@astral-sh/ruff-wasm-nodejs' */

const root = fileURLToPath(new URL('..', import.meta.url));

function pythonFiles() {
  const entries = readdirSync(join(root, 'runners'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith('.py')).map((entry) => relative(root, join(entry.parentPath, entry.name))).sort();
}

const settings = parseSettings(readFileSync(join(root, 'ruff.toml'), 'utf8'));
const workspace = new Workspace(settings, PositionEncoding.Utf32);
const files = pythonFiles();
const findings = files.flatMap((path) => {
  /** @type {unknown} */
  const checked = workspace.check(readFileSync(join(root, path), 'utf8'));
  const diagnostics = /** @type {Diagnostic[]} */ (checked);
  return diagnostics.map(({ start_location: { row, column }, code, message }) => `${path}:${row}:${column} ${code ?? 'syntax'} ${message}`);
});
for (const finding of findings) console.error(finding);
console.log(`python: ${files.length} files, ${findings.length} findings (ruff ${Workspace.version()})`);
if (files.length === 0 || findings.length > 0) exit(1);
