"""What a server must be told in a year with pauses and quiet hours: tests/domain's oracle, and what these keep back.

It imports nothing of the bot.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from tests.domain.oracle import Posted
from tests.domain.quiet_oracle import QuietChronicle
from tests.simulation.servers import Life, Paused


class Resumed(NamedTuple):
    """A message that tells what a pause kept back."""

    at: datetime
    film: int  #: 0: of all
    kept: tuple[tuple[object, ...], ...]  #: what, without when


class Closure(NamedTuple):
    """A channel that was found closed, by a message that was refused, until a look found it open."""

    start: datetime
    end: datetime


class Told(NamedTuple):
    """All that arrives in a server's channel, and what does not."""

    posted: list[Posted]
    resumed: list[Resumed]
    kept: list[Posted]


def must_be_told(life: Life, closures: Sequence[Closure] = ()) -> Told:
    """Live through a server's year. `closures`: when its channel was found closed, and open again."""
    chronicle = _Chronicle(life, closures)
    for moment in chronicle.moments(every_quarter=False):
        if life.script.asleep(moment):
            continue
        chronicle.learn(moment)
        chronicle.mute = life.script.mute(moment)
        chronicle.post(moment)
        chronicle.resume(moment)
    kept = [post for some in chronicle.kept.values() for post in some]
    return Told(sorted(chronicle.posted), chronicle.resumed, kept)


class _Chronicle(QuietChronicle):
    def __init__(self, life: Life, closures: Sequence[Closure]) -> None:
        super().__init__(life.script)
        self.pauses = life.pauses
        self.closures = closures
        self.mute = False  #: nothing arrives now
        self.kept: dict[Paused | Closure, list[Posted]] = {each: [] for each in (*life.pauses, *closures)}
        self.open: list[Paused | Closure] = [*life.pauses, *closures]
        self.resumed: list[Resumed] = []

    def moments(self, *, every_quarter: bool) -> Iterator[datetime]:
        found = {*super().moments(every_quarter=every_quarter)}
        found |= {moment for each in self.kept for moment in (each.start, each.end)}
        return iter(sorted(moment for moment in found if self.script.start <= moment < self.script.end))

    def tell(self, due: datetime, stale: datetime, found: Sequence[Posted]) -> bool:
        """A pause keeps back what is, or was, due in it, whether or not Discord is there."""
        now, due = found[0].at, self._loud(due)
        begun = [pause for pause in self.pauses if pause.start <= now and pause.film in (0, found[0].film)]
        if begun and (begun[-1].covers(due) or (now < stale and begun[-1].covers(now))):
            self.kept[begun[-1]] += found
            return True
        for closure in self.closures:
            if closure.start <= now < closure.end and (now < stale or closure.start <= due):
                self.kept[closure] += found
                return True
        return False if self.mute else super().tell(due, stale, found)

    def resume(self, now: datetime) -> None:
        """At its end, and once Discord is there, what a pause kept back is told in one message, if it kept anything."""
        if self.mute or self._loud(now) != now:
            return
        for each in [each for each in self.open if each.end <= now]:
            self.open.remove(each)
            film = each.film if isinstance(each, Paused) else 0
            if kept := self.kept[each]:
                self.resumed.append(Resumed(now, film, tuple(sorted(post[1:] for post in kept))))
