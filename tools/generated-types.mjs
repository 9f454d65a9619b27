import { compile } from 'json-schema-to-typescript';
import { bundle, loadSchemas } from './json-schema-bundle.mjs';

/**
 * TypeScript types of every schema: `schemas/rules` → `rules.ts`, `protocol/run` → `protocol-run.ts`.
 *
 * @param {string} specFolder
 * @returns {Promise<ReadonlyMap<string, string>>} file name → text
 */
export async function generateTypes(specFolder) {
  const schemas = loadSchemas(specFolder, ['schemas', 'protocol']);
  const files = await Promise.all([...schemas.values()].map(async (schema) => /** @type {[string, string]} */ ([fileName(schema.$id), await generate(bundle(schema, schemas))])));
  return new Map(files);
}

/** @param {string} id */
function fileName(id) {
  return `${id.replace('schemas/', '').replace('/', '-')}.ts`;
}

/** @param {import('./json-schema-bundle.mjs').Schema} schema */
async function generate(schema) {
  const bannerComment = `/* Generated from spec/${schema.$id}.schema.json by npm run generate. */`;
  const text = await compile(/** @type {import('json-schema-to-typescript').JSONSchema} */ (schema), schema.title, { bannerComment, additionalProperties: false, ignoreMinAndMaxItems: true, style: { singleQuote: true, printWidth: 140 } });
  return `${text.trim()}\n`;
}
