"""Lies about the mode table: which statistics normalise, and which steps move the state."""

from __future__ import annotations

from typing import Any, Mapping

from model import HonestLayer


class FreshLayerEvaluates(HonestLayer):
    def starts_in_training(self) -> bool:
        return False


class StatisticsUpdatedInEvaluation(HonestLayer):
    def updates_state(self) -> bool:
        return self.config.statistics in ('tracked', 'batch')


class ScriptedRouteNotUpdated(HonestLayer):
    def updates_state(self) -> bool:
        return super().updates_state() and self.case.route != 'scripted'


class BatchStatisticsInEvaluation(HonestLayer):
    def normalises_by_batch(self) -> bool:
        return super().normalises_by_batch() or self.config.statistics == 'tracked'


class RunningStatisticsInTraining(HonestLayer):
    def normalises_by_batch(self) -> bool:
        return super().normalises_by_batch() and not self.tracks_in_training()


class EvaluationIgnoredAfterTraining(HonestLayer):
    def enter(self, mode: str) -> None:
        super().enter(mode)
        if self.config.statistics == 'tracked' and self.step_count > 0:
            self.training = True


class RunningRowUpdates(HonestLayer):
    def updates_state(self) -> bool:
        return super().updates_state() or (self.config.statistics == 'running' and self.training)


class RunningRowByBatchInTraining(HonestLayer):
    def normalises_by_batch(self) -> bool:
        return super().normalises_by_batch() or (self.config.statistics == 'running' and self.training)


class BatchRowFrozenInEvaluation(HonestLayer):
    def updates_state(self) -> bool:
        return super().updates_state() and self.training

    def counts_step(self) -> bool:
        return super().counts_step() and self.training


class BatchRowByRunningInEvaluation(HonestLayer):
    def row(self) -> str:
        return 'tracked' if self.config.statistics == 'batch' else super().row()


class UntrackedKeepsState(HonestLayer):
    def has_state(self) -> bool:
        return True

    def updates_state(self) -> bool:
        return super().updates_state() or (self.config.statistics == 'untracked' and self.training)

    def counts_step(self) -> bool:
        return self.updates_state()


class UntrackedEvaluationByFreshState(HonestLayer):
    def normalises_by_batch(self) -> bool:
        evaluates = self.config.statistics == 'untracked' and not self.training
        return super().normalises_by_batch() and not evaluates


class ChangeIgnored(HonestLayer):
    #: the setting that stays what it was
    kept = ''

    def taken_over(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: value for name, value in super().taken_over(settings).items() if name != self.kept}


class MomentumChangeIgnored(ChangeIgnored):
    kept = 'momentum'


class EpsChangeIgnored(ChangeIgnored):
    kept = 'eps'


class RowChangeIgnored(ChangeIgnored):
    kept = 'statistics'


class PausedEvaluationByBatch(HonestLayer):
    def normalises_by_batch(self) -> bool:
        return super().normalises_by_batch() or self.row() == 'paused'


MODES: dict[str, type[HonestLayer]] = {
    'fresh-layer-evaluates': FreshLayerEvaluates,
    'statistics-updated-in-evaluation': StatisticsUpdatedInEvaluation,
    'scripted-route-not-updated': ScriptedRouteNotUpdated,
    'batch-statistics-in-evaluation': BatchStatisticsInEvaluation,
    'running-statistics-in-training': RunningStatisticsInTraining,
    'evaluation-ignored-after-training': EvaluationIgnoredAfterTraining,
    'running-row-updates': RunningRowUpdates,
    'running-row-by-batch-in-training': RunningRowByBatchInTraining,
    'batch-row-frozen-in-evaluation': BatchRowFrozenInEvaluation,
    'batch-row-by-running-in-evaluation': BatchRowByRunningInEvaluation,
    'momentum-change-ignored': MomentumChangeIgnored,
    'eps-change-ignored': EpsChangeIgnored,
    'row-change-ignored': RowChangeIgnored,
    'paused-evaluation-by-batch': PausedEvaluationByBatch,
    'untracked-keeps-state': UntrackedKeepsState,
    'untracked-evaluation-by-fresh-state': UntrackedEvaluationByFreshState,
}
