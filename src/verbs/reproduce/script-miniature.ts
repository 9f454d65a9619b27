import type { Case, LayerSettings } from '../../cases/case.ts';
import type { WireTensor } from '../../tensor/bytes.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Dialogue } from './dialogue.ts';
import type { LargeNumbers } from './large-numbers.ts';
import type { MiniatureModel } from './miniature-model.ts';
import { pythonFlag, pythonFloat, pythonTensor } from './python.ts';

/** What the model takes from its runner's protocol, as much as a script needs. */
const frame = `
Value = np.ndarray
Observation = Dict[str, Any]

#: stands for a result that there is not
MISSING = np.empty(0, 'object')


class BFloat16:
    """A type that numpy does not have."""


class Config(NamedTuple):
    """Arguments of the constructor."""

    num_features: int
    eps: float
    momentum: float | None
    affine: bool
    statistics: str
    dtype: str
    frozen: bool
    scale_only: bool = False
    option: str = ''


class RankData(NamedTuple):
    """Data of one rank."""

    inputs: Sequence[np.ndarray]
    grads: Sequence[np.ndarray]


class Case(NamedTuple):
    """What the layer is made for."""

    layer: str
    config: Config
    initial: Mapping[str, np.ndarray]
    ranks: Sequence[RankData]
    route: str
    layout: str
    threads: int = 0
    capability: str = ''


class Layer:
    """One constructed layer."""


class Constructor:
    """What a layer says of itself; no part of this script."""
`.trim();

const helpers = `
def tensor(text: str, shape: tuple, dtype: str) -> np.ndarray:
    """Hexadecimal floats as an array."""
    return numbers(text).astype(dtype).reshape(shape)


def numpy_of(value: np.ndarray) -> np.ndarray:
    """A copy in float64."""
    return np.asarray(value).astype('float64')
`.trim();

/** A case as calls of a miniature, one rank after the other: each rank of the model sees the data of all. */
export function miniatureDialogues(question: Case, { className, source }: MiniatureModel, large?: LargeNumbers): readonly Dialogue[] {
  return question.ranks.map((_, rank) => ({
    needs: '', imports: ['from typing import Any, Dict, Mapping, NamedTuple, Sequence'], helpers: [frame, source, helpers].join('\n\n\n'),
    construct: [...(rank === 0 ? caseLines(question, large) : []), `layer = ${className}(case, ranks[${String(rank)}])`],
    step: (index) => stepLines(question, index), kept: () => [],
    state: { running_mean: stored('running_mean'), running_var: stored('running_var') }, stepCount: "layer.state().get('step_count')",
    further: (where, { keepsState }) => [
      `check_same('${where}: operands that the call has changed', list(layer.changed()), [])`, ...(keepsState ? [] : [`check_same('${where}: running state', sorted(layer.state()), [])`]),
    ],
  }));
}

function stored(name: string): string {
  return `layer.state().get('${name}', MISSING)`;
}

function caseLines({ layer, config, initial, ranks, route = 'module', layout = 'contiguous', inputType, threads = 0, capability }: Case, large: LargeNumbers | undefined): readonly string[] {
  const { numFeatures, eps, momentum, affine, statistics, dtype, frozen = false, scaleOnly = false, option = '' } = config;
  const list = (tensors: readonly WireTensor[]) => `[${tensors.map((one) => `\n            ${pythonTensor(one, '            ', large)},`).join('')}${tensors.length === 0 ? '' : '\n        '}]`;
  const set = Object.entries(initial) as [string, Tensor][];
  const given = [String(numFeatures), pythonFloat(eps), numberOrNone(momentum), pythonFlag(affine), `'${statistics}'`, `'${dtype}'`, pythonFlag(frozen), pythonFlag(scaleOnly), `'${option}'`];
  return [
    "np.seterr(all='ignore')  # NaN and infinity are answers",
    `ranks = [${ranks.map(({ inputs, grads }) => `\n        RankData(${list(inputs.map((x) => ({ ...x, dtype: inputType ?? x.dtype })))}, ${list(grads)}),`).join('')}\n    ]`,
    `initial = {${set.map(([name, value]) => `\n        '${name}': ${pythonTensor(value, '        ')},`).join('')}${set.length === 0 ? '' : '\n    '}}`,
    `config = Config(${given.join(', ')})`,
    `case = Case('${layer}', config, initial, ranks, '${route}', '${layout}', ${String(threads)}, '${capability ?? ''}')`,
  ];
}

function numberOrNone(value: number | null): string {
  return value === null ? 'None' : pythonFloat(value);
}

const successors = { checkpoint: 'reloaded', copy: 'copied', conversion: 'converted' } as const;

function stepLines({ program }: Case, index: number): readonly string[] {
  const step = program[index];
  const at = String(index);
  const of = (forward: number) => program.flatMap((one, place) => (one.op === 'backward' && one.of === forward ? [{ place, grad: one.grad }] : []));
  if (step?.op === 'forward') return [`y${at}, tape${at} = layer.forward('${step.stays === true ? 'fresh' : step.mode}', ${String(step.input)}, [${of(index).map(({ grad }) => grad).join(', ')}])`];
  if (step?.op === 'configure') return [`layer.configure({${settingsOf(step.set).join(', ')}})`];
  if (step?.op !== 'backward') return [`layer = layer.${successors[step?.op === 'reload' ? step.by ?? 'checkpoint' : 'checkpoint']}()`];
  const pass = `tape${String(step.of)}, ${String(of(step.of).findIndex(({ place }) => place === index))}`;
  const [call, names] = step.direction === undefined ? [`${step.accumulates === true ? 'accumulate' : 'backward'}(${pass})`, ['dx', 'dgamma', 'dbeta']] : [`double_backward(${pass}, ${String(step.direction)})`, ['ddx', 'ddy', 'ddgamma']];
  return [`seen${at} = layer.${call}`, `${names.map((name) => `${name}${at}`).join(', ')} = [seen${at}.get(name, MISSING) for name in (${names.map((name) => `'${name}'`).join(', ')})]`];
}

function settingsOf(set: LayerSettings): readonly string[] {
  return Object.entries(set).map(([name, value]) => `'${name}': ${typeof value === 'boolean' ? pythonFlag(value) : typeof value === 'string' ? `'${value}'` : numberOrNone(value)}`);
}
