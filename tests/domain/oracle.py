"""What must be posted and when, found the slow way: by stepping through the year and looking at the clock on the wall.

Written from the words of the design, to check bot/domain/posts.py against: it imports nothing of the bot.
"""

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.domain.script import Date, Event, Script

QUARTER_HOUR = timedelta(minutes=15)
DAY = timedelta(days=1)
#: The six types by rank; a premiere is no release.
RANK = ("premiere", "theatrical", "limited", "digital", "physical", "tv")
IN_CINEMAS = ("limited", "theatrical")


class Posted(NamedTuple):
    """Something that arrived in the channel."""

    at: datetime
    what: str  #: "countdown", "release" or "date_change"
    film: int
    days: int  #: of a countdown
    type: str
    date: str
    old: str  #: of a date change


class Change(NamedTuple):
    number: int
    known: datetime
    pair: tuple[str, str]  #: country and type
    old: str  #: "" for none
    new: str


@dataclass
class _Film:
    dates: tuple[Date, ...]
    tracked: datetime | None = None
    since: dict[tuple[str, str], datetime] = field(default_factory=dict[tuple[str, str], datetime])
    changes: list[Change] = field(default_factory=list[Change])
    told: int = 0  #: the newest change that was known when something of the film was told
    country: str | None = None  #: its own, and below what is wanted of it, and when either was chosen
    wanted: tuple[str, ...] | None = None
    chosen: datetime | None = None


def what_must_be_posted(script: Script, *, every_quarter: bool = False) -> list[Posted]:
    """Live through `script`; what arrives, by time.

    Looks when something can begin to be owed, and when an outage ends; if asked to, at every quarter of an hour too.
    """
    world = Chronicle(script)
    for moment in world.moments(every_quarter=every_quarter):
        if script.asleep(moment):
            continue
        world.learn(moment)
        if not script.mute(moment):
            world.post(moment)
    return sorted(world.posted)


