"""What Discord allows a bot, as arithmetic on the seconds of a clock that only goes forward; nothing waits here."""

from collections import deque
from dataclasses import dataclass

#: https://discord.com/developers/docs/topics/rate-limits: requests a second of one bot, all its processes together.
GLOBAL_LIMIT = 50
#: Who has no answer by then is taken to have arrived: requests that hang must not hold the others up.
LONGEST_WAY_SECONDS = 5.0
#: The quickest ever is forgotten by so much with each answer: Discord may have become slower for good.
_FORGETTING = 1.00001
#: No two ways are quite equal; so much is added to a second for it.
_MARGIN_SECONDS = 0.01
#: Answers of 401, 403 and 429 in ten minutes after which nothing is sent; at 10,000 Discord bans the address.
INVALID_LIMIT = 5_000
INVALID_SECONDS = 600.0
#: What a global 429 leaves of the pace, and how soon a request a second of it comes back.
_EASED, _SECONDS_A_STEP = 0.8, 15.0


#: Of the global limit so much is left to all processes together that do not lead: commands seldom ask Discord anything.
_FOLLOWERS = 6
#: Of its own share the leading one leaves so much to what is not posts.
_ASIDE = 2


@dataclass(frozen=True, slots=True)
class Portion:
    """What one process may ask of Discord in a second: requests in all, and posts among them at most."""

    requests: int
    posts: int


def divide(processes: int, *, leads: bool) -> Portion:
    """The portion of one of so many processes of a bot; all together never have more than the limit.

    Processes that stand by have 6 requests a second together, and one each at least; the one that leads has the rest.
    """
    following = processes - 1
    each = max(1, _FOLLOWERS // max(following, 1))
    if not leads:
        return Portion(each, each)
    requests = max(GLOBAL_LIMIT - each * following, 1)
    return Portion(requests, max(requests - _ASIDE, 1) if following else GLOBAL_LIMIT)


@dataclass(slots=True)
class Slot:
    """The place of one request among those that Discord may count into one second."""

    left_at: float
    free_at: float


class Window:
    """At most `limit` requests arrive at Discord in any second, wherever its seconds begin, and however late some are.

    A request counts until a second after it arrived. When that was, its answer tells: the request was late by no more
    than the answer is, compared with the quickest ever. Without an answer it may arrive any moment.
    """

    def __init__(self, limit: int = GLOBAL_LIMIT) -> None:
        self.limit = limit
        self._slots: list[Slot] = []
        self._quickest = float("inf")

    def wait(self, now: float) -> float:
        """Seconds until one more may leave, if no answer comes before; 0 if it may now."""
        if len(self._slots) < self.limit:  # whether or not they count still
            return 0.0
        self._slots = [slot for slot in self._slots if slot.free_at > now]
        over = len(self._slots) - self.limit
        return sorted(slot.free_at for slot in self._slots)[over] - now if over >= 0 else 0.0

    def take(self, now: float) -> Slot:
        """Let one leave."""
        slot = Slot(now, now + LONGEST_WAY_SECONDS + 1)
        self._slots.append(slot)
        return slot

    def end(self, slot: Slot, now: float, *, answered: bool) -> None:
        """Take the answer of one, or that it broke off: it arrives no more."""
        took = now - slot.left_at
        if answered:
            self._quickest = min(took, self._quickest * _FORGETTING)
        slot.free_at = min(slot.free_at, now - min(took, self._quickest) + 1 + _MARGIN_SECONDS)


class Easing:
    """The pace after a global 429: a fifth off at once, and a request a second back every 15 seconds."""

    def __init__(self, per_second: float) -> None:
        self._full = self._low = per_second
        self._since = 0.0

    def per_second(self, now: float) -> float:
        """Requests a second at this moment; it grows in whole steps."""
        waited = max(now - self._since, 0.0)  # a loop's clock may begin below 0, as in the sandbox
        return min(self._full, self._low + waited // _SECONDS_A_STEP)

    def ease(self, now: float) -> None:
        """Take a fifth off; never below one a second, or below a pace that is slower by itself."""
        self._low = max(self.per_second(now) * _EASED, min(1.0, self._full))
        self._since = now


class InvalidAnswers:
    """Counts answers of 401, 403 and 429, and says when enough is enough."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=INVALID_LIMIT)
        self._shut_until = float("-inf")

    def note(self, now: float) -> bool:
        """Count one; True if it is the one that stops the sending."""
        self._seen.append(now)
        too_many = len(self._seen) == INVALID_LIMIT and now - self._seen[0] < INVALID_SECONDS
        if not too_many or self.shut_for(now) > 0:
            return False
        # Until all of them are out of Discord's window, not the first alone: the next one would stop it again.
        self._shut_until = now + INVALID_SECONDS
        return True

    def shut_for(self, now: float) -> float:
        """Seconds for which nothing is to be sent; 0 if it may."""
        return max(self._shut_until - now, 0.0)
