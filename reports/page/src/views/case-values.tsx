import type { PageDetail, PageObservable, PageObserved, PageStep } from '../../../../src/reports/page-data.ts';
import { formatInterval } from '../../../../src/reports/numbers.ts';
import type { Model } from '../data/model.ts';
import { numberOf, ratioText, valueText } from '../parts/number-text.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';

interface ValuesProps {
  readonly model: Model;
  readonly detail: PageDetail;
}

/** Per step and observable: the worst elements of every runner, or the first expected ones where nobody's values were kept. */
export function Values({ model, detail }: ValuesProps) {
  return (
    <section aria-labelledby="values">
      <h2 id="values">Values</h2>
      {!detail.agrees && <p class="note">The run recorded other expected values than this tool computes: it was written by another version.</p>}
      {detail.ranks.map(({ steps }, rank) => steps.map((step, i) => (
        <details key={`${String(rank)} ${String(i)}`} class="step" open={isTelling(step)}>
          <summary>{step.step < 0 ? 'After construction' : `Step ${String(step.step)}: ${detail.program[step.step] ?? ''}`}{detail.ranks.length > 1 && `, rank ${String(rank)}`}</summary>
          <Step model={model} step={step} />
        </details>
      )))}
    </section>
  );
}

/** What deviates is open at once. */
function isTelling({ refusal, observables, shown }: PageStep): boolean {
  return refusal !== null || shown.some(({ error }) => error !== null) || observables.some(({ runners }) => runners.some(({ outside }) => outside > 0));
}

function Step({ model, step: { refusal, observables, count, shown } }: { readonly model: Model; readonly step: PageStep }) {
  const label = (runner: number): string => model.runners[runner]?.label ?? '';
  return (
    <>
      {refusal !== null && <p>Must be refused: {refusal}, the state staying as it was.</p>}
      {shown.filter(({ error }) => error !== null || refusal !== null).map(({ runner, error }) => <p key={runner}><strong>{label(runner)}</strong>: {error ?? 'no error'}</p>)}
      {count !== null && <p>step count {count}{shown.filter((each) => each.count !== null).map(({ runner, count: got }) => `; ${label(runner)} ${String(got)}`)}</p>}
      {observables.map((observable) => <Observable key={observable.observable} observable={observable} label={label} />)}
    </>
  );
}

function Observable({ observable, label }: { readonly observable: PageObservable; readonly label: (runner: number) => string }) {
  const { observable: name, rule, dtype, shape, first, runners } = observable;
  return (
    <details class="observable" open={runners.some(({ outside }) => outside > 0)}>
      <summary><code>{name}</code> <span class="soft">{rule} · {dtype} [{shape.join(', ')}]{runners.length > 0 && ` · ${describeOutside(runners)}`}</span></summary>
      {runners.length > 0 ? runners.map((runner) => <Observed key={runner.runner} name={name} dtype={dtype} observed={runner} label={label(runner.runner)} />) : (
        <ScrollBox label={`Expected values of ${name}`}>
          <table>
            <thead><tr><th scope="col">Element</th><th scope="col" class="number">Expected</th><th scope="col" class="number">± class A</th><th scope="col" class="number">± class B</th></tr></thead>
            <tbody>{first.map(([value, stable, naive], i) => <tr key={i}><th scope="row">{i}</th><td class="number">{valueText(value, 'float64')}</td><td class="number">{String(stable)}</td><td class="number">{String(naive)}</td></tr>)}</tbody>
          </table>
        </ScrollBox>
      )}
    </details>
  );
}

function describeOutside(runners: readonly PageObserved[]): string {
  const outside = runners.reduce((sum, { outside: own }) => sum + own, 0);
  return outside === 0 ? 'all inside' : `${String(outside)} outside`;
}

function Observed({ name, dtype, observed: { outside, worst, dtype: got }, label }: { readonly name: string; readonly dtype: string; readonly observed: PageObserved; readonly label: string }) {
  return (
    <ScrollBox label={`${name} of ${label}`}>
      <table>
        <caption><strong>{label}</strong>{got !== dtype && ` in ${got}`}: {outside === 0 ? 'every element inside the class B bound' : `${String(outside)} outside the class B bound`}; the worst elements</caption>
        <thead><tr>{['Element', 'Got', 'Expected', 'Accepted (class B)', 'Error ÷ bound', 'ulps', 'Bits got', 'Bits expected'].map((title) => <th key={title} scope="col" class={title === 'Element' ? undefined : 'number'}>{title}</th>)}</tr></thead>
        <tbody>{worst.map(([element, value, expected, , naive, ratio, ulps, gotBits, expectedBits]) => (
          <tr key={element} class={numberOf(ratio) > 1 ? 'outside' : undefined}>
            <th scope="row">{element}</th><td class="number">{valueText(value, got)}</td><td class="number">{valueText(expected, 'float64')}</td>
            <td class="number">{formatInterval(numberOf(expected), numberOf(naive))}</td><td class="number">{ratioText(numberOf(ratio))}</td><td class="number">{String(ulps)}</td>
            <td class="number"><code>{gotBits}</code></td><td class="number"><code>{expectedBits}</code></td>
          </tr>
        ))}</tbody>
      </table>
    </ScrollBox>
  );
}
