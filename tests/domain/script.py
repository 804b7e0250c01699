"""A year and more in a server's life, made up from a seed: what is tracked, what moves, what is set, what breaks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

ZONES = (
    "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu",
    "Africa/Casablanca", "Pacific/Apia", "UTC", "Pacific/Auckland",
)  # fmt: skip
#: Half of them are hours that some zone leaves out or has twice.
HOURS = ("09:00", "18:30", "12:15", "23:45", "02:30", "02:15", "00:00", "01:45")
MILESTONES = ((30, 7, 3, 1), (30, 7, 3, 1), (1,), (), (100, 14, 2), (10, 9, 8, 7, 6, 5, 4, 3, 2, 1))
COUNTRIES = ("US", "DE", "AU")
TYPES = ("theatrical", "theatrical", "limited", "digital", "physical", "premiere")
DAYS = 400
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Date:
    """A release as a script has it. `when`: "2025-06-06", "2025-06", "2025-Q2", "2025" or "tba"."""

    country: str
    type: str
    when: str
    note: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    country: str
    zone: str
    hour: str
    milestones: tuple[int, ...]
    channel: int = 55
    wanted: tuple[str, ...] = ("cinema",)
    quiet: tuple[str, str] | None = None  #: from, to; "22:00", "08:00"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the bot learns at `at`. Of the others, what is not None is what happens."""

    at: datetime
    film: int = 0
    tracked: bool | None = None  #: from now on, or no longer
    dates: tuple[Date, ...] | None = None  #: all that is known of the film's releases from now on
    settings: Settings | None = None
    chosen: tuple[str | None, tuple[str, ...] | None] | None = None  #: a film's own country and wanted types
    history: bool = False  #: what is new in `dates` has long been, and is no news


@dataclass(frozen=True, slots=True)
class Outage:
    """While the bot is down nothing happens in it; while Discord is, it works but nothing arrives."""

    start: datetime
    end: datetime
    bot: bool


@dataclass(frozen=True, slots=True)
class Script:
    """`films` as they are known at the start, by number; events and outages by time."""

    seed: int
    start: datetime
    settings: Settings
    films: dict[int, tuple[Date, ...]]
    events: tuple[Event, ...]
    outages: tuple[Outage, ...]

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=DAYS)

    def asleep(self, moment: datetime) -> bool:
        return any(outage.bot and outage.start <= moment < outage.end for outage in self.outages)

    def mute(self, moment: datetime) -> bool:
        return any(outage.start <= moment < outage.end for outage in self.outages)


def make_script(seed: int, films: int = 10) -> Script:
    """Write a script. The same seed always makes the same."""
    return _Writer(Random(seed), seed, films).write()


