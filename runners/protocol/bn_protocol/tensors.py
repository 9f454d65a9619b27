"""Tensors between the wire and numpy. numpy has no bfloat16: it travels, and is held, as 16-bit patterns."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Union

import numpy as np

ALIGNMENT_BYTES = 8
BFLOAT16 = 'bfloat16'

NATIVE_DTYPES: dict[str, np.dtype] = {
    'float16': np.dtype('<f2'),
    'float32': np.dtype('<f4'),
    'float64': np.dtype('<f8'),
    'int64': np.dtype('<i8'),
    'int32': np.dtype('<i4'),
    'bool': np.dtype('?'),
}
_NAMES = {dtype: name for name, dtype in NATIVE_DTYPES.items()}
_BITS = np.dtype('<u2')
PADDING = tuple(bytes(-length % ALIGNMENT_BYTES) for length in range(ALIGNMENT_BYTES))


class BFloat16:
    """A bfloat16 tensor: its bit patterns as uint16, in the tensor's shape."""

    __slots__ = ('bits',)

    def __init__(self, bits: np.ndarray) -> None:
        self.bits = bits

    @property
    def shape(self) -> tuple[int, ...]:
        return self.bits.shape


class Filed(NamedTuple):
    """What is left in an answer of a tensor that went into a file."""

    dtype: str
    shape: tuple[int, ...]


Value = Union[np.ndarray, BFloat16]


def dtype_name(value: Value) -> str:
    """The protocol's word for the type.

    :raises TypeError: the protocol has no word for it
    """
    if isinstance(value, BFloat16):
        return BFLOAT16
    try:
        return _NAMES[value.dtype]
    except KeyError:
        raise TypeError(f'the protocol has no word for numpy type {value.dtype}') from None


class TensorPlace(NamedTuple):
    """Where a tensor lies, and what it is."""

    dtype: np.dtype
    is_bfloat16: bool
    shape: tuple[int, ...]
    #: bytes behind the start of the case's tensors
    offset: int
    #: a .npy file in place of the payload
    file: str | None


def place_of(descriptor: Mapping[str, Any]) -> TensorPlace:
    """What a descriptor says.

    :raises ValueError: an unknown type
    """
    name, shape, file = descriptor['dtype'], descriptor['shape'], descriptor.get('file')
    dtype = _BITS if name == BFLOAT16 else NATIVE_DTYPES.get(name)
    if dtype is None:
        raise ValueError(f'unknown dtype {name!r}')
    return TensorPlace(dtype, name == BFLOAT16, tuple(shape), 0 if file is not None else descriptor['offset'], file)


def tensor_at(place: TensorPlace, payload: bytes, at: int) -> Value:
    """The tensor: a read-only view of the payload, or the array of a .npy file.

    :param at: byte from which offsets count
    :raises ValueError: bytes outside the payload, or a file of another type or shape
    """
    dtype, is_bfloat16, shape, offset, file = place
    if file is not None:
        array = _load_file(file, dtype, shape)
    else:
        try:
            array = np.ndarray(shape, dtype, payload, at + offset)
        except (TypeError, ValueError) as error:
            where = f'{dtype} tensor of shape {list(shape)} at offset {at + offset} of {len(payload)} payload bytes'
            raise ValueError(f'{where}: {error}') from error
    return BFloat16(array) if is_bfloat16 else array


def _load_file(path: str, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    try:
        array = np.load(path, mmap_mode='r', allow_pickle=False)  # a batch is decoded before its first case runs
    except Exception as error:  # numpy raises what its zip and header readers raise
        raise ValueError(f'{path}: {type(error).__name__}: {error}') from error
    if not isinstance(array, np.ndarray):
        raise ValueError(f'{path} is an archive, not one array')
    if array.dtype != dtype or array.shape != shape:
        raise ValueError(f'{path} holds {array.dtype} {array.shape}, the header says {dtype} {shape}')
    return np.ascontiguousarray(array).reshape(shape)  # ascontiguousarray makes a scalar one-dimensional


class Places:
    """Where the tensors of one answer lie in its payload, one after the other."""

    __slots__ = ('_size',)

    def __init__(self) -> None:
        self._size = 0

    def add(self, value: Value | Filed) -> str:
        """The descriptor of the next tensor, as JSON; the path of a file is left open.

        :raises TypeError: the protocol has no word for its type
        """
        if isinstance(value, Filed):
            return f'{{"dtype":"{value.dtype}","shape":[{",".join(map(str, value.shape))}],"file":%s}}'
        offset = self._size
        length = (value.bits if isinstance(value, BFloat16) else value).nbytes
        self._size = offset + length + -length % ALIGNMENT_BYTES
        return f'{{"dtype":"{dtype_name(value)}","shape":[{",".join(map(str, value.shape))}],"offset":{offset}}}'
