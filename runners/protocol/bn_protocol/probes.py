"""Evidence for 'the framework does not offer this': a call that is really made, and the refusal that it got."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Optional

from bn_protocol.adapter import AdapterFault, Unsupported, refusal

#: makes a call that needs more than this process; its refusal, or None
Experiment = Callable[[], Optional[Mapping[str, str]]]


class Probe(NamedTuple):
    #: what the framework does not offer
    reason: str
    #: where the framework's documentation or source says so
    source: str
    #: a Python expression over the probes' names, or a call for which they have an experiment
    call: str


class Probes:
    """Makes each call once per process and remembers how it went."""

    def __init__(self, names: Mapping[str, Any], experiments: Mapping[str, Experiment] | None = None) -> None:
        self._names = dict(names)
        self._experiments = dict(experiments or {})
        self._refusals: dict[str, Mapping[str, str] | None] = {}
        self._faults: dict[str, AdapterFault] = {}

    def is_refused(self, probe: Probe) -> bool:
        return self._error(probe.call) is not None

    def unsupported(self, probe: Probe) -> Unsupported:
        """:raises AdapterFault: the framework does not refuse the call, so the claim is wrong"""
        error = self._error(probe.call)
        if error is None:
            raise AdapterFault(f'said to be unsupported ({probe.reason}), but {probe.call} is not refused')
        return Unsupported(probe.reason, probe.source, probe.call, error)

    def _error(self, call: str) -> Mapping[str, str] | None:
        if call in self._faults:
            raise self._faults[call]
        if call not in self._refusals:
            try:
                self._refusals[call] = self._attempt(call)
            except AdapterFault as fault:
                self._faults[call] = fault
                raise
        return self._refusals[call]

    def _attempt(self, call: str) -> Mapping[str, str] | None:
        if call in self._experiments:
            return self._experiments[call]()
        try:
            eval(call, self._names)  # noqa: S307 - our own constant text, so that the call reported is the call made
        except Exception as error:
            return refusal(error)
        return None
