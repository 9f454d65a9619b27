import { didYouMean } from '../spec/did-you-mean.ts';
import { UserError } from '../spec/user-error.ts';

/** The words of `--format`, and the files that each stands for. */
const files = {
  json: ['summary.json'], csv: ['results.csv', 'discrepancies.csv'], junit: ['junit.xml'], ctrf: ['ctrf.json'], markdown: ['summary.md'], badge: ['badge.json'], html: ['index.html'],
} as const;

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
  return formats.flatMap((format) => files[format]);
}

/** As `fileNames`, of one format. */
export type FileOf<F extends ReportFormat> = (typeof files)[F][number];
