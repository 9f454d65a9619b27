"""Options of a case (src/cases/options.ts) that frameworks with the same names of arguments spell alike."""

from __future__ import annotations

from typing import Any

#: in place of canonical arguments, by their names
ALIKE: dict[str, dict[str, Any]] = {
    'dtype-text': {'dtype': 'float32'},
    'dtype-none': {'dtype': None},
    'eps-text': {'eps': 'x'},
    'momentum-text': {'momentum': 'x'},
    'momentum-none': {'momentum': None},
    'affine-number': {'affine': 1},
    'affine-text': {'affine': 'x'},
    'features-text': {'num_features': '3'},
    'features-true': {'num_features': True},
    'features-whole': {'num_features': 3.0},
}
#: the names of types, which stand in the framework
TYPES = {'dtype-integer': 'int32'}
NOTHING, INTEGER_EPS = 'arguments-none', 'eps-integer'
#: along which axis of one buffer parameters and state follow each other
AXIS_OF_BUFFERS = {'buffers-shared': 0, 'buffers-strided': 1}
