import type { Case } from '../../cases/case.ts';
import type { Evidence } from '../../reports/run.ts';

/** The same question on another way through the framework; the answer should be the same. */
export interface SecondRoute {
  readonly check: Evidence['check'];
  readonly case: Case;
}

/** Layouts that any data can take. */
const layouts = ['contiguous', 'channels-last', 'transposed', 'strided'] as const;
type Layout = (typeof layouts)[number];

/** The other form, and every other memory layout that really lies differently for these shapes. */
export function secondRoutes(question: Case): readonly SecondRoute[] {
  const form: SecondRoute = (question.route ?? 'module') === 'module'
    ? { check: 'functional-form', case: { ...question, route: 'functional' } }
    : { check: 'module-form', case: { ...question, route: 'module' } };
  return [form, ...otherLayouts(question).map((layout): SecondRoute => ({ check: layout, case: { ...question, layout } }))];
}

function otherLayouts(question: Case): readonly Layout[] {
  const seen = new Set([memoryOf(question, layouts.find((layout) => layout === question.layout) ?? 'contiguous')]);
  return layouts.filter((layout) => {
    const memory = memoryOf(question, layout);
    const isNew = !seen.has(memory);
    seen.add(memory);
    return isNew;
  });
}

/** How the inputs lie in memory: their axes from the slowest to the fastest, and the gap between neighbours. */
function memoryOf({ ranks }: Case, layout: Layout): string {
  const orders = ranks.flatMap(({ inputs }) => inputs.map(({ shape }) => axisOrder(shape.length, layout).filter((axis) => (shape[axis] ?? 1) > 1)));
  return orders.map((order) => `${order.join('-')}${layout === 'strided' && order.length > 0 ? ' with gaps' : ''}`).join();
}

function axisOrder(axes: number, layout: Layout): readonly number[] {
  const rowMajor = Array.from({ length: axes }, (_, axis) => axis);
  if (layout === 'transposed') return rowMajor.reverse();
  return layout === 'channels-last' ? [...rowMajor.filter((axis) => axis !== 1), ...rowMajor.filter((axis) => axis === 1)] : rowMajor;
}
