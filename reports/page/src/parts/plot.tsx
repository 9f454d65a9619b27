import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Number of its colour; 0 is the reference's. */
  readonly color: number;
  readonly dash?: boolean;
}

export interface PlotProps {
  /** What the picture shows, in words. */
  readonly label: string;
  /** Names of the places on the x axis. */
  readonly names: readonly string[];
  readonly series: readonly Series[];
  readonly kind: 'lines' | 'bars';
  readonly log?: boolean;
  /** A line across, such as the bound at 1. */
  readonly limit?: number;
  /** A line down, before the place of this index. */
  readonly border?: number;
  readonly height?: number;
}

/** A chart, its legend, and its numbers as a table: a picture alone cannot be read out or copied. */
export function Plot(props: PlotProps) {
  const { label, names, series } = props;
  const box = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  useEffect(() => (box.current === null ? undefined : draw(box.current, props)), [props, scheme]);
  return (
    <figure class="plot">
      <figcaption>
        <span class="title">{label}</span>
        <span class="keys">{series.map(({ label: name, color, dash }) => <span key={name} class={`key series-${String(color)}${dash === true ? ' dashed' : ''}`}>{name}</span>)}</span>
      </figcaption>
      <div ref={box} class="canvas" role="img" aria-label={label} />
      <details class="numbers">
        <summary>Numbers</summary>
        <div class="scroll" role="group" tabIndex={0} aria-label={`Numbers of: ${label}`}>
          <table>
            <thead><tr><th scope="col">at</th>{series.map(({ label: name }) => <th key={name} scope="col" class="number">{name}</th>)}</tr></thead>
            <tbody>{names.map((name, i) => <tr key={name}><th scope="row">{name}</th>{series.map(({ label: of, values }) => <td key={of} class="number">{values[i] ?? '–'}</td>)}</tr>)}</tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

/** Changes when the browser goes from light to dark, so that what is painted follows. */
function useScheme(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const follow = (): void => setDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return dark;
}

function draw(box: HTMLElement, props: PlotProps): () => void {
  const data: uPlot.AlignedData = [props.names.map((_, i) => i), ...props.series.map(({ values }) => values.map((value) => (value === null || !Number.isFinite(value) || (props.log === true && value <= 0) ? null : value)))];
  const chart = new uPlot(optionsOf(box, props), data, box);
  const observer = new ResizeObserver(() => chart.setSize({ width: Math.max(200, box.clientWidth), height: props.height ?? 220 }));
  observer.observe(box);
  return () => { observer.disconnect(); chart.destroy(); };
}

/** uPlot's word for it, which its types keep in an enumeration that only its own build can read. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- an ambient constant enumeration has no value at run time
const logarithmic = 3 as uPlot.Scale.Distr;

function optionsOf(box: HTMLElement, props: PlotProps): uPlot.Options {
  const { names, series, kind, log = false, height = 220 } = props;
  const style = getComputedStyle(box);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = { stroke: color('--muted'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  return {
    width: Math.max(200, box.clientWidth), height, legend: { show: false }, cursor: { show: kind === 'lines', points: { size: 7 }, drag: { x: false, y: false } }, padding: [12, 8, 0, 0],
    scales: {
      x: { time: false, range: () => [-0.5, names.length - 0.5] },
      y: log ? { distr: logarithmic, range: (_, low, high) => decades(low, high, props) } : { range: (_, low, high) => rangeOf(low, high, props) },
    },
    axes: [
      { ...axis, size: 30, grid: { show: false }, splits: () => ticksOf(names.length, box.clientWidth), values: (_, splits) => splits.map((i) => names[i] ?? '') },
      { ...axis, size: 64, ...(log ? { grid: { stroke: color('--line'), width: 1, filter: (_: uPlot, splits: number[]) => splits.map((value) => (isDecade(value) ? value : null)) } } : {}), values: (_, splits) => splits.map((value) => (log && !isDecade(value) ? '' : shortNumber(value))) },
    ],
    series: [{}, ...series.map((one, i): uPlot.Series => seriesOptions(one, i, kind, series.length, color))],
    hooks: { draw: [(chart) => drawLimits(chart, props, color('--bad'))] },
  };
}

function seriesOptions({ color: number, dash }: Series, index: number, kind: PlotProps['kind'], count: number, color: (name: string) => string): uPlot.Series {
  const stroke = color(`--series-${String(number)}`);
  if (kind === 'bars') {
    const align = count === 1 ? 0 : index === 0 ? -1 : 1;
    return { fill: stroke, stroke, width: 0, points: { show: false }, ...(uPlot.paths.bars === undefined ? {} : { paths: uPlot.paths.bars({ size: [0.8 / Math.min(2, count), 40], align }) }) };
  }
  return { stroke, width: number === 0 ? 2 : 1.5, ...(dash === true ? { dash: [6, 4] } : {}), points: { show: true, size: number === 0 ? 9 : 6, fill: number === 0 ? color('--surface') : stroke } };
}

/** Room around what is drawn; counts begin at 0. */
function rangeOf(low: number | null, high: number | null, { kind, limit }: PlotProps): uPlot.Range.MinMax {
  const [from, to] = [kind === 'bars' ? 0 : low ?? 0, Math.max(high ?? 1, limit ?? -Infinity)];
  const room = to === from ? Math.max(Math.abs(to) * 0.1, 1e-9) : (to - from) * 0.08;
  return [kind === 'bars' ? 0 : from - room, to + room];
}

/** Whole decades; what occurs once is still a bar that can be seen. */
function decades(low: number | null, high: number | null, { kind, limit }: PlotProps): uPlot.Range.MinMax {
  if (kind === 'bars') return [0.5, 10 ** Math.ceil(Math.log10(Math.max(1.5, high ?? 1)))];
  return [10 ** Math.floor(Math.log10(Math.min(low ?? 1, limit ?? Infinity))), 10 ** Math.ceil(Math.log10(Math.max(high ?? 1, limit ?? 0)))];
}

function isDecade(value: number): boolean {
  return Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
}

/** As many names as there is room for. */
function ticksOf(count: number, width: number): number[] {
  const every = Math.max(1, Math.ceil(count / Math.max(2, Math.floor(width / 64))));
  return Array.from({ length: count }, (_, i) => i).filter((i) => i % every === 0);
}

function shortNumber(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(1) : String(Number(value.toPrecision(5)));
}

function drawLimits(chart: uPlot, { limit, border }: PlotProps, color: string): void {
  const { ctx, bbox } = chart;
  const line = (x0: number, y0: number, x1: number, y1: number): void => {
    ctx.save();
    ctx.strokeStyle = color;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    ctx.stroke();
    ctx.restore();
  };
  if (limit !== undefined) {
    const y = chart.valToPos(limit, 'y', true);
    if (y >= bbox.top && y <= bbox.top + bbox.height) line(bbox.left, y, bbox.left + bbox.width, y);
  }
  if (border !== undefined) {
    const x = chart.valToPos(border - 0.5, 'x', true);
    line(x, bbox.top, x, bbox.top + bbox.height);
  }
}
