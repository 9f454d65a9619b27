import { readRules } from '../spec/rules.ts';
import { badgeOf } from './badge.ts';
import { ctrfJson } from './ctrf.ts';
import { discrepanciesCsv } from './discrepancies-csv.ts';
import type { RuleTitles } from './failure-text.ts';
import type { FileOf, ReportFormat } from './format-names.ts';
import { junitXml } from './junit.ts';
import { summaryMarkdown } from './markdown.ts';
import { reportPage } from './page.ts';
import { type PageExtras, standingExtras } from './page-block.ts';
import { presentable } from './presentable.ts';
import { resultsCsv } from './results-csv.ts';
import type { Run } from './run.ts';
import { summarise } from './summary.ts';

/** A report as its text, or as the pieces of a long one. */
type WriteReport = (run: Run, titles: RuleTitles, extras: PageExtras) => string | Iterable<string>;

const files = {
  json: { 'summary.json': (run) => indented(summarise(run)) },
  csv: { 'results.csv': resultsCsv, 'discrepancies.csv': discrepanciesCsv },
  junit: { 'junit.xml': junitXml },
  ctrf: { 'ctrf.json': ctrfJson },
  markdown: { 'summary.md': summaryMarkdown },
  badge: { 'badge.json': (run) => indented(badgeOf(run)) },
  html: { 'index.html': (run, titles, extras) => reportPage(run, titles, { ...standingExtras(run), ...extras }) },
} as const satisfies { readonly [F in ReportFormat]: Readonly<Record<FileOf<F>, WriteReport>> };

/** Name and text of every file of some formats, one after the other and in pieces: the large ones need not be in memory. */
export function* renderReports(run: Run, formats: readonly ReportFormat[], extras: PageExtras): Generator<readonly [name: string, text: Iterable<string>]> {
  const titles = ruleTitles();
  const shown = presentable(run);
  for (const format of formats) {
    for (const [name, write] of Object.entries<WriteReport>(files[format])) {
      const text = write(format === 'json' ? run : shown, titles, extras);
      yield [name, typeof text === 'string' ? [text] : text];
    }
  }
}

/** Title of each rule, by id. */
export function ruleTitles(): RuleTitles {
  return new Map(readRules().map(({ id, title }) => [id, title]));
}

function indented(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
