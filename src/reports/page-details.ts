import { deviates } from '../diff/findings.ts';
import type { PageDetail, PageFinding } from './page-data.ts';
import { encodeDetail, type Shown } from './page-detail.ts';
import { type CaseCatalogue, splitId } from './page-ids.ts';
import { resultsByCase } from './page-results.ts';
import type { Run } from './run.ts';

/** Characters of JSON that values of cases may take; what does not fit is left out, and the page says so. */
const budget = 5_000_000;
/** Cases larger than this take long to compute again, and have their worst elements in the deviations. */
const largestElements = 300_000;

/**
 * Values of the cases that deviate and were kept, the example of every finding first, then of one case per behaviour and layer and of
 * the goldens.
 */
export function encodeDetails(run: Run, findings: readonly PageFinding[], catalogue: CaseCatalogue): readonly PageDetail[] {
  const columns = run.runners.map(resultsByCase);
  const shownOf = (index: number): readonly Shown[] => columns.flatMap((column, runner) => { const result = column[index]; return result === undefined ? [] : [{ runner, result }]; });
  const kept = [...interleave(findings), ...deviatingCases(run)].filter((index) => shownOf(index).some(({ result: { observed } }) => observed !== undefined));
  const details: PageDetail[] = [];
  let left = budget;
  for (const index of new Set([...findings.map(({ example }) => example), ...representatives(run, catalogue), ...kept])) {
    if (left <= 0) break;
    const shown = shownOf(index);
    const detail = index < 0 || shown.some(({ result }) => result.elements > largestElements) ? null : encodeDetail(run.header.cases.at(index) ?? '', index, shown, run.header.seed, catalogue);
    if (detail === null) continue;
    details.push(detail);
    left -= JSON.stringify(detail).length;
  }
  return details;
}

/** Cases in which some runner deviates, in plan order. */
function deviatingCases({ runners }: Run): readonly number[] {
  const deviating = new Set(runners.flatMap(({ cases }) => cases.filter(({ found }) => deviates(found) || found === 'documented').map(({ index }) => index)));
  return [...deviating].sort((a, b) => a - b);
}

/** The example of every finding, then one further case of each in turn. */
function interleave(findings: readonly PageFinding[]): readonly number[] {
  const lists = findings.map(({ example, cases }) => [example, ...cases.filter((index) => index !== example)]);
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat().filter((index) => index >= 0);
}

/** The first case of each layer and behaviour, and every golden. */
function representatives({ header }: Run, { goldens }: CaseCatalogue): readonly number[] {
  const seen = new Set<string>();
  const indices: number[] = [];
  let index = 0;
  for (const id of header.cases) {
    const { prefix } = splitId(id);
    if (!seen.has(prefix) || goldens.has(id)) indices.push(index);
    seen.add(prefix);
    index += 1;
  }
  return indices;
}
