"""The sizes at which a fast loop ends and its remainder begins."""

from __future__ import annotations

VECTOR_WIDTH = 4
BLOCK_OF_CHANNELS = 64


def whole_vectors(count: int) -> int:
    """How many of ``count`` values a loop by whole vectors takes; all of them where there is not even one vector."""
    return count if count < VECTOR_WIDTH else count - count % VECTOR_WIDTH