class Chronicle:
    """What becomes known to a server, step by step, and what it is told."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.settings = script.settings
        self.changed: datetime | None = None  #: when the settings last were
        self.films = {number: _Film(dates) for number, dates in script.films.items()}
        self.events = list(script.events)
        self.numbers = iter(range(1, 1_000_000))
        self.posted: list[Posted] = []
        self.keys: set[tuple[object, ...]] = set()

    def moments(self, *, every_quarter: bool) -> Iterator[datetime]:
        found = {event.at for event in self.script.events} | {outage.end for outage in self.script.outages}
        in_force = {self.script.settings} | {event.settings for event in self.script.events if event.settings}
        for settings in in_force:
            found.update(hours_of(settings.zone, settings.hour, self.script.start.year).values())
        if every_quarter:
            first = self.script.start.replace(minute=0, second=0)
            found.update(first + QUARTER_HOUR * number for number in range(400 * 96))
        return iter(sorted(moment for moment in found if self.script.start <= moment < self.script.end))

    def learn(self, now: datetime) -> None:
        while self.events and self.events[0].at <= now:
            event = self.events.pop(0)
            if event.settings is not None:
                self.settings, self.changed = event.settings, event.at
            elif event.tracked is not None:
                film = self.films[event.film]
                film.tracked = (film.tracked or event.at) if event.tracked else None
                if film.tracked is None:
                    film.country = film.wanted = film.chosen = None
            elif event.chosen is not None:
                if (film := self.films[event.film]).tracked is not None:
                    film.country, film.wanted, film.chosen = *event.chosen, event.at
            elif event.dates is not None:
                self._learn_dates(self.films[event.film], event, event.dates)

    def _learn_dates(self, film: _Film, event: Event, dates: tuple[Date, ...]) -> None:
        before, after = first_dates(film.dates), first_dates(dates)
        for pair in sorted(before.keys() | after.keys()):
            old, new = before.get(pair, ""), after.get(pair, "")
            if old != new:
                if not event.history:
                    film.changes.append(Change(next(self.numbers), event.at, pair, old, new))
                film.since[pair] = event.at
        film.dates = dates

    def tell(self, due: datetime, stale: datetime, found: Sequence[Posted]) -> bool:
        """Put into the channel what was `due`, unless it is `stale`; whether that settles it."""
        if found[0].at >= stale:
            return False
        self.posted += found
        return True

    def post(self, now: datetime) -> None:
        for number, film in self.films.items():
            if film.tracked is not None:
                self._post_changes(now, number, film, film.tracked)
                self._post_days(now, number, film, film.tracked)

    def _post_days(self, now: datetime, number: int, film: _Film, tracked: datetime) -> None:
        for owed in self._owed(film, film.dates, tracked):
            if len(owed.when) == 10:
                self._post_days_of(now, number, film, tracked, owed)

    def _post_days_of(self, now: datetime, number: int, film: _Film, tracked: datetime, owed: Date) -> None:
        known = film.since.get((owed.country, owed.type), tracked)
        if owed.when != first_dates(film.dates)[owed.country, owed.type]:
            known = tracked  # another language's day: nobody notes when it was learnt
        for days in (*self.settings.milestones, 0):
            day = date.fromisoformat(owed.when) - days * DAY
            due = self._hour(day)
            if due is None or due <= tracked or due <= known or due > now:
                continue  # tracked, or known, too late for it; or its time has not come
            stale = self._midnight_after(day) if days else self._alert_stale(due)
            key = (number, days, owed.type, owed.when)
            if key not in self.keys:
                what = "countdown" if days else "release"
                if self.tell(due, stale, [Posted(now, what, number, days, owed.type, owed.when, "")]):
                    self.keys.add(key)

    def _post_changes(self, now: datetime, number: int, film: _Film, tracked: datetime) -> None:
        """If what counts here is not what was last told, say what moved; with that, all that is known is told."""
        open_ = [change for change in film.changes if self._is_open(film, change, tracked)]
        if not open_:
            return
        before = {change.pair: change.old for change in reversed(open_)}
        after = {change.pair: change.new for change in open_}

        def stood_before(found: Date) -> bool:
            pair = (found.country, found.type)
            return pair not in before or bool(found.note) or (before[pair] != "" and found.when != after[pair])

        old_dates = [found for found in film.dates if stood_before(found)]
        old_dates += [Date(*pair, old) for pair, old in before.items() if old]
        was = {(found.type, found.when) for found in self._owed(film, old_dates, tracked)}
        counts = {(found.type, found.when) for found in self._owed(film, film.dates, tracked)}
        was, counts = ({each for each in some if each[1] != "tba"} for some in (was, counts))
        if was == counts:
            return
        moved = [change for change in {c.pair: c for c in open_}.values() if change.new != before[change.pair]]
        moved = [change for change in moved if {change.new, before[change.pair]} - {"", "tba"}]
        kinds = {kind for kind, _ in was ^ counts}
        told = [change for change in moved if change.pair[1] in kinds] or moved
        if not told:
            return
        due = self._time_to_tell(told, self._changed(film))
        found = [Posted(now, "date_change", number, 0, c.pair[1], c.new, before[c.pair]) for c in told]
        if due <= now and self.tell(due, due + 7 * DAY, found):
            film.told = film.changes[-1].number

    def _is_open(self, film: _Film, change: Change, tracked: datetime) -> bool:
        """Not told, learnt since the film is tracked, of this country, and no older than a week when that was set."""
        changed, country = self._changed(film), film.country or self.settings.country
        recent = changed is None or change.known > changed - 7 * DAY
        return change.number > film.told and change.known > tracked and change.pair[0] == country and recent

    def _changed(self, film: _Film) -> datetime | None:
        """When the settings were last changed that this film goes by."""
        return max((at for at in (self.changed, film.chosen) if at), default=None)

    def _time_to_tell(self, told: list[Change], changed: datetime | None) -> datetime:
        """The next posting hour after news and settings; at once if the film would be out by then."""
        known = max(change.known for change in told)
        known = max(known, changed or known)
        due = self._next_hour(known)
        days = [date.fromisoformat(change.new) for change in told if len(change.new) == 10]
        return known if any(day <= self._local_day(due) for day in days) else due

    def _owed(self, film: _Film, dates: Iterable[Date], tracked: datetime) -> list[Date]:
        """Of each way that is wanted here the first that was not over when the film was tracked.

        Without any cinema in the world the first release of all is the cinema's. Who wants the cinema only, and was
        late for it, gets what is still to come of anything: a cinema's before others, one without any date last.
        """
        country, wanted = film.country or self.settings.country, film.wanted or self.settings.wanted
        real = [found for found in dates if found.type != "premiere" and not found.note]
        here = sorted((found for found in real if found.country == country), key=order)
        here = [found for found in here if not any(says_more(other, found) for other in here)]
        cinema = any(found.type in IN_CINEMAS for found in real)
        in_cinemas = [found for found in here if found.type in IN_CINEMAS] if cinema else here[:1]
        left = [found for found in here if last_day(found.when) >= self._local_day(tracked)]
        if wanted == ("cinema",) and in_cinemas and in_cinemas[0] not in left:
            left.sort(key=lambda found: (found.when == "tba", found.type not in IN_CINEMAS))
            return left[:1]
        ways = {
            "cinema": in_cinemas,
            "digital": [found for found in here if found.type == "digital" or (found.type == "tv" and not cinema)],
            "physical": [found for found in here if found.type == "physical"],
        }
        firsts = [[found for found in ways[way] if found in left][:1] for way in wanted]
        return sorted(set(chain(*firsts)), key=order)

    def _local_day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.settings.zone)).date()

    def _alert_stale(self, due: datetime) -> datetime:
        return due + 3 * DAY

    def _hour(self, day: date) -> datetime | None:
        return hours_of(self.settings.zone, self.settings.hour, self.script.start.year).get(day)

    def _next_hour(self, moment: datetime) -> datetime:
        hours = hours_of(self.settings.zone, self.settings.hour, self.script.start.year)
        day = self._local_day(moment) - DAY
        while day not in hours or hours[day] <= moment:
            day += DAY
        return hours[day]

    def _midnight_after(self, day: date) -> datetime:
        return hours_of(self.settings.zone, "00:00", self.script.start.year)[day + DAY]


def forget_clocks() -> None:
    """Free the clocks of zones: there are hundreds, each with a wall of its own."""
    hours_of.cache_clear()
    walls_of.cache_clear()


@cache
def walls_of(zone: str, year: int) -> list[tuple[datetime, date, time]]:
    """What the clock on the wall shows, every quarter of an hour of two years."""
    first = datetime(year - 1, 10, 1, tzinfo=UTC)
    moments = (first + QUARTER_HOUR * number for number in range(760 * 96))
    return [(moment, wall.date(), wall.time()) for moment in moments for wall in (moment.astimezone(ZoneInfo(zone)),)]


@cache
def hours_of(zone: str, hour: str, year: int) -> dict[date, datetime]:
    """For each day, the first moment at which the clock shows `hour` of that day, or something later."""
    found: dict[date, datetime] = {}
    day, wanted = walls_of(zone, year)[0][1], time.fromisoformat(hour)
    for moment, today, shown in walls_of(zone, year):
        while day < today or (day == today and shown >= wanted):
            found[day] = moment
            day += DAY
    return found


def first_dates(dates: Iterable[Date]) -> dict[tuple[str, str], str]:
    """The earliest date of each country and type, without festivals and old films."""
    real = sorted((found for found in dates if found.type != "premiere" and not found.note), key=order, reverse=True)
    return {(found.country, found.type): found.when for found in real}


def says_more(found: Date, than: Date) -> bool:
    """Whether it is the same release, and better known: a day of that month, anything where nothing is known."""
    if found.type != than.type or found.when == "tba" or found.when == than.when:
        return False
    spans = first_day(than.when) <= first_day(found.when) and last_day(found.when) <= last_day(than.when)
    return than.when == "tba" or spans


@cache
def first_day(when: str) -> date:
    """The first day that it may be; of a date that is known at all."""
    match when.split("-"):
        case ["tba"]:
            return date.max
        case [year]:
            return date(int(year), 1, 1)
        case [year, part]:
            return date(int(year), int(part[1:]) * 3 - 2 if part[0] == "Q" else int(part), 1)
        case _:
            return date.fromisoformat(when)


@cache
def last_day(when: str) -> date:
    """The last day that it may be."""
    match when.split("-"):
        case ["tba"]:
            return date.max
        case [year]:
            return date(int(year), 12, 31)
        case [year, part]:
            month = int(part[1:]) * 3 if part[0] == "Q" else int(part)
            return date(int(year), month, calendar.monthrange(int(year), month)[1])
        case _:
            return date.fromisoformat(when)


@cache
def order(found: Date) -> tuple[date, int, int, str]:
    """By the last day that it may be, the surer first."""
    vagueness = {10: 0, 7: 2 if "Q" in found.when else 1, 4: 3, 3: 4}[len(found.when)]
    return (last_day(found.when), vagueness, RANK.index(found.type), found.language)
