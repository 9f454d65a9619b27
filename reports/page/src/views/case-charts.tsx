import { useMemo, useState } from 'preact/hooks';
import type { PageDetail, PageState } from '../../../../src/reports/page-data.ts';
import type { Model } from '../data/model.ts';
import { Plot, type PlotProps } from '../parts/plot.tsx';
import { numberOf } from '../parts/number-text.ts';
import { Select } from '../parts/select.tsx';

interface ChartsProps {
  readonly model: Model;
  readonly detail: PageDetail;
}

/** How the state moves, and which channels err. */
export function Charts({ model, detail }: ChartsProps) {
  const states = detail.ranks[0]?.states ?? [];
  const channels = useMemo(() => channelPlots(model, detail), [model, detail]);
  if (states.length === 0 && channels.length === 0) return null;
  return (
    <section aria-labelledby="charts">
      <h2 id="charts">State and errors</h2>
      <div class="plots">
        {states.map((state) => <StatePlot key={`${String(detail.case)} ${state.observable}`} model={model} state={state} />)}
        {channels.map((plot) => <Plot key={plot.label} {...plot} />)}
      </div>
    </section>
  );
}

function StatePlot({ model, state: { observable, channels, expected, runners } }: { readonly model: Model; readonly state: PageState }) {
  const [chosen, setChosen] = useState(0);
  const plot = useMemo((): PlotProps => ({
    label: `${observable}[${String(channels[chosen] ?? 0)}] after each step`, kind: 'lines',
    names: (expected[chosen] ?? []).map((_, i) => (i === 0 ? 'construct' : `step ${String(i - 1)}`)),
    series: [
      { label: 'reference', color: 0, values: (expected[chosen] ?? []).map(numberOf) },
      ...runners.map(({ runner, values }) => ({ label: model.runners[runner]?.label ?? '', color: 1 + (runner % 5), dash: true, values: (values[chosen] ?? []).map((value) => (value === null ? null : numberOf(value))) })),
    ],
  }), [observable, channels, chosen]);
  return (
    <div class="plot-box">
      {channels.length > 1 && <Select label={`Channel of ${observable}`} value={String(chosen)} options={channels.map((c, i) => [String(i), String(c)] as const)} onChange={(value) => setChosen(Number(value))} />}
      <Plot {...plot} />
    </div>
  );
}

/** At most so many charts: the observables that err most. */
const mostPlots = 4;

function channelPlots(model: Model, { ranks }: PageDetail): readonly PlotProps[] {
  const all = ranks.flatMap(({ steps }, rank) => steps.flatMap(({ step, observables }) => observables.flatMap(({ observable, runners }) => {
    const worst = Math.max(0, ...runners.flatMap(({ channels }) => channels.map(numberOf)).filter((ratio) => !Number.isNaN(ratio)));
    if (worst <= 1 || (runners[0]?.channels.length ?? 0) < 2) return [];
    const where = `${step < 0 ? 'construction' : `step ${String(step)}`}${rank > 0 ? `, rank ${String(rank)}` : ''}`;
    return [{ worst, runners, label: `${observable} at ${where}: largest error ÷ class B bound of each channel` }];
  })));
  return all.sort((a, b) => b.worst - a.worst).slice(0, mostPlots).map(({ runners, label }): PlotProps => ({
    label, kind: 'lines', log: true, limit: 1, names: (runners[0]?.channels ?? []).map((_, c) => String(c)),
    // a logarithm has no zero: what is exact is drawn at a millionth of the bound
    series: runners.map(({ runner, channels }) => ({ label: model.runners[runner]?.label ?? '', color: 1 + (runner % 5), values: channels.map((ratio) => Math.max(1e-6, numberOf(ratio))) })),
  }));
}
