"""What the errors of PostgreSQL mean: which transactions are over, and which may run again."""

import psycopg

from tertulia.kit.db.batches import of_driver

_ENDED = {"57P01", "57P02", "57P03", "57P05", "25P03"}
"""The server ended the session."""
_CONFLICT = {"40001", "40P01"}
"""Serialization failure, deadlock."""
_STORAGE = {"53100", "58030"}
"""The disk is full, or fails."""
_SLOW = {"55P03", "57014"}
"""Not in the time that a lock or a statement has."""


def is_lost(failure: Exception) -> bool:
    """Whether the connection is of no use any more."""
    error, code = of_driver(failure), _code(failure)
    if code is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return code in _ENDED or code.startswith("08")


def may_run_again(failure: Exception) -> bool:
    """Whether the same on another connection, or once more, may well succeed."""
    return is_lost(failure) or _code(failure) in _CONFLICT


def is_storage(failure: BaseException) -> bool:
    """Whether there is no room, or the disk fails."""
    return _code(failure) in _STORAGE


def is_slow(failure: BaseException) -> bool:
    """Whether it was ended because it took too long; nothing of it is there."""
    return _code(failure) in _SLOW


def _code(failure: BaseException) -> str | None:
    error = of_driver(failure)
    return error.sqlstate if isinstance(error, psycopg.Error) else None
