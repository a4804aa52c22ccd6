"""The exceptions: one class for each code of docs/errors.md."""

from typing import Any

from . import _siku


class Error(Exception):
    """What went wrong, where, and what to do.

    ``str(error)`` says all of it in the language of ``SIKU_LANG`` or the locale; the attributes are
    English.
    """

    code: str = "internal"
    message: str
    value: str
    place: str
    hint: str
    #: The run that ended so, for :func:`siku.resume`; None where there is none.
    run: str | None

    def __init__(
        self,
        message: str,
        *,
        value: str = "",
        place: str = "",
        hint: str = "",
        text: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.value = value
        self.place = place
        self.hint = hint
        self.run = None
        self._text = _siku.describe(message, value, place, hint) if text is None else text

    def __str__(self) -> str:
        return self._text

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: getattr(self, name) for name in ("message", "value", "place", "hint", "run")}
        return (type(self), (self.message,), {**state, "_text": self._text})


class Internal(Error, RuntimeError):
    """A bug of Siku."""

    code = "internal"


class Invalid(Error, ValueError):
    """Arguments, recipe or parameters are wrong."""

    code = "invalid"


class _WrongType(Invalid, TypeError):
    """An argument of a type that nothing can be made of."""


class NotFound(Error, FileNotFoundError, KeyError):
    """No such file, column, dataset, version, run or operator."""

    code = "not_found"


class Conflict(Error, RuntimeError):
    """Somebody else changed it, or it exists already."""

    code = "conflict"


class Denied(Error, PermissionError):
    """Not readable, not writable, not allowed."""

    code = "denied"


class Data(Error, ValueError):
    """The input cannot be read as what it is said to be."""

    code = "data"


class Limit(Error, RuntimeError):
    """A cap on size, depth, time or memory."""

    code = "limit"


class NoSpace(Error, OSError):
    """The disk is full; the run can be resumed."""

    code = "no_space"


class Io(Error, OSError):
    """The disk or the network failed."""

    code = "io"


class Busy(Error, TimeoutError):
    """Locked by another process for longer than we wait."""

    code = "busy"


class Unsupported(Error, NotImplementedError):
    """A newer format, or a thing this build lacks."""

    code = "unsupported"


class Unbalanced(Error, RuntimeError):
    """The fates of a run do not add up, or a digest does not match."""

    code = "unbalanced"


class Interrupted(Error, KeyboardInterrupt):
    """Ctrl-C; the run can be resumed."""

    code = "interrupted"


_CLASSES: dict[str, type[Error]] = {
    one.code: one
    for one in (
        Internal,
        Invalid,
        NotFound,
        Conflict,
        Denied,
        Data,
        Limit,
        NoSpace,
        Io,
        Busy,
        Unsupported,
        Unbalanced,
        Interrupted,
    )
}


def error_of(code: str, message: str, value: str, place: str, hint: str, text: str) -> Error:
    """What the extension calls."""
    of_code = _CLASSES.get(code, Internal)
    one = _WrongType if message == "the values are not texts" else of_code
    return one(message, value=value, place=place, hint=hint, text=text)
