"""Which statistics normalise, and what a step leaves behind: BN-STAT-03 and BN-STATE-04, 09, 10, 11."""

from __future__ import annotations

from bn_protocol.cases import Config


class ModeTable:
    """One function per column of the table."""

    config: Config
    training: bool

    def enter(self, mode: str) -> None:
        if mode != 'fresh':
            self.training = mode == 'train'

    def row(self) -> str:
        """The row of the mode table by which the layer works."""
        return self.config.statistics

    def tracks_in_training(self) -> bool:
        return self.row() == 'tracked' and self.training

    def normalises_by_batch(self) -> bool:
        return self.row() in ('untracked', 'batch') or self.tracks_in_training() or self.pauses_in_training()

    def pauses_in_training(self) -> bool:  # BN-STATE-15
        return self.row() == 'paused' and self.training

    def has_state(self) -> bool:
        return self.row() != 'untracked'

    def updates_state(self) -> bool:
        return self.row() == 'batch' or self.tracks_in_training()

    def counts_step(self) -> bool:  # BN-STATE-06
        return self.row() == 'batch' or self.tracks_in_training()
