import { didYouMean } from '../spec/did-you-mean.ts';
import { readRules } from '../spec/rules.ts';
import { UserError } from '../spec/user-error.ts';
import { badgeOf } from './badge.ts';
import { ctrfJson } from './ctrf.ts';
import { discrepanciesCsv } from './discrepancies-csv.ts';
import type { RuleTitles } from './failure-text.ts';
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

/** The words of `--format`, and the files that each stands for. */
const files = {
  json: { 'summary.json': (run) => indented(summarise(run)) },
  csv: { 'results.csv': resultsCsv, 'discrepancies.csv': discrepanciesCsv },
  junit: { 'junit.xml': junitXml },
  ctrf: { 'ctrf.json': ctrfJson },
  markdown: { 'summary.md': summaryMarkdown },
  badge: { 'badge.json': (run) => indented(badgeOf(run)) },
  html: { 'index.html': (run, titles, extras) => reportPage(run, titles, { ...standingExtras(run), ...extras }) },
} as const satisfies Record<string, Readonly<Record<string, WriteReport>>>;

export type ReportFormat = keyof typeof files;

/** All formats, in the order in which they are written. */
export const reportFormats = Object.keys(files) as readonly ReportFormat[];

/**
 * The formats of a list such as `html,csv`, and those of earlier lists, each once.
 *
 * @throws {UserError} FORMAT_UNKNOWN
 */
export function parseFormats(list: string, earlier: readonly ReportFormat[] = []): readonly ReportFormat[] {
  const words = list.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !reportFormats.some((format) => format === word));
  if (unknown !== undefined) throw new UserError('FORMAT_UNKNOWN', `there is no report format '${unknown}'`, `${didYouMean(unknown, reportFormats)}the formats are: ${reportFormats.join(', ')}`);
  return reportFormats.filter((format) => words.includes(format) || earlier.includes(format));
}

/** Names of the files of some formats. */
export function fileNames(formats: readonly ReportFormat[]): readonly string[] {
  return formats.flatMap((format) => Object.keys(files[format]));
}

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
