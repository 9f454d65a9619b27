import { useMemo } from 'preact/hooks';
import { statuses } from '../../../../src/diff/verdict.ts';
import { type Filter, filterQuery, noFilter } from '../data/filter.ts';
import { type Model, notAsked } from '../data/model.ts';
import { Select } from '../parts/select.tsx';
import { go, hrefOf } from '../route.ts';

const mainAxes: readonly string[] = ['layer', 'behaviour', 'mode'];

/** Every filter is in the address: a link shows the same. */
export function Filters({ model, filter }: { readonly model: Model; readonly filter: Filter }) {
  const change = (next: Partial<Filter>, replace = false): void => go(hrefOf('cases', filterQuery({ ...filter, ...next })), { replace });
  const options = useMemo(() => optionsOf(model), [model]);
  const axes = model.axes.filter(({ name }) => !mainAxes.includes(name));
  const chosen = axes.filter(({ name }) => (filter.axes[name] ?? []).length > 0).length;
  const axisSelect = (name: string, values: readonly string[]) => (
    <Select key={name} label={name} value={only(filter.axes[name])} options={[['', 'any'], ...severalOf(filter.axes[name]), ...values]}
      onChange={(value) => change({ axes: withAxis(filter.axes, name, value) })} />
  );
  return (
    <form class="filters" role="search" aria-label="Cases" onSubmit={(event) => event.preventDefault()}>
      <div class="controls">
        <div class="field grow"><label for="text">Text</label>
          <input id="text" type="search" autocomplete="off" spellcheck={false} placeholder="words of id, rule, cause, reason" value={filter.text} onInput={(event) => change({ text: event.currentTarget.value }, true)} />
        </div>
        <Select label="Status" value={only(filter.status)} options={[['', 'any'], ...severalOf(filter.status), ...options.statuses]} onChange={(value) => change({ status: listOf(value) })} />
        <Select label="Runner" value={only(filter.runner)} options={[['', 'any'], ...severalOf(filter.runner), ...options.runners]} onChange={(value) => change({ runner: listOf(value) })} />
        {mainAxes.map((name) => axisSelect(name, model.axisNamed(name)?.values ?? []))}
      </div>
      <details open={chosen > 0 || filter.rule.length > 0 || filter.cause.length > 0}>
        <summary>Rule, cause and {axes.length} axes{chosen > 0 && ` (${String(chosen)} chosen)`}</summary>
        <div class="controls">
          <Select label="Rule" value={only(filter.rule)} options={[['', 'any'], ...severalOf(filter.rule), ...options.rules]} onChange={(value) => change({ rule: listOf(value) })} />
          <Select label="Cause" value={only(filter.cause)} options={[['', 'any'], ...severalOf(filter.cause), ...options.causes]} onChange={(value) => change({ cause: listOf(value) })} />
          {axes.map(({ name, values }) => axisSelect(name, values))}
        </div>
      </details>
      <div class="controls switches">
        <label><input type="checkbox" checked={filter.disagree} onChange={(event) => change({ disagree: event.currentTarget.checked })} />Only disagreements</label>
        <Select label="Odd one out" value={filter.odd} options={[['', 'no matter'], ['any', 'any runner'], ...options.runners]} onChange={(odd) => change({ odd })} />
        <Select label="Order" value={filter.sort} options={[['plan', 'of the plan'], ['worst', 'worst error first']]} onChange={(sort) => change({ sort: sort === 'worst' ? 'worst' : 'plan' })} />
        {filter.finding >= 0 && <span class="tag">of one finding <button type="button" aria-label="All findings" onClick={() => change({ finding: -1 })}>×</button></span>}
        <button type="button" class="quiet-button" onClick={() => go(hrefOf('cases', filterQuery(noFilter)))}>Clear</button>
      </div>
    </form>
  );
}

/** Only what occurs can be chosen. */
function optionsOf({ data, runners, text }: Model) {
  const present = new Set(runners.flatMap(({ status }) => [...new Set(status)]).filter((status) => status !== notAsked));
  const cited = new Set(data.ruleSetOf.flatMap((set) => data.ruleSets[set] ?? []));
  return {
    statuses: statuses.filter((_, i) => present.has(i)),
    runners: runners.map(({ key }) => key),
    rules: data.rules.filter((_, i) => cited.has(i)).map(({ id, title }) => [id, `${id} ${title}`] as const),
    causes: [...new Set(data.outcomes.map(({ cause }) => text(cause)))].filter((cause) => cause !== '').sort(),
  };
}

function only(words: readonly string[] = []): string {
  return words.length > 1 ? words.join(' or ') : words[0] ?? '';
}

/** A link may ask for several words, which the list then offers as one. */
function severalOf(words: readonly string[] = []): readonly string[] {
  return words.length > 1 ? [words.join(' or ')] : [];
}

function listOf(value: string): readonly string[] {
  return value === '' ? [] : [value];
}

function withAxis(axes: Filter['axes'], name: string, value: string): Filter['axes'] {
  return { ...Object.fromEntries(Object.entries(axes).filter(([axis]) => axis !== name)), ...(value === '' ? {} : { [name]: [value] }) };
}
