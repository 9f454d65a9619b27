import { rerunCommand } from '../../../../src/reports/rerun.ts';
import { type Model, notAsked, type RunnerColumns } from '../data/model.ts';
import { headerOf, runnerOf } from '../data/rerun.ts';
import { statusWord } from '../data/model.ts';
import { meanings } from '../data/status.ts';
import { Chip } from '../parts/chip.tsx';
import { Command } from '../parts/copy.tsx';
import { Evidence } from '../parts/evidence.tsx';
import { type Fact, Facts } from '../parts/facts.tsx';
import { Linked } from '../parts/linked.tsx';
import { ratioText } from '../parts/number-text.ts';
import { hrefOf } from '../route.ts';
import type { CaseProps } from './case.tsx';

/** What each runner's result is, and why. */
export function Verdicts({ model, index }: CaseProps) {
  const asked = model.runners.filter(({ status }) => status[index] !== notAsked);
  return (
    <section aria-labelledby="verdicts">
      <h2 id="verdicts">Verdicts</h2>
      <div class="cards">{asked.map((runner) => <Verdict key={runner.key} model={model} index={index} runner={runner} />)}</div>
      {asked.length < model.runners.length && <p class="soft">Not asked, because the adapter does not speak the layer: {model.runners.filter((runner) => !asked.includes(runner)).map(({ label }) => label).join(', ')}.</p>}
    </section>
  );
}

function Verdict({ model, index, runner }: CaseProps & { readonly runner: RunnerColumns }) {
  const status = statusWord(runner.status[index]!);
  const number = model.data.findings.findIndex((finding) => model.runners[finding.runner] === runner && finding.cases.includes(index));
  const finding = model.data.findings[number];
  return (
    <article class="card">
      <p class="head">{status !== null && <Chip status={status} />}<strong>{runner.label}</strong></p>
      {status !== null && <p class="soft">{meanings[status]}</p>}
      <Facts rows facts={[...outcomeFacts(model, runner, index), ['Largest error ÷ class A bound', runner.worst()[index]! < 0 ? null : ratioText(runner.worst()[index]!)],
        ['Finding', finding === undefined ? null : <a href={hrefOf('findings', { finding: String(number) })}>{finding.title ?? finding.cause}</a>], ['To reconcile', finding?.translation ?? null]]} />
      {finding?.example === index && <Evidence evidence={finding.evidence} />}
      <Command label={`command that asks ${runner.label} again`} text={rerunCommand(headerOf(model), runnerOf(runner), model.idOf(index))} />
    </article>
  );
}

function outcomeFacts(model: Model, runner: RunnerColumns, index: number): readonly Fact[] {
  const outcome = model.outcomeOf(runner, index);
  if (outcome === null) return [];
  const rule = model.text(outcome.rule);
  const cause = model.text(outcome.cause);
  return [
    ['Found', outcome.found === statusWord(runner.status[index]!) ? null : outcome.found],
    ['Rule', rule === '' ? null : `${rule} ${model.data.rules.find(({ id }) => id === rule)?.title ?? ''}`],
    ['Cause', cause === '' ? null : <><code>{cause}</code>{outcome.candidates.length > 0 && `: one of ${outcome.candidates.map(model.text).join(', ')}`}</>],
    ['Reason', outcome.reason < 0 ? null : <Linked text={model.text(outcome.reason)} />],
  ];
}
