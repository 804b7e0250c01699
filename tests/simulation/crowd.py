"""A crowd of servers, made up from a seed: where they are, when they want their posts, and which films they follow.

Which countries such bots see is a guess, and no more: Discord's own traffic is put at 27 % US, 13 % Brazil, 4 % each
India and the UK (https://www.hostingadvice.com/how-to/discord-server-statistics/); a bot that speaks English sees more
of the countries where English is read. How many choose another hour than 9:00, and what they follow, is a guess too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Literal

from tests.simulation.world import World

Spread = Literal["as they are", "over an hour", "one zone"]
#: Noon UTC is the hour at which the fewest of them change the day.
START = datetime(2026, 4, 29, tzinfo=UTC)
_ZONES: Mapping[str, Mapping[str, int]] = {  # servers of each thousand
    "US": {"New_York": 165, "Chicago": 105, "Denver": 25, "Phoenix": 10, "Los_Angeles": 85},
    "CA": {"Toronto": 35, "Edmonton": 10, "Vancouver": 15},
    "BR": {"Sao_Paulo": 85},
    "MX": {"Mexico_City": 30},
    "GB": {"London": 85},
    "DE": {"Berlin": 65},
    "FR": {"Paris": 55},
    "ES": {"Madrid": 30},
    "IT": {"Rome": 25},
    "PL": {"Warsaw": 25},
    "IN": {"Kolkata": 60},
    "PH": {"Manila": 35},
    "AU": {"Sydney": 35, "Perth": 5},
    "JP": {"Tokyo": 15},
}
_CONTINENTS = {"GB": "Europe", "DE": "Europe", "FR": "Europe", "ES": "Europe", "IT": "Europe", "PL": "Europe",
    "IN": "Asia", "PH": "Asia", "JP": "Asia", "AU": "Australia"}  # fmt: skip
#: Minutes after midnight, in a hundred: 9:00 is what stands there.
_HOURS = {540: 70, 1080: 8, 720: 7, 1200: 5, 600: 4, 1020: 3, 480: 3}
_MILESTONES = {(30, 7, 3, 1): 85, (7, 1): 10, (1,): 5}
#: Days after the release in the US: half of the world goes to the cinema on another day than Friday.
_LATER = {"FR": -2, "PH": -2, "DE": -1, "BR": -1, "IT": -1, "AU": -1, "MX": -1, "JP": 21}
BLOCKBUSTER, MOVER = 1, 2
_FIRST = {BLOCKBUSTER: date(2026, 5, 8), MOVER: date(2026, 5, 15)}
_SHARE = {BLOCKBUSTER: 0.6, MOVER: 0.2}
MOVED_AT = START + timedelta(days=5, hours=15)  #: the Monday
MOVED_BY = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Server:
    """One of the crowd. Its number is its channel's too, above the ids of Discord's first years."""

    number: int
    country: str
    zone: str
    minute: int  #: of the posting hour, after local midnight
    milestones: tuple[int, ...]
    films: tuple[int, ...]

    @property
    def channel(self) -> int:
        return 10**17 + self.number


@dataclass(frozen=True, slots=True)
class Crowd:
    """Servers, and the films' days: film → country → the day on which it comes to the cinemas there."""

    servers: tuple[Server, ...]
    films: Mapping[int, Mapping[str, date]]


def make_crowd(servers: int, films: int, seed: int, spread: Spread = "as they are") -> Crowd:
    """The same seed always makes the same; the first film is the blockbuster, the second the one whose date moves."""
    days = _films(films, seed)
    known = {country: [film for film in days if country in days[film] and film not in _SHARE] for country in _ZONES}
    # What many follow, many follow: the n-th film of a country has a share of 1/n.
    weights = {
        country: list(accumulate(1 / (place + 10) for place in range(len(films)))) for country, films in known.items()
    }
    random = Random(f"crowd:{seed}")
    places = [(country, zone, share) for country, zones in _ZONES.items() for zone, share in zones.items()]
    shares = list(accumulate(share for _, _, share in places))
    made = list[Server]()
    for number in range(1, servers + 1):
        country, zone, _ = random.choices(places, cum_weights=shares)[0]
        minute = random.choices(list(_HOURS), list(_HOURS.values()))[0]
        milestones = random.choices(list(_MILESTONES), list(_MILESTONES.values()))[0]
        more = random.randrange(60)
        followed = {film for film, share in _SHARE.items() if random.random() < share}
        wanted = random.choices(known[country], cum_weights=weights[country], k=random.randrange(5, 15))
        if spread == "one zone":
            country, zone, minute = "US", "New_York", 540
            wanted = [film for film in wanted if country in days[film]]
        elif spread == "over an hour":
            minute += more
        zone = f"{_CONTINENTS.get(country, 'America')}/{zone}"
        made.append(Server(number, country, zone, minute, milestones, tuple(sorted({*followed, *wanted}))))
    return Crowd(tuple(made), days)


def _films(count: int, seed: int) -> dict[int, dict[str, date]]:
    """Those that the crowd is here for, and what other films the world makes up that have a day in a cinema."""
    found = {
        film: {country: day + timedelta(days=_LATER.get(country, 0)) for country in _ZONES}
        for film, day in _FIRST.items()
    }
    for story in World(seed, START, 1, tuple(_ZONES)).stories(count - len(found)):
        said = (s for s in story.tmdb[0].dates if s.type == "theatrical" and len(s.when) == 10 and not s.note)
        found[story.number + len(_FIRST)] = {s.country: date.fromisoformat(s.when) for s in said}
    return found
