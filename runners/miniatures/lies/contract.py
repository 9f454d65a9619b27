"""Lies about shapes, types, refusals, and what a call may touch."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from bn_protocol.adapter import Observation
from model import HonestLayer
from rows import Rows, Tape, Vector

MARK_OF_A_REFUSED_CALL = 7.0
RANK_WITHOUT_SPACE = 2
LARGEST_EPS = 0.25


def flattened(array: np.ndarray) -> np.ndarray:
    """The spatial axes as one; rank 2 as a vector."""
    space = int(np.prod(array.shape[2:]))
    return array.reshape((array.size,) if array.ndim == RANK_WITHOUT_SPACE else (*array.shape[:2], space))


# --- shapes and types


class FlattenedOutput(HonestLayer):
    def reported_y(self, y: np.ndarray, dtype: np.dtype) -> np.ndarray:
        return flattened(super().reported_y(y, dtype))


class FlattenedGradient(HonestLayer):
    def reported_dx(self, dx: np.ndarray, dtype: np.dtype) -> np.ndarray:
        return flattened(super().reported_dx(dx, dtype))


class OutputInChannelsLastOrder(HonestLayer):
    def reported_y(self, y: np.ndarray, dtype: np.dtype) -> np.ndarray:
        reported = super().reported_y(y, dtype)
        return np.ascontiguousarray(np.moveaxis(reported, 1, -1)).reshape(reported.shape)


class WrongDtype(HonestLayer):
    def reported_y(self, y: np.ndarray, dtype: np.dtype) -> np.ndarray:
        return super().reported_y(y, dtype).astype(np.float64)


class DxOfWrongType(HonestLayer):
    def reported_dx(self, dx: np.ndarray, dtype: np.dtype) -> np.ndarray:
        return super().reported_dx(dx, dtype).astype(np.float64)


class WrongStateDtype(HonestLayer):
    def reported_state(self) -> dict[str, Vector]:
        return {name: vector.astype(np.float64) for name, vector in super().reported_state().items()}


class ParameterGradientsOfWrongType(HonestLayer):
    def reported_parameters(self, tape: Tape, dy: Sequence[Rows]) -> Observation:
        return {name: vector.astype(np.float64) for name, vector in super().reported_parameters(tape, dy).items()}


class NanInLastElement(HonestLayer):
    def reported_y(self, y: np.ndarray, dtype: np.dtype) -> np.ndarray:
        reported = super().reported_y(y, dtype)
        reported.flat[-1:] = np.nan
        return reported


# --- refusals


class AnyRankAccepted(HonestLayer):
    def check_rank(self, x: np.ndarray) -> None:
        if x.ndim < RANK_WITHOUT_SPACE:
            super().check_rank(x)


class Rank2Refused(HonestLayer):
    def check_rank(self, x: np.ndarray) -> None:
        super().check_rank(x)
        if self.layer == 'batchnorm1d' and x.ndim == RANK_WITHOUT_SPACE:
            raise ValueError('batchnorm1d expected [N, C, L], got [N, C]')


class WrongChannelsAccepted(HonestLayer):
    def check_channels(self, x: np.ndarray) -> None:
        pass

    def take(self, x: np.ndarray) -> np.ndarray:
        shape = (x.shape[0], self.config.num_features, *x.shape[2:])
        return x if x.shape == shape else np.resize(x, shape)


class NanInsteadOfError(HonestLayer):
    def check_count(self, count: int) -> None:
        pass


class EvaluationOfOneValueRefused(HonestLayer):
    def needs_several_values(self) -> bool:
        return True


class RefusalOfAnotherClass(HonestLayer):
    def check(self, inputs: Sequence[np.ndarray]) -> None:
        try:
            super().check(inputs)
        except ValueError as error:
            raise RuntimeError(str(error)) from error


class ArgumentsRefusedAtTheCall(HonestLayer):
    """Takes any eps and momentum, and refuses them when the layer is called."""

    def check_arguments(self) -> None:
        self.check_features()

    def check(self, inputs: Sequence[np.ndarray]) -> None:
        super().check_arguments()
        super().check(inputs)


class FeaturesUnchecked(HonestLayer):
    def check_features(self) -> None:
        pass


class EpsUnchecked(HonestLayer):
    def check_eps(self) -> None:
        pass


class MomentumUnchecked(HonestLayer):
    def check_momentum(self) -> None:
        pass


class LargeEpsRefused(HonestLayer):
    """Takes the domain of eps to end before 1, where the others have it open."""

    def check_eps(self) -> None:
        super().check_eps()
        if self.config.eps > LARGEST_EPS:
            raise ValueError(f'eps must be at most {LARGEST_EPS}, got {self.config.eps}')


class IntegerInputAccepted(HonestLayer):
    def check_type(self, x: np.ndarray) -> None:
        pass


# --- what a call may touch


class StateChangedByRefusedCall(HonestLayer):
    def check(self, inputs: Sequence[np.ndarray]) -> None:
        try:
            super().check(inputs)
        except ValueError:
            self.step_count += 1
            self.running_mean = np.full_like(self.running_mean, MARK_OF_A_REFUSED_CALL)
            raise


class AffineFalseRefused(HonestLayer):
    def initial(self, name: str, default: float) -> Vector:
        if not self.config.affine:
            raise TypeError('expected a Parameter for gamma, got None')
        return super().initial(name, default)


class MemoryOrderIgnored(HonestLayer):
    """Reads a channels-last buffer as if its values lay in the order of the shape."""

    def take(self, x: np.ndarray) -> np.ndarray:
        if self.case.layout != 'channels-last':
            return super().take(x)
        return np.ascontiguousarray(np.moveaxis(x, 1, -1)).reshape(x.shape)


class StateLostOnReload(HonestLayer):
    def reloaded(self) -> HonestLayer:
        layer = super().reloaded()
        fresh = type(self)(self.case, self.data)
        layer.running_mean, layer.running_var = fresh.running_mean, fresh.running_var
        return layer


class StateLostOnConversion(HonestLayer):
    def converted(self) -> HonestLayer:
        layer = super().converted()
        fresh = type(self)(self.case, self.data)
        layer.running_mean, layer.running_var = fresh.running_mean, fresh.running_var
        return layer


class ModeLostOnConversion(HonestLayer):
    def converted(self) -> HonestLayer:
        layer = super().converted()
        layer.training = True
        return layer


class OptionsUnchecked(HonestLayer):
    def check_option(self) -> None:
        pass


class InitialiserIgnored(HonestLayer):
    def initial(self, name: str, default: float) -> Vector:
        if name.startswith('running') and self.config.option.startswith('initial-'):
            return np.full(self.config.num_features, default).astype(self.working)
        return super().initial(name, default)


class MemoryOrderLost(HonestLayer):
    def order(self) -> dict[str, tuple[str, ...]]:
        return dict.fromkeys(super().order(), ('contiguous',))


class InputModified(HonestLayer):
    def reported_y(self, y: np.ndarray, dtype: np.dtype) -> np.ndarray:
        self.witness.lent('x')[...] = y
        return super().reported_y(y, dtype)


CONTRACT: dict[str, type[HonestLayer]] = {
    'flattened-output': FlattenedOutput,
    'flattened-gradient': FlattenedGradient,
    'output-in-channels-last-order': OutputInChannelsLastOrder,
    'wrong-dtype': WrongDtype,
    'dx-of-wrong-type': DxOfWrongType,
    'wrong-state-dtype': WrongStateDtype,
    'parameter-gradients-of-wrong-type': ParameterGradientsOfWrongType,
    'nan-in-last-element': NanInLastElement,
    'any-rank-accepted': AnyRankAccepted,
    'rank-2-refused': Rank2Refused,
    'wrong-channels-accepted': WrongChannelsAccepted,
    'nan-instead-of-error': NanInsteadOfError,
    'evaluation-of-one-value-refused': EvaluationOfOneValueRefused,
    'refusal-of-another-class': RefusalOfAnotherClass,
    'arguments-refused-at-the-call': ArgumentsRefusedAtTheCall,
    'features-unchecked': FeaturesUnchecked,
    'eps-unchecked': EpsUnchecked,
    'momentum-unchecked': MomentumUnchecked,
    'large-eps-refused': LargeEpsRefused,
    'integer-input-accepted': IntegerInputAccepted,
    'state-changed-by-refused-call': StateChangedByRefusedCall,
    'state-lost-on-reload': StateLostOnReload,
    'state-lost-on-conversion': StateLostOnConversion,
    'mode-lost-on-conversion': ModeLostOnConversion,
    'options-unchecked': OptionsUnchecked,
    'initialiser-ignored': InitialiserIgnored,
    'memory-order-lost': MemoryOrderLost,
    'affine-false-refused': AffineFalseRefused,
    'memory-order-ignored': MemoryOrderIgnored,
    'input-modified': InputModified,
}
