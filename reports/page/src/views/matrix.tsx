import { useMemo } from 'preact/hooks';
import { formatCount } from '../../../../src/reports/numbers.ts';
import { statuses } from '../../../../src/diff/verdict.ts';
import { filterQuery, noFilter } from '../data/filter.ts';
import type { Model } from '../data/model.ts';
import { type Cell, type Column, narrow, type Pivot, pivot, runnerAxis } from '../data/pivot.ts';
import { Bar, describeCounts, segmentsOf } from '../parts/bar.tsx';
import { Select } from '../parts/select.tsx';
import { useRoving } from '../parts/roving.ts';
import { go, hrefOf } from '../route.ts';

/** Axes with more values than this make a table that nobody reads. */
const mostColumns = 24;

export function Matrix({ model, query }: { readonly model: Model; readonly query: URLSearchParams }) {
  const names = [runnerAxis, ...model.axes.map(({ name }) => name)];
  const rows = known(names, query.get('rows')) ?? known(names, 'behaviour') ?? runnerAxis;
  const columns = known(names, query.get('columns')) ?? known(names, 'mode') ?? runnerAxis;
  const table = useMemo(() => pivot(model, rows, columns), [model, rows, columns]);
  const turn = (next: Readonly<Record<string, string>>): void => go(hrefOf('matrix', { rows, columns, ...next }));
  return (
    <>
      <h1>Matrix</h1>
      <p class="lead">How many results each crossing has. Follow a cell to its cases.</p>
      <form class="controls" onSubmit={(event) => event.preventDefault()}>
        <Select label="Rows" value={rows} options={names} onChange={(value) => turn({ rows: value })} />
        <Select label="Columns" value={columns} options={names} onChange={(value) => turn({ columns: value })} />
        <button type="button" class="quiet-button" onClick={() => turn({ rows: columns, columns: rows })}>Swap</button>
      </form>
      <Legend />
      {table.columns.length > mostColumns * Math.max(1, model.runners.length)
        ? <p class="note">{columns} has {formatCount(table.columns.length)} columns here; swap rows and columns to see them all.</p>
        : <Grid model={model} table={table} rowName={rows} columnName={columns} />}
    </>
  );
}

function known(names: readonly string[], name: string | null): string | undefined {
  return names.find((each) => each === name);
}

function Legend() {
  return (
    <ul class="legend">
      <li><span class="swatch good" />conforms</li><li><span class="swatch bad" />fails</li><li><span class="swatch warn" />inaccurate</li><li><span class="swatch known" />known or documented</li>
      <li><span class="swatch quiet" />unsupported, ungradable or not run, in words</li><li><span class="swatch none">·</span>none exist</li>
    </ul>
  );
}

interface GridProps {
  readonly model: Model;
  readonly table: Pivot;
  readonly rowName: string;
  readonly columnName: string;
}

function Grid({ model, table, rowName, columnName }: GridProps) {
  const roving = useRoving<HTMLDivElement>();
  const split = table.columns.some(({ runner }) => runner !== null);
  const shown = table.columns.map((column, index) => ({ column, index })).filter(({ index }) => table.rows.some((_, row) => table.cellAt(row, index).cases > 0));
  return (
    <div class="scroll matrix" role="region" aria-label={`${rowName} by ${columnName}`} ref={roving.ref} onKeyDown={roving.onKeyDown}>
      <table>
        <caption>{rowName} × {columnName}{split ? ' × runner' : ''}. Arrow keys go from cell to cell.</caption>
        <thead>
          {split && <tr><td />{groupsOf(shown.map(({ column }) => column.value)).map(({ value, span }) => <th key={value} scope="colgroup" colSpan={span}>{value}</th>)}</tr>}
          <tr><th scope="col">{rowName}</th>{shown.map(({ column, index }) => <th key={index} scope="col"><Breaking text={column.runner?.replace('@', ' ') ?? column.value} /></th>)}</tr>
        </thead>
        <tbody>{table.rows.map((value, row) => (
          <tr key={value}>
            <th scope="row"><Breaking text={value} /></th>
            {shown.map(({ column, index }) => <td key={index}><CellLink {...{ model, rowName, columnName, value, column }} cell={table.cellAt(row, index)} row={row} index={index} /></td>)}
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}

/** Neighbours of one value share a heading. */
function groupsOf(values: readonly string[]): readonly { readonly value: string; readonly span: number }[] {
  return [...new Set(values)].map((value) => ({ value, span: values.filter((each) => each === value).length }));
}

/** A name that may break after a slash, a hyphen or an at sign. */
function Breaking({ text }: { readonly text: string }) {
  return <>{text.split(/(?<=[/@-])/).map((part, i) => <>{i > 0 && <wbr />}{part}</>)}</>;
}

interface CellProps {
  readonly model: Model;
  readonly rowName: string;
  readonly columnName: string;
  readonly value: string;
  readonly column: Column;
  readonly cell: Cell;
  readonly row: number;
  readonly index: number;
}

function CellLink({ rowName, columnName, value, column, cell, row, index }: CellProps) {
  const label = describeCell(cell);
  if (cell.cases === 0) return <span class="none" title="none exist"><span aria-hidden="true">·</span><span class="only-heard">none exist</span></span>;
  if (cell.cases === cell.notAsked) return <span class="none">not asked</span>;
  const filter = narrow(noFilter, [[runnerAxis, column.runner], [rowName, value], [columnName, column.value]]);
  return (
    <a class={`cell ${toneOfCell(cell)}`} href={hrefOf('cases', filterQuery(filter))} data-row={row} data-column={index} aria-label={`${value}, ${column.value}${column.runner === null ? '' : `, ${column.runner}`}: ${label}`}>
      <span class="counts">{shownCounts(cell).map((text) => <span key={text}>{text}</span>)}</span>
      <Bar counts={cell.counts} />
    </a>
  );
}

function describeCell({ counts, notAsked }: Cell): string {
  return `${describeCounts(counts)}${notAsked > 0 ? `, ${formatCount(notAsked)} not asked` : ''}`;
}

/** What conforms is a number alone; everything else has its word. */
function shownCounts({ counts }: Cell): readonly string[] {
  return segmentsOf(counts).map(({ status, count }) => (status === 'conforms' ? formatCount(count) : `${formatCount(count)} ${status}`));
}

function toneOfCell({ counts }: Cell): string {
  const of = (...words: readonly string[]): number => words.reduce((sum, word) => sum + (counts[statuses.findIndex((status) => status === word)] ?? 0), 0);
  if (of('violates', 'crashed', 'timed-out', 'garbled', 'mistrusted', 'stale') > 0) return 'bad';
  if (of('inaccurate') > 0) return 'warn';
  if (of('known', 'documented') > 0) return 'known';
  return of('conforms') > 0 ? 'good' : 'quiet';
}
