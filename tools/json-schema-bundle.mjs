import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** @typedef {{ readonly [key: string]: unknown, readonly $id: string, readonly title: string, readonly definitions?: Readonly<Record<string, unknown>> }} Schema */

/**
 * All schemas of some folders, by `$id`.
 *
 * @param {string} root
 * @param {readonly string[]} folders
 * @returns {Map<string, Schema>}
 */
export function loadSchemas(root, folders) {
  const paths = folders.flatMap((folder) => readdirSync(join(root, folder)).sort().map((name) => join(root, folder, name)));
  return new Map(paths.map((path) => {
    /** @type {unknown} */
    const value = JSON.parse(readFileSync(path, 'utf8'));
    const schema = /** @type {Schema} */ (value);
    return [schema.$id, schema];
  }));
}

/**
 * The schema with every definition of another schema that it refers to copied in, because the type generator follows files
 * and not `$id`s.
 *
 * @param {Schema} schema
 * @param {ReadonlyMap<string, Schema>} all
 * @returns {Schema}
 */
export function bundle(schema, all) {
  /** @type {Record<string, unknown>} */
  const definitions = {};
  /** @type {(value: unknown, home: Schema) => unknown} */
  const copy = (value, home) => {
    if (Array.isArray(value)) return value.map((item) => copy(item, home));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(/** @type {Record<string, unknown>} */ (value)).map(([key, item]) => [key, key === '$ref' ? include(String(item), home) : copy(item, home)]));
  };
  /** @type {(reference: string, home: Schema) => string} */
  const include = (reference, home) => {
    const { target, name } = resolve(reference, home, all);
    if (target !== schema && !(name in definitions)) {
      if (name in (schema.definitions ?? {})) throw new Error(`${schema.$id} and ${target.$id} both define '${name}'`);
      definitions[name] = null; // reserves the name while the definition refers to itself
      definitions[name] = copy(target.definitions?.[name], target);
    }
    return `#/definitions/${name}`;
  };
  const { definitions: own = {}, ...rest } = schema;
  const copied = /** @type {Schema} */ (copy(rest, schema));
  const copiedOwn = /** @type {Record<string, unknown>} */ (copy(own, schema));
  return { ...copied, definitions: { ...definitions, ...copiedOwn } };
}

/**
 * @param {string} reference
 * @param {Schema} home
 * @param {ReadonlyMap<string, Schema>} all
 */
function resolve(reference, home, all) {
  const [file = '', pointer = ''] = reference.split('#');
  const id = file === '' ? home.$id : posix.normalize(home.$id.replace(/[^/]*$/, file));
  const name = pointer.replace('/definitions/', '');
  const target = all.get(id);
  if (target?.definitions?.[name] === undefined) throw new Error(`${home.$id} refers to '${reference}', which does not exist (references are relative: 'suite#…', not 'schemas/suite#…')`);
  return { target, name };
}
