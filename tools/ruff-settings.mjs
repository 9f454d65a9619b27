const noFileNames = 'ruff.toml: per-file-ignores has no effect here, because files are checked without their names; use noqa with a reason';

/**
 * Reads the part of TOML that ruff.toml uses: comments, tables, and keys whose values are also JSON but for trailing
 * commas. Whatever else it meets is an error, so that no setting is ever dropped in silence.
 *
 * @param {string} text
 * @returns {Record<string, unknown>}
 */
export function parseSettings(text) {
  /** @type {Record<string, unknown>} */
  const settings = {};
  let table = settings;
  for (const line of logicalLines(text)) {
    const heading = /^\[([\w.-]+)\]$/.exec(line);
    if (heading?.[1] !== undefined) table = openTable(settings, heading[1]);
    else setKey(table, line);
  }
  return settings;
}

/**
 * Lines without comments; an array that spans several lines is one.
 *
 * @param {string} text
 */
function logicalLines(text) {
  /** @type {string[]} */
  const lines = [];
  for (const line of text.split('\n').map(withoutComment).filter((line) => line !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && isOpen(last)) lines[lines.length - 1] = `${last} ${line}`;
    else lines.push(line);
  }
  return lines;
}

/** @param {string} line */
function withoutComment(line) {
  return (/^(?:"[^"]*"|[^"#])*/.exec(line)?.[0] ?? '').trim();
}

/** @param {string} line */
function isOpen(line) {
  return /=\s*\[/.test(line) && !line.endsWith(']');
}

/**
 * @param {Record<string, unknown>} settings
 * @param {string} path
 */
function openTable(settings, path) {
  let table = settings;
  if (path.endsWith('per-file-ignores')) throw new Error(noFileNames);
  for (const name of path.split('.')) table = /** @type {Record<string, unknown>} */ (table[name] ??= {});
  return table;
}

/**
 * @param {Record<string, unknown>} table
 * @param {string} line
 */
function setKey(table, line) {
  const [, key, value] = /^([\w-]+)\s*=\s*(.+)$/.exec(line) ?? [];
  if (key === undefined || value === undefined) throw new Error(`ruff.toml: cannot read '${line}'`);
  if (key.endsWith('per-file-ignores')) throw new Error(noFileNames);
  try {
    table[key] = JSON.parse(value.replace(/,\s*\]$/, ']'));
  } catch (cause) {
    throw new Error(`ruff.toml: cannot read the value of '${key}': ${value}`, { cause });
  }
}
