"""The loop that every Python runner shares: frames on stdin and stdout, one answer per case.

An adapter subclasses :class:`bn_protocol.adapter.Adapter` and hands itself to :func:`bn_protocol.loop.serve`. The
messages are those of ``spec/protocol/*.schema.json``.
"""
