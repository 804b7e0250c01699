"""Made-up films and what two databases say of them over a year, drawn from a seed. Knows nothing of the bot.

Nobody has counted how often dates move, so the shares below are guesses, and each stands where it is used: which films
are tracked, how many countries they reach, how early a day is announced, how often and how far it moves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import NamedTuple

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: Those with servers in a small world come first.
COUNTRIES = (
    "US", "GB", "DE", "FR", "IN", "AU", "BR", "JP", "CA", "MX", "ES", "IT", "NL", "PL", "SE", "KR", "AR", "TR", "ZA",
    "NZ", "DK", "NO", "FI", "PT", "BE", "AT", "CH", "CZ", "HU", "GR", "IE", "IL", "SG", "PH", "TH", "TW", "HK", "CL",
    "CO", "UA",
)  # fmt: skip
FESTIVALS = ("Toronto International Film Festival", "Berlin International Film Festival", "Sundance Film Festival")
AGAIN = ("25th anniversary re-release", "Re-release (4K restoration)")
Key = tuple[str, str, str]  #: country, type, note


class Said(NamedTuple):
    """One release as a database has it."""

    country: str
    type: str
    when: str  #: "2025-06-06", "2025-06" or "2025"
    note: str = ""


class Word(NamedTuple):
    """What a database says of a film from a moment on."""

    at: datetime
    dates: tuple[Said, ...]
    runtime: int  #: stands for every other fact that is kept
    listed_at: datetime | None = None  #: when the list of changes begins to name this edit; None: it never does


class Move(NamedTuple):
    """A date that changed at the first database."""

    at: datetime
    country: str
    type: str
    old: str  #: "" for none
    new: str
    kind: str  #: "announced", "moved", "slip", "put right", "withdrawn" …
    word: int  #: the first word that says it


@dataclass(frozen=True, slots=True)
class Story:
    """A film's year."""

    number: int
    home: str
    tmdb: tuple[Word, ...]
    wikidata: tuple[Word, ...]  #: empty: it has no such film
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class World:
    """All films, from `start` on."""

    seed: int
    start: datetime
    days: int
    countries: Sequence[str] = COUNTRIES
    lively: float = 1.0  #: how many times more happens to a film than is likely

    def stories(self, films: int) -> Iterator[Story]:
        for number in range(1, films + 1):
            yield _Writer(self, number).write()


