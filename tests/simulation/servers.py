"""A thousand servers' year, made up from a seed: films that some share, and what each one sets, tracks and pauses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import available_timezones

from tests.domain.script import DAYS, HOURS, MILESTONES, Date, Event, Outage, Script, Settings, make_script

START = datetime(2025, 1, 1, tzinfo=UTC)
END = START + timedelta(days=DAYS)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FILMS = 12  #: of one world; ten servers live in it
_COUNTRIES = ("US", "US", "US", "DE", "AU")
_QUIET = (None, None, ("22:00", "08:00"), ("23:30", "09:30"), ("13:00", "15:00"), ("00:00", "02:30"))
_WANTED = (("cinema",), ("cinema",), ("cinema", "digital"), ("digital", "physical"))


@dataclass(frozen=True, slots=True)
class Paused:
    """A pause that somebody asks for at `start`; `film` 0: of all. `by_hand`: ended by /resume, not known before."""

    start: datetime
    end: datetime
    film: int
    by_hand: bool

    def covers(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class World:
    """Films, as they are known at the start, and what becomes known of them."""

    films: dict[int, tuple[Date, ...]]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """A server's: its number is its channel's too. The script has all that it learns, the films' dates among it."""

    number: int
    world: int
    script: Script
    pauses: tuple[Paused, ...]
    shut: tuple[tuple[datetime, datetime], ...]  #: from when to when Marquee may not write in the channel

    def own_events(self) -> list[Event]:
        """What somebody there does: all but the films' dates, which come to everybody."""
        return [event for event in self.script.events if event.dates is None]


def make_lives(seed: int, count: int) -> tuple[dict[int, World], list[Life], tuple[Outage, ...]]:
    """Write the worlds, the servers and the outages. The same seed always makes the same."""
    random = Random(f"servers:{seed}")
    outages = tuple(_outages(random))
    worlds = {number: _world(seed * 1000 + number, number, outages) for number in range(1, (count + 9) // 10 + 1)}
    zones = every_zone()
    lives = [
        _life(random, number, number % len(worlds) + 1, worlds, zones[number * 7 % len(zones)], outages)
        for number in range(1, count + 1)
    ]
    return worlds, lives, outages


@cache
def every_zone() -> tuple[str, ...]:
    """Each that a person can choose."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc")))


def _world(seed: int, number: int, outages: Sequence[Outage]) -> World:
    while seed % 9 == 6:  # Apia's script is about a day in 2011
        seed += 500
    script = make_script(seed, films=FILMS)
    named = {film: number * 100 + film for film in script.films}
    events = [
        replace(event, film=named[event.film], at=_awake(event.at, outages))
        for event in script.events
        if event.dates is not None and event.at < END - DAY
    ]
    events.sort(key=lambda event: event.at)
    return World({named[film]: dates for film, dates in script.films.items()}, tuple(events))


def _awake(moment: datetime, outages: Sequence[Outage]) -> datetime:
    """A moment at which the bot is there to learn something."""
    while any(o.bot and o.start - HOUR <= moment <= o.end + HOUR for o in outages):
        moment += 3 * HOUR
    return moment


def _outages(random: Random) -> Iterator[Outage]:
    """One every twenty days, of minutes to four days, of the bot or of Discord."""
    for number in range(1, DAYS // 20):
        start = START + number * 20 * DAY + timedelta(seconds=random.randrange(5 * 86400))
        hours = random.choice((0.2, 0.2, 3, 3, 20, 60, 100))
        yield Outage(start, start + timedelta(hours=hours, seconds=random.randrange(60)), random.random() < 0.5)


def _life(
    random: Random, number: int, world: int, worlds: dict[int, World], zone: str, outages: Sequence[Outage]
) -> Life:
    country, hour, milestones = random.choice(_COUNTRIES), random.choice(HOURS), random.choice(MILESTONES)
    wanted, quiet = random.choice(_WANTED), random.choice(_QUIET)
    settings = Settings(country, zone, hour, milestones, number, wanted, quiet)
    there = worlds[world]
    films = sorted(random.sample(sorted(there.films), random.randrange(4, FILMS + 1)))
    events = [event for event in there.events if event.film in films]
    left: set[int] = set()
    for film in films:
        events.append(Event(_moment(random, outages, 30 if random.random() < 0.7 else DAYS - 30), film, tracked=True))
        if random.random() < 0.1:
            gone = _moment(random, outages, DAYS - 30)
            if gone > events[-1].at + DAY:
                events.append(Event(gone, film, tracked=False))
                left.add(film)
    now = settings
    for moment in sorted(_moment(random, outages, DAYS - 10) for _ in range(random.choice((0, 0, 1, 2, 4)))):
        choices = {
            "hour": HOURS,
            "milestones": MILESTONES,
            "country": _COUNTRIES,
            "zone": every_zone(),
            "quiet": _QUIET,
        }
        what = random.choice(sorted(choices))
        change = {what: random.choice(choices[what])}
        if replace(now, **change) != now:
            now = replace(now, **change)
            events.append(Event(moment, settings=now))
    events.sort(key=lambda event: event.at)
    script = Script(number, START, settings, {film: there.films[film] for film in films}, tuple(events), tuple(outages))
    pauses = tuple(_pauses(random, events, sorted(set(films) - left), outages))
    return Life(number, world, script, pauses, tuple(_shut(random, pauses)))


def _moment(random: Random, outages: Sequence[Outage], days: int) -> datetime:
    return _awake(START + timedelta(seconds=random.randrange(3600, days * 86400)), outages)


def _pauses(
    random: Random, events: Sequence[Event], films: Sequence[int], outages: Sequence[Outage]
) -> Iterator[Paused]:
    """Up to three, far from each other; of the whole server, or all of one film that nobody untracks."""
    film = random.choice(films) if films and random.random() < 0.4 else 0
    tracked = [event.at for event in events if event.tracked and film in (0, event.film)]
    earliest = (min(tracked) if tracked else START) + HOUR
    for number in range(random.choice((0, 1, 1, 2, 3))):
        start = _awake(START + timedelta(days=20 + 120 * number, seconds=random.randrange(60 * 86400)), outages)
        length = random.choice((5, 30, 100, 300, 700)) * HOUR
        by_hand = random.random() < 0.4
        end = _awake(start + length, outages) if by_hand else start + length
        if start > earliest:
            yield Paused(start, end, film, by_hand)


def _shut(random: Random, pauses: Sequence[Paused]) -> Iterator[tuple[datetime, datetime]]:
    """A channel in four is closed once or twice, for hours to days; never near a pause."""
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        start = START + timedelta(seconds=random.randrange(30 * 86400, (DAYS - 20) * 86400))
        end = start + random.choice((2, 20, 60, 200)) * HOUR
        if all(pause.end + 8 * DAY < start or end + 8 * DAY < pause.start for pause in pauses):
            yield start, end