@dataclass
class _Writer:
    random: Random
    seed: int
    count: int
    start: datetime = field(init=False)
    turns: list[date] = field(init=False)  #: the days on which the clock or the calendar jumps
    settings: Settings = field(init=False)

    def write(self) -> Script:
        zone = ZONES[self.seed % len(ZONES)]
        # Of Apia's clocks only the day that never was is worth a look; elsewhere there are two changes a year.
        first = datetime(2011, 6, 1, tzinfo=UTC) if zone == "Pacific/Apia" else datetime(2025, 1, 1, tzinfo=UTC)
        self.start = first + timedelta(days=self.random.randrange(60), minutes=self.random.randrange(1440))
        self.turns = _turns(zone, self.start)
        self.settings = Settings("US", zone, self.random.choice(HOURS), self.random.choice(MILESTONES))
        films = {number: self._dates() for number in range(1, self.count + 1)}
        dates = [found for dates in films.values() for found in dates if found.country == "US"]
        outages = tuple(sorted(self._outages(dates), key=lambda outage: outage.start))
        events = [event for number, dates in films.items() for event in self._life(number, dates)]
        events += self._changes_of_settings(dates)
        awake = [event for event in events if not any(o.bot and o.start <= event.at < o.end for o in outages)]
        awake.sort(key=lambda event: event.at)
        return Script(self.seed, self.start, self.settings, films, tuple(self._without_idle(awake)), outages)

    def _without_idle(self, events: Sequence[Event]) -> Iterator[Event]:
        """The events without settings that are in force already."""
        settings = self.settings
        for event in events:
            if event.settings != settings:
                settings = event.settings or settings
                yield event

    def _outages(self, dates: Sequence[Date]) -> list[Outage]:
        """Minutes to twelve days, mostly around the hour of a post."""
        found: list[Outage] = []
        for _ in range(self.random.randrange(8)):
            hours = self.random.choice((0.2, 3, 20, 60, 60, 66, 200, 300))
            start = self._moment(dates) - timedelta(seconds=self.random.randrange(1, 7200))
            end = start + timedelta(hours=hours, seconds=self.random.randrange(60))
            found.append(Outage(max(start, self.start + SECOND), end, self.random.random() < 0.5))
        return found

    def _day(self) -> date:
        if self.turns and self.random.random() < 0.3:
            return self.random.choice(self.turns) + timedelta(days=self.random.choice((0, 0, 1, 1, 2, 3, 7, 30)))
        return self.start.date() + timedelta(days=self.random.randrange(-20, DAYS + 10))

    def _when(self) -> str:
        day = self._day()
        vague = (f"{day:%Y-%m}", f"{day.year}-Q{(day.month + 2) // 3}", f"{day.year}", "tba")
        return day.isoformat() if self.random.random() < 0.8 else self.random.choice(vague)

    def _dates(self) -> tuple[Date, ...]:
        """One new release at most of each type in each country, and perhaps one of an old film."""
        found: dict[tuple[str, str], Date] = {}
        for _ in range(self.random.choice((1, 1, 2, 3, 4, 6))):
            country, kind = self.random.choice((*COUNTRIES, "US", "US")), self.random.choice(TYPES)
            found[country, kind] = Date(country, kind, self._when())
        again = (Date("US", "theatrical", self._when(), "Re-release"),) if self.random.random() < 0.15 else ()
        return (*again, *found.values())

    def _moment(self, dates: Sequence[Date] = ()) -> datetime:
        """Any moment; for a film with a date often one at, or by, a posting hour of its countdown."""
        days = [date.fromisoformat(found.when) for found in dates if len(found.when) == 10]
        if days and self.random.random() < 0.5:
            day = self.random.choice(days) - timedelta(days=self.random.choice((0, 0, *self.settings.milestones)))
            wall = datetime.combine(day, time.fromisoformat(self.settings.hour), ZoneInfo(self.settings.zone))
            offset = self.random.choice((-SECOND, timedelta(), SECOND, timedelta(hours=3), timedelta(hours=-3)))
            moment = wall.astimezone(UTC) + offset
            if self.start < moment < self.start + timedelta(days=DAYS):
                return moment
        return self.start + timedelta(seconds=self.random.randrange(1, DAYS * 86400))

    def _life(self, number: int, dates: tuple[Date, ...]) -> list[Event]:
        early = self.start + timedelta(seconds=self.random.randrange(1, 20 * 86400))
        tracked = early if self.random.random() < 0.6 else self._moment(dates)
        found = [Event(tracked, number, tracked=True)]
        if self.random.random() < 0.15:
            gone = self._moment(dates)
            found += [Event(gone, number, tracked=False), Event(gone + self._while(), number, tracked=True)]
        moments = sorted(self._moment(dates) for _ in range(self.random.choice((0, 0, 1, 2, 3, 5))))
        versions = [dates]
        for moment in moments:
            if self.random.random() < 0.3:  # soon after the one before: told as one
                moment = found[-1].at + timedelta(hours=self.random.randrange(1, 30))
            versions.append(self._moved(versions, moment))
            found.append(Event(moment, number, dates=versions[-1]))
        return found

    def _while(self) -> timedelta:
        return timedelta(hours=self.random.choice((1, 20, 100, 1000)))

    def _moved(self, versions: Sequence[tuple[Date, ...]], moment: datetime) -> tuple[Date, ...]:
        if len(versions) > 1 and self.random.random() < 0.25:
            return versions[-2]  # it was an error: back to what it was
        dates = list(versions[-1])
        for _ in range(self.random.choice((1, 1, 2))):
            place = self.random.randrange(len(dates) + 1)
            if place == len(dates):
                kind = self.random.choice(("limited", "theatrical", "digital"))
                dates = [found for found in dates if (found.country, found.type, found.note) != ("US", kind, "")]
                dates.append(Date("US", kind, self._when()))
            elif self.random.random() < 0.15:
                del dates[place]
            else:
                old = dates[place]
                dates[place] = Date(old.country, old.type, self._new(old.when, moment), old.note)
        return tuple(dates)

    def _new(self, old: str, moment: datetime) -> str:
        """Mostly a few days or weeks away, sometimes today or tomorrow, sometimes anything."""
        chance = self.random.random()
        today = moment.astimezone(ZoneInfo(self.settings.zone)).date()
        if chance < 0.25:
            return (today + timedelta(days=self.random.choice((-3, 0, 0, 1, 1, 2, 3, 7)))).isoformat()
        if chance < 0.7 and len(old) == 10:
            return (date.fromisoformat(old) + timedelta(days=self.random.choice((-14, -7, -1, 1, 7, 33)))).isoformat()
        return self._when()

    def _changes_of_settings(self, dates: Sequence[Date]) -> list[Event]:
        found: list[Event] = []
        now = self.settings
        for moment in sorted(self._moment(dates) for _ in range(self.random.choice((0, 1, 2, 4)))):
            match self.random.randrange(5):
                case 0:
                    now = Settings(self.random.choice(COUNTRIES), now.zone, now.hour, now.milestones)
                case 1:
                    now = Settings(now.country, self.random.choice(ZONES), now.hour, now.milestones)
                case 2:
                    now = Settings(now.country, now.zone, now.hour, self.random.choice(MILESTONES))
                case _:
                    now = Settings(now.country, now.zone, self.random.choice(HOURS), now.milestones)
            found.append(Event(moment, settings=now))
        return found


def _turns(zone: str, start: datetime) -> list[date]:
    moments = [(start + timedelta(days=day)).astimezone(ZoneInfo(zone)) for day in range(DAYS)]
    return [two.date() for one, two in pairwise(moments) if one.utcoffset() != two.utcoffset()]
