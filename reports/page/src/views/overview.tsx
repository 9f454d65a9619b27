import { type Status, statuses } from '../../../../src/diff/verdict.ts';
import { formatCount, formatRate } from '../../../../src/reports/numbers.ts';
import { filterQuery, noFilter } from '../data/filter.ts';
import { type Model, notAsked, type RunnerColumns } from '../data/model.ts';
import { meanings } from '../data/status.ts';
import { Bar, describeCounts } from '../parts/bar.tsx';
import { Chip } from '../parts/chip.tsx';
import { type Fact, Facts } from '../parts/facts.tsx';
import { FindingList } from '../parts/finding-list.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { hrefOf } from '../route.ts';

export function Overview({ model }: { readonly model: Model }) {
  const { data, runners } = model;
  return (
    <>
      <h1>Batch Normalization conformance</h1>
      <Gate model={model} />
      <FindingList model={model} />
      <section aria-labelledby="totals">
        <h2 id="totals">Cases by status</h2>
        {runners.map((runner) => <RunnerBar key={runner.key} runner={runner} />)}
        <Counts model={model} />
      </section>
      <section aria-labelledby="runners"><h2 id="runners">Runners</h2><div class="cards">{runners.map((runner) => <RunnerCard key={runner.key} runner={runner} />)}</div></section>
      <section aria-labelledby="run"><h2 id="run">Run</h2><Facts facts={factsOf(data)} /></section>
    </>
  );
}

function Gate({ model: { data, runners, count } }: { readonly model: Model }) {
  const planned = runners.reduce((sum, { status }) => sum + status.filter((each) => each !== notAsked).length, 0);
  return (
    <section class={`gate ${data.gate}`} aria-labelledby="gate">
      <h2 id="gate">Gate {data.gate === 'pass' ? 'passed' : 'failed'}</h2>
      <p>{formatCount(planned)} results on {formatCount(count)} cases of suite {data.header.suite}{data.shard === null ? '' : `, ${shardText(data.shard)}`}{data.complete ? '' : '; the run is not complete'}.</p>
      {data.reasons.length > 0 && <ul>{data.reasons.map((reason) => <li key={reason}>{reason}</li>)}</ul>}
    </section>
  );
}

function countsOf({ status }: RunnerColumns): Uint32Array {
  const counts = new Uint32Array(statuses.length);
  for (const each of status) if (each !== notAsked) counts[each]! += 1;
  return counts;
}

function RunnerBar({ runner }: { readonly runner: RunnerColumns }) {
  const counts = countsOf(runner);
  return <div class="runner-bar"><p><strong>{runner.label}</strong> <span class="soft">{describeCounts(counts)}</span></p><Bar counts={counts} /></div>;
}

function Counts({ model: { runners } }: { readonly model: Model }) {
  const columns = runners.map((runner) => ({ key: runner.key, label: runner.label, counts: countsOf(runner) }));
  const total = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);
  const occurring = statuses.filter((_, i) => columns.some(({ counts }) => counts[i]! > 0));
  return (
    <ScrollBox label="Cases by status">
      <table>
        <caption>Each planned case has exactly one status per runner. Rates are rounded down.</caption>
        <thead><tr><th scope="col">Status</th>{columns.map(({ key, label }) => <th key={key} scope="col" class="number">{label}</th>)}<th scope="col" class="wide-only">Meaning</th></tr></thead>
        <tbody>{occurring.map((status) => (
          <tr key={status}>
            <th scope="row"><Chip status={status} /></th>
            {columns.map(({ key, counts }) => <td key={key} class="number"><Count status={status} runner={key} counts={counts} /> <span class="rate">{formatRate(counts[statuses.indexOf(status)]!, total(counts))}</span></td>)}
            <td class="soft wide-only">{meanings[status]}</td>
          </tr>
        ))}</tbody>
        <tfoot><tr><th scope="row">planned</th>{columns.map(({ key, counts }) => <td key={key} class="number">{formatCount(total(counts))} <span class="rate" /></td>)}<td class="wide-only" /></tr></tfoot>
      </table>
    </ScrollBox>
  );
}

function Count({ status, runner, counts }: { readonly status: Status; readonly runner: string; readonly counts: Uint32Array }) {
  const count = counts[statuses.indexOf(status)]!;
  if (count === 0) return <>0</>;
  return <a href={hrefOf('cases', filterQuery({ ...noFilter, status: [status], runner: [runner] }))} aria-label={`${formatCount(count)} ${status} of ${runner}`}>{formatCount(count)}</a>;
}

function RunnerCard({ runner: { label, page: { facts, excluded } } }: { readonly runner: RunnerColumns }) {
  if (facts === null) return <article class="card"><h3>{label}</h3><p>The run ended before this runner said who it is.</p></article>;
  return (
    <article class="card">
      <h3>{label}</h3>
      {facts.dialect.assumed && <p class="note">No dialect covers {facts.framework} {facts.version}: judged by the one for {facts.dialect.versions}.</p>}
      <Facts facts={[
        ['Version', facts.version], ['Language', facts.language], ['Device', facts.device], ['CPU', facts.cpu.model], ['Instruction set', facts.cpu.capability], ['Threads', String(facts.threads)],
        ['Interpreter', facts.interpreter === 'user' ? 'the user’s own' : 'made by the harness'], ['Dialect', `${facts.dialect.framework} ${facts.dialect.versions}`],
        ['Not asked', excluded.join(', ')], ['Build', <span class="build">{facts.build}</span>],
      ]} />
    </article>
  );
}

function factsOf({ header, durationMs, shard }: Model['data']): readonly Fact[] {
  return [
    ['Suite', `${header.suite}${header.filtered ? ' (filtered)' : ''}${header.strict ? ', strict' : ''}`], ['Part', shard === null ? null : `${shardText(shard)}; merge joins the parts`], ['Seed', String(header.seed)],
    ['Started', <time dateTime={header.startedAt}>{header.startedAt}</time>], ['Duration', durationMs === null ? 'interrupted' : formatDuration(durationMs)],
    ['Tool', `${header.tool.name} ${header.tool.version}`], ['Command', <code>{header.command}</code>],
  ];
}

function shardText({ index, count }: NonNullable<Model['data']['shard']>): string {
  return `shard ${String(index)} of ${String(count)}`;
}

/** `850 ms`, `1.5 s`, `2 min 3 s`. */
function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${String(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`;
  return `${String(Math.floor(durationMs / 60_000))} min ${String(Math.floor((durationMs % 60_000) / 1000))} s`;
}
