"""What a new layer says of itself before any call: its constructor, its mode, its text, what it stores."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Dict, Sequence, Union

Plain = Union[bool, int, float, str, None]
#: arguments, inputs, training, repr, parameters, buffers: the ``described`` of a result
Description = Dict[str, Any]

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def arguments_of(constructor: Callable[..., Any]) -> list[dict[str, Any]]:
    """The arguments in order, with their defaults; one without a default must be given.

    :param constructor: a class, or a function
    """
    return [argument(one) for one in inspect.signature(constructor).parameters.values() if one.name != 'self']


def argument(parameter: inspect.Parameter) -> dict[str, Any]:
    if parameter.kind in _POSITIONAL:
        kind = 'positional'
    else:
        kind = 'keyword' if parameter.kind is inspect.Parameter.KEYWORD_ONLY else 'rest'
    default = {} if parameter.default is inspect.Parameter.empty else {'default': plain(parameter.default)}
    return {'name': parameter.name, 'kind': kind, **default}


def inputs_of(call: Callable[..., Any]) -> list[str]:
    """Names of what a call must be given."""
    return [one['name'] for one in arguments_of(call) if one['kind'] == 'positional' and 'default' not in one]


def plain(value: Any) -> Plain:
    """The value where JSON has it, else its name or its text: the text of a function has an address in it."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    return str(getattr(value, '__name__', value))


def stored(name: str, shape: Sequence[int], dtype: Any) -> dict[str, Any]:
    """A buffer; the type without its module, in lower case: ``torch.float32`` and ``Float32`` are one."""
    return {'name': name, 'shape': [int(extent) for extent in shape], 'dtype': str(dtype).rpartition('.')[2].lower()}


def parameter(name: str, shape: Sequence[int], dtype: Any, *, trainable: bool) -> dict[str, Any]:
    return {**stored(name, shape, dtype), 'trainable': bool(trainable)}
