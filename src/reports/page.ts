import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../spec/package-root.ts';
import { UserError } from '../spec/user-error.ts';
import type { RuleTitles } from './failure-text.ts';
import { escapeHtml } from './html.ts';
import { type PageExtras, pageData, pageValues } from './page-block.ts';
import { fallbackOf } from './page-fallback.ts';
import { jsonPieces } from './json-pieces.ts';
import { printable } from './printable.ts';
import type { Run } from './run.ts';
import { gateOf } from './summary.ts';

/** Where `npm run build` puts the page without data. */
const templatePath = join(packageRoot, 'dist', 'page', 'index.html');

/**
 * The report as one file that works offline: no request leaves it, and its policy lets nothing run but its own style and script.
 *
 * @param titles  title of each rule, by id
 * @param extras  what belongs on the page and is not in the run
 * @returns the text in pieces
 * @throws {UserError} PAGE_NOT_BUILT
 */
export function reportPage(run: Run, titles: RuleTitles, extras: PageExtras = {}): Generator<string, undefined> {
  const template = readTemplate();
  const data = pageData(run, extras);
  return fillTemplate(template, {
    policy: () => [policyFor(template)],
    title: () => [escapeHtml(`bn-conformance: ${run.header.suite}, gate ${gateOf(run).gate === 'pass' ? 'passed' : 'failed'}`)],
    data: () => scriptJson(data),
    values: () => scriptJson(pageValues(run, data)),
    fallback: () => [fallbackOf(data, run.header.cases, titles).markup],
  });
}

function readTemplate(): string {
  if (!existsSync(templatePath)) throw new UserError('PAGE_NOT_BUILT', `${templatePath} is missing`, 'npm run build makes it');
  return readFileSync(templatePath, 'utf8').replaceAll('\r\n', '\n'); // a browser hashes what it parsed, without carriage returns
}

/** JSON that no browser takes for markup; control characters are left out, as everywhere that people read. */
function* scriptJson(value: unknown): Generator<string, undefined> {
  for (const piece of jsonPieces(value, (_, each) => (typeof each === 'string' ? printable(each) : each))) yield piece.replaceAll('<', String.raw`\u003c`);
}

type Values = Readonly<Record<'policy' | 'title' | 'data' | 'values' | 'fallback', () => Iterable<string>>>;

/** The template is taken apart once, so that `%%data%%` within data stays text. */
function* fillTemplate(template: string, values: Values): Generator<string, undefined> {
  const parts = template.split(/%%(policy|title|data|values|fallback)%%/);
  const missing = Object.keys(values).filter((name) => !parts.some((part, i) => i % 2 === 1 && part === name));
  if (missing.length > 0) throw new Error(`${templatePath} has no place for ${missing.join(', ')}`);
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 0) yield part;
    else yield* values[part as keyof Values]();
  }
}

/** Allows each style and script of the template by its hash, and nothing else. */
function policyFor(template: string): string {
  const styles = [...template.matchAll(/<style[^>]*>([^]*?)<\/style>/g)].map(([, text]) => hashOf(text ?? ''));
  const scripts = [...template.matchAll(/<script type="module"[^>]*>([^]*?)<\/script>/g)].map(([, text]) => hashOf(text ?? ''));
  return `default-src 'none'; style-src ${styles.join(' ')}; script-src ${scripts.join(' ')}; img-src data:; base-uri 'none'; form-action 'none'`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
