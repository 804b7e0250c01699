"""How fast requests leave for Discord: posts evenly, commands before them, all together below the limit of one bot."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta
from types import TracebackType

from aiolimiter import AsyncLimiter

from bot.services.limits import INVALID_LIMIT, INVALID_SECONDS, Easing, InvalidAnswers, Portion, Slot, Window

log = logging.getLogger(__name__)
#: Who waits longer for a turn gives up: with SEND_TIMEOUT behind it, it stays within the LEASE of what is to be sent.
TURN_SECONDS = 15.0
#: A command that Discord would let wait longer is refused at once: by then nobody is looking at it.
PATIENCE_SECONDS = 30.0
#: Of a second's turns so many may be caught up on after the loop was busy; what is not caught up on is lost for ever.
_CATCH_UP = 0.1
#: In a task that has had its turn: how many of its requests are still paid for by that. None in a command's task.
_paid: ContextVar[list[int] | None] = ContextVar("paid", default=None)


class NoTurn(TimeoutError):
    """Nothing was asked of Discord: there was no turn for it, and there will be none before `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(f"no turn within {retry_after.total_seconds():.0f} seconds")
        self.retry_after = retry_after


class Pace:
    """`async with pace:` waits for a post's turn; `admit()` is the door that every request goes through, posts or not.

    A turn pays for the first request of the block; a retry, or the next page of a history, takes a turn of its own.
    `per_second`: turns a second, when Discord has nothing against it.
    """

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._easing = Easing(per_second)
        self._most_posts = float("inf")  #: of this process, beside what others ask
        self._window = Window()
        self._invalid = InvalidAnswers()
        self._line = asyncio.Lock()
        self._turns = _evenly(per_second)
        self._turns_a_second = per_second
        #: Until Discord's global 429 is over.
        self._held_until = float("-inf")
        #: Who stands at the door: commands, and behind them posts.
        self._lanes: tuple[deque[asyncio.Future[Slot]], ...] = (deque(), deque())
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_shut(self) -> bool:
        """Whether nothing is to be sent at the moment."""
        return self._shut_for(_now()) > 0

    def share(self, portion: Portion) -> None:
        """Keep to this process's portion of Discord's limit from now on."""
        self._window.limit = portion.requests
        self._most_posts = portion.posts
        self._serve()

    async def __aenter__(self) -> None:
        """Wait for a turn.

        Raises:
            NoTurn: there is none soon.
        """
        await self._take_turn()
        _paid.set([1])

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        _paid.set(None)

    async def admit(self) -> Callable[[bool], None]:
        """Wait until one more request may leave; call what it returns at its end, with whether it was answered.

        Raises:
            NoTurn: it may not soon, and was not made.
        """
        paid = _paid.get()
        if paid is None and (held := self._held_until - _now()) > PATIENCE_SECONDS:
            raise NoTurn(timedelta(seconds=held))
        if paid:
            paid.pop()
        elif paid is not None:
            await self._take_turn()
        ticket: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        self._lanes[paid is not None].append(ticket)
        self._serve()
        try:
            slot = await ticket
        except asyncio.CancelledError:
            if ticket.done() and not ticket.cancelled():  # let go and given up in one moment: nothing will leave
                ticket.result().free_at = _now()
                self._serve()
            raise

        def end(answered: bool) -> None:
            self._window.end(slot, _now(), answered=answered)
            self._serve()

        return end

    def note_invalid(self) -> None:
        """Count an answer of 401, 403 or 429 towards those for which Discord bans an address."""
        if self._invalid.note(_now()):
            log.critical(
                "%s answers of 401, 403 and 429 within %s minutes: nothing is posted for that long, or Discord would "
                "ban this address. The log says which channels refuse",
                INVALID_LIMIT,
                int(INVALID_SECONDS / 60),
            )

    def note_global_limit(self, seconds: float) -> None:
        """Hold everything for so long, and be slower for a while."""
        now = _now()
        if now >= self._held_until:  # the others of the same second say nothing new
            self._easing.ease(now)
            log.warning(
                "Discord's global limit was hit: all wait %.1f s, then at most %.0f posts a second for a while",
                seconds,
                self._easing.per_second(now),
            )
        self._held_until = max(self._held_until, now + seconds)
        self._serve()

    def _shut_for(self, now: float) -> float:
        return max(self._invalid.shut_for(now), self._held_until - now)

    async def _take_turn(self) -> None:
        try:
            async with asyncio.timeout(TURN_SECONDS), self._line:
                while (wait := self._shut_for(_now())) > 0:
                    if wait > TURN_SECONDS:
                        raise NoTurn(timedelta(seconds=wait))
                    await asyncio.sleep(wait)
                turns_a_second = min(self._easing.per_second(_now()), self._most_posts)
                if turns_a_second != self._turns_a_second:
                    self._turns, self._turns_a_second = _evenly(turns_a_second), turns_a_second
                await self._turns.acquire()
        except NoTurn:
            raise
        except TimeoutError as error:
            raise NoTurn(timedelta(seconds=TURN_SECONDS)) from error

    def _serve(self) -> None:
        """Let go who may, commands first; come back when the next one may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = _now()
        for lane in self._lanes:
            while lane:
                ticket = lane[0]
                if ticket.done():  # given up
                    lane.popleft()
                    continue
                wait = max(self._window.wait(now), self._held_until - now)
                if wait > 0:
                    self._timer = asyncio.get_running_loop().call_later(wait, self._serve)
                    return
                lane.popleft()
                ticket.set_result(self._window.take(now))


def _evenly(per_second: float) -> AsyncLimiter:
    return AsyncLimiter(1 + per_second * _CATCH_UP, 1 / per_second + _CATCH_UP)


def _now() -> float:
    return asyncio.get_running_loop().time()
