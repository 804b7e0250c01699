"""Whether a source is up: told once when it fails and once when it answers again; meanwhile nobody waits for it."""

import logging
from collections.abc import Callable
from enum import Enum

from bot.domain.errors import SourceError, SourceRefused, SourceUnavailable

log = logging.getLogger(__name__)

#: A source that is down is left alone for so long; then one call looks whether it is back.
DOWN_SECONDS = 60.0
#: A key that was refused gets no better by asking: an hour.
REFUSED_SECONDS = 3600.0
#: So many calls in a row that fail one by one (HTTP 500, nonsense) are the source's fault, not one film's.
FAILURES_IN_A_ROW = 3
#: A source that comes and goes is not told of at every turn.
QUIET_SECONDS = 600.0


class Fault(Enum):
    """Whose fault a failed call seems to be."""

    SOURCE = "source"  #: nothing else would get through either
    UNSURE = "unsure"  #: its, or this one film's: several in a row decide
    QUESTION = "question"  #: ours


class SourceHealth:
    """One source's circuit: closed (ask), open (fail at once), and after a while one call to find out."""

    def __init__(self, name: str, monotonic: Callable[[], float]) -> None:
        self._name = name
        self._monotonic = monotonic
        self._error: SourceError | None = None
        self._in_a_row = 0
        self._told = False
        self._quiet_until = float("-inf")
        self._open_until: float | None = None

    @property
    def error(self) -> SourceError | None:
        """Why its last call failed; None if it did not."""
        return self._error

    def check(self) -> None:
        """Let a call through, or raise at once what is known.

        Raises:
            SourceError: the circuit is open. Once its time is over the caller goes through, and the others wait for it.
        """
        if self._error is None or self._open_until is None:
            return
        now = self._monotonic()
        if now < self._open_until:
            raise type(self._error)(self._name, self._error.reason, self._open_until - now)
        self._open_until = now + DOWN_SECONDS

    def answered(self) -> None:
        """Take note of a call that succeeded."""
        self._in_a_row = 0
        self._open_until = None
        if self._error is not None:
            self._error = None
            if self._told:
                log.info("%s answers again", self._name)
                self._quiet_until = self._monotonic() + QUIET_SECONDS
            self._told = False

    def failed(self, error: SourceError, fault: Fault) -> None:
        """Take note of a call that failed after its retries."""
        now = self._monotonic()
        self._error = error
        self._in_a_row += fault is not Fault.QUESTION
        if fault is Fault.SOURCE or (fault is Fault.UNSURE and self._in_a_row >= FAILURES_IN_A_ROW):
            refused = isinstance(error, SourceRefused)
            seconds = REFUSED_SECONDS if refused else max(DOWN_SECONDS, error.retry_seconds or 0.0)
            self._open_until = max(self._open_until or now, now + seconds)
        if not self._told and now >= self._quiet_until:
            self._told = True
            log.warning("%s: %s. What is known stays as it is; %s", self._name, error.reason, _what_follows(error))


def _what_follows(error: SourceError) -> str:
    if isinstance(error, SourceUnavailable):
        return "it is asked again later"
    return f"it is left alone for {REFUSED_SECONDS / 3600:.0f} hour, then tried again"
