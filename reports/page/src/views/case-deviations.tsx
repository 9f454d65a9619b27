import { formatBeside, formatInterval } from '../../../../src/reports/numbers.ts';
import type { PageDeviation } from '../../../../src/reports/page-data.ts';
import { numberOf, ratioText } from '../parts/number-text.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import type { CaseProps } from './case.tsx';

/** The deviations as the run recorded them, worst first. */
export function Deviations({ model: { runners }, index }: CaseProps) {
  const rows = runners.flatMap(({ label, deviations }) => (deviations().get(index) ?? []).map((deviation) => ({ label, deviation })));
  if (rows.length === 0) return null;
  const leftOut = runners.some(({ page }) => page.deviationsLeftOut > 0);
  return (
    <section aria-labelledby="deviations">
      <h2 id="deviations">Deviations</h2>
      <ScrollBox label="Deviations">
        <table>
          <caption>The worst element of each observable at each step{leftOut && '; to keep the page small, only the worst observables: discrepancies.csv has all'}.</caption>
          <thead><tr><th scope="col">Runner</th><th scope="col">Where</th><th scope="col">Rule</th><th scope="col" class="number">Got</th><th scope="col" class="number">Accepted</th><th scope="col" class="number">Error ÷ bound</th><th scope="col" class="number">ulps</th><th scope="col" class="number">Elements</th></tr></thead>
          <tbody>{rows.map(({ label, deviation }, i) => <Row key={i} label={label} deviation={deviation} />)}</tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

function Row({ label, deviation }: { readonly label: string; readonly deviation: PageDeviation }) {
  const [kind, level, rule, rank, step, observable, element, elements, got, expected, bound, ratio, ulps] = deviation;
  const isValue = kind === 'value';
  const when = `${step < 0 ? 'construction' : `step ${String(step)}`}${rank > 0 ? `, rank ${String(rank)}` : ''}`;
  return (
    <tr>
      <th scope="row" class="runner">{label}</th>
      <td class="place"><code>{observable}{element === null ? '' : `[${String(element)}]`}</code> <span class="soft when">{when}</span></td>
      <td class="rule-id">{rule} <span class="soft">{level}</span></td>
      <td class="number">{isValue ? formatBeside(numberOf(got), numberOf(expected), numberOf(bound)) : String(got)}</td>
      <td class="number">{isValue ? formatInterval(numberOf(expected), numberOf(bound)) : String(expected)}</td>
      <td class="number">{ratioText(numberOf(ratio))}</td><td class="number">{ulps === null ? '' : String(ulps)}</td><td class="number">{elements}</td>
    </tr>
  );
}
