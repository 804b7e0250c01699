"""The made-up years with quiet hours, and what must be posted then: the oracle that holds its tongue in them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from tests.domain.choices import make_choosy_script
from tests.domain.oracle import Change, Chronicle, Posted, hours_of, walls_of
from tests.domain.script import Event, Script, Settings

DAY = timedelta(days=1)
#: Nights, a siesta, nearly the whole day, and ends that some zone leaves out or has twice.
QUIET = (
    None, ("22:00", "08:00"), ("23:45", "09:15"), ("00:00", "02:15"), ("22:30", "01:45"), ("12:00", "18:45"),
    ("20:00", "19:30"), ("04:00", "02:30"), ("00:00", "23:00"),
)  # fmt: skip


def make_quiet_script(seed: int, films: int = 10) -> Script:
    """Add quiet hours to the script of `seed`, from the first day or later. The same seed always makes the same."""
    random, script = Random(f"quiet in {seed}"), make_choosy_script(seed, films)
    quiet = random.choice(QUIET)
    first = settings = replace(script.settings, quiet=quiet)
    events: list[Event] = []
    for event in script.events:
        if event.settings is not None:
            quiet = random.choice(QUIET) if random.random() < 0.5 else quiet
            settings = replace(event.settings, quiet=quiet)
            events.append(replace(event, settings=settings))
        else:
            events.append(event)
            if random.random() < 0.1:  # at noon, in the night, a second after some news
                quiet = random.choice(QUIET)
                settings = replace(settings, quiet=quiet)
                events.append(Event(event.at + random.choice((timedelta(seconds=1), DAY / 4)), settings=settings))
    awake = sorted((event for event in events if not script.asleep(event.at)), key=lambda event: event.at)
    return replace(script, settings=first, events=tuple(_with_effect(first, awake)))


def _with_effect(settings: Settings, events: list[Event]) -> Iterator[Event]:
    for event in events:
        if event.settings != settings:
            settings = event.settings or settings
            yield event


class QuietChronicle(Chronicle):
    """Says nothing while the clock on the wall shows a quiet hour; the posting hour gives way to their end."""

    def moments(self, *, every_quarter: bool) -> Iterator[datetime]:
        found = set(super().moments(every_quarter=every_quarter))
        for settings in {self.script.settings} | {e.settings for e in self.script.events if e.settings}:
            found.update(hours_of(settings.zone, hour_in_force(settings), self.script.start.year).values())
            if settings.quiet:
                found.update(ends_of(settings.zone, settings.quiet, self.script.start.year))
        return iter(sorted(moment for moment in found if self.script.start <= moment < self.script.end))

    def post(self, now: datetime) -> None:
        if self._loud(now) == now:
            super().post(now)

    def _loud(self, moment: datetime) -> datetime:
        """The moment itself, or when the quiet ends that it falls into."""
        quiet, zone, year = self.settings.quiet, self.settings.zone, self.script.start.year
        shown = moment.astimezone(ZoneInfo(zone)).time()
        if quiet is None or not is_quiet(shown, quiet):
            return moment
        return next(end for end in ends_of(zone, quiet, year) if end > moment)

    def _alert_stale(self, due: datetime) -> datetime:
        stale = super()._alert_stale(due)
        at = self.changed if self.changed and due < self.changed < stale else due
        return stale + (self._loud(at) - at)

    def _time_to_tell(self, told: list[Change], changed: datetime | None) -> datetime:
        return self._loud(super()._time_to_tell(told, changed))

    def _hour(self, day: date) -> datetime | None:
        return hours_of(self.settings.zone, hour_in_force(self.settings), self.script.start.year).get(day)

    def _next_hour(self, moment: datetime) -> datetime:
        day = self._local_day(moment) - DAY
        while (hour := self._hour(day)) is None or hour <= moment:
            day += DAY
        return hour


def what_must_be_posted_quietly(script: Script, *, every_quarter: bool = False) -> list[Posted]:
    """Live through `script`; what arrives, by time."""
    world = QuietChronicle(script)
    for moment in world.moments(every_quarter=every_quarter):
        if script.asleep(moment):
            continue
        world.learn(moment)
        if not script.mute(moment):
            world.post(moment)
    return sorted(world.posted)


def is_quiet(shown: time, quiet: tuple[str, str]) -> bool:
    """Whether a clock that shows this is in the quiet hours: between them, going round the dial from the first."""
    start, end, now = (at.hour * 60 + at.minute for at in (*map(time.fromisoformat, quiet), shown))
    return (now - start) % 1440 < (end - start) % 1440


def hour_in_force(settings: Settings) -> str:
    """The hour at which posts go."""
    if settings.quiet and is_quiet(time.fromisoformat(settings.hour), settings.quiet):
        return settings.quiet[1]
    return settings.hour


@cache
def ends_of(zone: str, quiet: tuple[str, str], year: int) -> list[datetime]:
    """Every moment of two years at which it stops being quiet."""
    walls = [(moment, is_quiet(shown, quiet)) for moment, _, shown in walls_of(zone, year)]
    return [moment for (_, before), (moment, now) in pairwise(walls) if before and not now]
