"""Lies about γ and β; they reach the output and dx alike."""

from __future__ import annotations

import numpy as np

from model import HonestLayer
from rows import Moments, Vector


class AffineIgnored(HonestLayer):
    def affine(self, moments: Moments) -> tuple[Vector, Vector]:
        return np.ones_like(self.gamma), np.zeros_like(self.beta)


class GammaIgnored(HonestLayer):
    def affine(self, moments: Moments) -> tuple[Vector, Vector]:
        return np.ones_like(self.gamma), self.beta


class BetaIgnored(HonestLayer):
    def affine(self, moments: Moments) -> tuple[Vector, Vector]:
        return self.gamma, np.zeros_like(self.beta)


class GammaPlusOne(HonestLayer):
    def affine(self, moments: Moments) -> tuple[Vector, Vector]:
        return (self.gamma + 1 if self.config.affine else self.gamma), self.beta


class AffineExchanged(HonestLayer):
    def affine(self, moments: Moments) -> tuple[Vector, Vector]:
        return (self.beta, self.gamma) if self.config.affine else (self.gamma, self.beta)


class BetaInsideScale(HonestLayer):
    def affine(self, moments: Moments) -> tuple[Vector, Vector]:
        return self.gamma, self.gamma * self.beta


class GammaSharesRunningVariance(HonestLayer):
    def affine(self, moments: Moments) -> tuple[Vector, Vector]:
        shares = self.config.affine and self.step_count > 0  # the layer counts the steps that move the state
        return (self.running_var if shares else self.gamma), self.beta


class GammaOfFirstChannel(HonestLayer):
    def affine(self, moments: Moments) -> tuple[Vector, Vector]:
        return np.full_like(self.gamma, self.gamma[0]), self.beta


class AffineIgnoredInEvaluation(HonestLayer):
    def affine(self, moments: Moments) -> tuple[Vector, Vector]:
        return (np.ones_like(self.gamma), np.zeros_like(self.beta)) if moments.running else super().affine(moments)


AFFINE: dict[str, type[HonestLayer]] = {
    'affine-ignored': AffineIgnored,
    'gamma-ignored': GammaIgnored,
    'beta-ignored': BetaIgnored,
    'gamma-plus-one': GammaPlusOne,
    'affine-exchanged': AffineExchanged,
    'beta-inside-scale': BetaInsideScale,
    'gamma-shares-running-variance': GammaSharesRunningVariance,
    'gamma-of-first-channel': GammaOfFirstChannel,
    'affine-ignored-in-evaluation': AffineIgnoredInEvaluation,
}