@dataclass
class _Writer:
    world: World
    number: int
    state: dict[Key, str] = field(default_factory=dict[Key, str])
    plans: dict[Key, date] = field(default_factory=dict[Key, date])  #: when each release is meant to be
    heap: list[tuple[datetime, int, str, Key | None, str]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(f"{self.world.seed}:{self.number}")
        self.start, self.end = self.world.start, self.world.start + self.world.days * DAY
        self.order = count()
        self.runtime = 90

    def write(self) -> Story:
        chance = self.random.random()
        self.home = self.random.choice(self.world.countries[:8])
        if chance < 0.05:
            self._plan_old_film()
        elif chance < 0.9:
            # Films come out all the time: as many before the year as in it and after it.
            self._plan_releases(self.start.date() + self.random.randrange(-150, 700) * DAY)
        elif chance < 0.97:
            self.state[self.home, "theatrical", ""] = str(self.start.year + self.random.choice((0, 1, 1, 2)))
        if self.plans:
            self._plan_trouble()
        self._plan_edits()
        return self._live()

    def _plan_old_film(self) -> None:
        """Out for decades; every fourth comes back to the cinemas, and somebody notes so."""
        day = self.start.date() - self.random.randrange(3000, 9000) * DAY
        self.state[self.home, "theatrical", ""] = day.isoformat()
        if self.random.random() < 0.25:
            again = self._weekday(self.start.date() + self.random.randrange(30, max(31, self.world.days)) * DAY)
            self._announce((self.home, "theatrical", self.random.choice(AGAIN)), again, self.random.randrange(20, 90))

    def _plan_releases(self, anchor: date) -> None:
        """A home, and countries by the dozen for few: the median film has 4, one in seven 16 and more."""
        anchor = self._weekday(anchor)
        most = self.random.choices((2, 6, 15, 40), (35, 30, 20, 15))[0]
        others = [country for country in self.world.countries if country != self.home]
        countries = [self.home, *self.random.sample(others, min(len(others), self.random.randrange(most)))]
        main = "digital" if self.random.random() < 0.08 else "theatrical"
        for country in countries:
            off = (
                0 if country == self.home or main == "digital" else self.random.choice((0, 0, -1, -2, 5, 7, 14, 28, 60))
            )
            day = anchor + off * DAY
            lead = self.random.randrange(60, 400) if country == self.home else self.random.randrange(15, 220)
            self._announce((country, main, ""), day, lead)
            if main == "theatrical" and self.random.random() < 0.5:
                home_day = day + self.random.randrange(30, 95) * DAY
                self._announce((country, "digital", ""), home_day, self.random.randrange(7, 40))
        if main == "theatrical" and self.random.random() < 0.12:
            limited = anchor - self.random.choice((7, 14, 21)) * DAY
            self._announce((self.home, "limited", ""), limited, self.random.randrange(30, 120))
        if self.random.random() < 0.35:
            self._announce((self.home, "physical", ""), anchor + self.random.randrange(80, 160) * DAY, 45)
        if self.random.random() < 0.2:
            kind = self.random.choice(("premiere", "premiere", "theatrical"))
            festival = (self.random.choice(self.world.countries), kind, self.random.choice(FESTIVALS))
            self._announce(festival, anchor - self.random.randrange(20, 200) * DAY, self.random.randrange(15, 60))
        key = (self.home, main, "")
        if key not in self.state and self.random.random() < 0.7:
            self.state[key] = str(anchor.year)  # vague until its day is announced

    def _announce(self, key: Key, day: date, lead: int) -> None:
        self.plans[key] = day
        at = datetime.combine(day, time(), UTC) - lead * DAY + self._within(DAY)
        if at <= self.start:
            self.state[key] = day.isoformat()
        else:
            self._push(at, "announced", key)

    def _plan_trouble(self) -> None:
        """Half of the films move in what is left of their way, some again; slips and flips, withdrawals, typos."""
        random, lively = self.random, self.world.lively
        last = min(datetime.combine(max(self.plans.values()), time(), UTC), self.end)
        if last <= self.start:
            return
        for _ in range(int(random.choices((0, 1, 2, 3), (50, 28, 14, 8))[0] * lively)):
            self._push(self.start + self._within(last - self.start), "moved", None)
        for key in self.plans:
            if random.random() < 0.12 * lively:
                self._push(self.start + self._within(last - self.start), "moved", key)
            if random.random() < 0.03 * lively:
                self._push(self.start + self._within(last - self.start), "slip", key)
        if random.random() < 0.05 * lively:
            key = random.choice(list(self.plans))
            self._push(self.start + self._within(last - self.start), "withdrawn", key)

    def _plan_edits(self) -> None:
        """What else is edited: a third of it is of use here (people, a runtime), the rest are pictures and words."""
        for kind, mean in (("fact", 3.0), ("other", 7.0)):
            at = self.start
            while (at := at + self.random.expovariate(mean / 365) * DAY) < self.end:
                self._push(at, kind, None)

    def _live(self) -> Story:
        words = [Word(self.start - 400 * DAY, self._dates(), self.runtime)]
        moves: list[Move] = []
        after: list[tuple[datetime, Key, str]] = []
        known = self.random.random() < 0.35
        while self.heap and self.heap[0][0] < self.end:
            at, _, kind, key, value = heappop(self.heap)
            before = dict(self.state)
            self._happen(at, kind, key, value)
            changed = sorted(k for k in before.keys() | self.state.keys() if before.get(k) != self.state.get(k))
            if not changed and kind not in ("fact", "other"):
                continue
            # A listing takes minutes to appear; one edit in fifty never does.
            listed = at + self._within(40 * timedelta(minutes=1)) if self.random.random() < 0.98 else None
            for each in changed:
                old, new = before.get(each, ""), self.state.get(each, "")
                if not each[2] and each[1] != "premiere":
                    moves.append(Move(at, *each[:2], old, new, kind, len(words)))
                if kind != "slip" and each[0] == self.home and not each[2]:
                    after.append((at + self.random.randrange(1, 20) * DAY, each, new))
            words.append(Word(at, self._dates(), self.runtime, listed))
        return Story(self.number, self.home, tuple(words), self._wikidata(words, after) if known else (), tuple(moves))

    def _happen(self, at: datetime, kind: str, key: Key | None, value: str) -> None:
        if kind == "fact":
            self.runtime += 1
        elif kind == "announced" and key:
            self.state[key] = self.plans[key].isoformat()
        elif kind == "moved":
            self._move(at, key)
        elif kind == "moved too" and key:
            self._shift(at, key, int(value))
        elif kind == "moved back" and key is None:
            for each, was in (pair.split("=") for pair in value.split(";")):
                country, type_ = each.split(",")
                self.state[country, type_, ""] = was
                self.plans[country, type_, ""] = date.fromisoformat(was)
        elif kind == "slip" and key and len(was := self.state.get(key, "")) == 10:
            wrong = date.fromisoformat(was)
            far = self.random.random() < 0.7
            wrong = (
                wrong.replace(day=min(wrong.day, 28), year=wrong.year + self.random.choice((1, 1, -1)))
                if far
                else (wrong + self.random.choice((-60, -30, 31, 61)) * DAY)
            )
            self.state[key] = wrong.isoformat()
            self._push(at + self.random.uniform(0.3, 8) * HOUR, "put right", key, f"{wrong}={was}")
        elif kind == "put right" and key:
            wrong_day, _, was = value.partition("=")
            if self.state.get(key) == wrong_day:
                self.state[key] = was
        elif kind == "withdrawn" and key and len(self.state.get(key, "")) == 10 and self.plans[key] > at.date():
            if self.random.random() < 0.6:
                self.state[key] = str(self.plans[key].year)
            else:
                del self.state[key]
            self.plans[key] += self.random.randrange(60, 200) * DAY
            self._push(at + self.random.randrange(10, 90) * DAY, "announced", key)

    def _move(self, at: datetime, key: Key | None) -> None:
        """By days, weeks or months, one in twelve by more than half a year; a film's takes most countries along."""
        span = self.random.choices((14, 60, 180, 500), (45, 30, 17, 8))[0]
        by = self.random.randrange(max(1, span // 4), span + 1) * (1 if self.random.random() < 0.8 else -1)
        by = by if span <= 14 else round(by / 7) * 7
        keys = [key] if key else [k for k in self.plans if not k[2] and self.random.random() < 0.8]
        was = {k: self.state[k] for k in keys if len(self.state.get(k, "")) == 10}
        for each in keys:
            if key is None and self.random.random() < 0.3:  # another editor, hours or days later
                self._push(at + self.random.uniform(1, 72) * HOUR, "moved too", each, str(by))
                was.pop(each, None)
            else:
                self._shift(at, each, by)
        moved = {k: day for k, day in was.items() if self.state[k] != day}
        if moved and self.random.random() < 0.08:
            back = ";".join(f"{k[0]},{k[1]}={day}" for k, day in moved.items())
            self._push(at + self.random.uniform(2, 300) * HOUR, "moved back", None, back)

    def _shift(self, at: datetime, key: Key, by: int) -> None:
        day = self.plans[key] + by * DAY
        if self.plans[key] <= at.date() or day <= at.date() - 3 * DAY:
            return  # it is out already, and no film is moved into the past on purpose
        self.plans[key] = day
        if key in self.state:
            self.state[key] = day.isoformat() if len(self.state[key]) == 10 else str(day.year)

    def _wikidata(self, words: Sequence[Word], after: list[tuple[datetime, Key, str]]) -> tuple[Word, ...]:
        """Its home's dates, days to weeks later, of a day far off often the month alone; slips are not copied."""
        state = {(s.country, s.type, ""): s.when for s in words[0].dates if s.country == self.home and not s.note}
        state = {key: when for key, when in state.items() if key[1] != "premiere" and self.random.random() < 0.8}
        said = [Word(words[0].at, tuple(sorted(Said(*k[:2], v) for k, v in state.items())), 90)]
        for at, key, new in sorted(after):
            vague = len(new) == 10 and date.fromisoformat(new) - at.date() > 150 * DAY and self.random.random() < 0.6
            if new:
                state[key] = new[:7] if vague else new
            else:
                state.pop(key, None)
            dates = tuple(sorted(Said(*k[:2], v) for k, v in state.items()))
            if dates != said[-1].dates and at < self.end:
                said.append(Word(at, dates, 90))
        return tuple(said)

    def _dates(self) -> tuple[Said, ...]:
        return tuple(Said(key[0], key[1], when, key[2]) for key, when in sorted(self.state.items()))

    def _push(self, at: datetime, kind: str, key: Key | None, value: str = "") -> None:
        heappush(self.heap, (at.replace(microsecond=0), next(self.order), kind, key, value))

    def _within(self, span: timedelta) -> timedelta:
        return self.random.random() * span

    def _weekday(self, day: date) -> date:
        """Films come out on Fridays, Thursdays and Wednesdays, and some on any day."""
        wanted = self.random.choices((4, 3, 2, None), (55, 25, 12, 8))[0]
        return day if wanted is None else day + ((wanted - day.weekday()) % 7) * DAY
