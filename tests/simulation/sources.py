"""Two sources that tell a made-up world's stories as of a virtual clock, and note who was asked what and when."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from math import ceil

from bot.domain.dates import ReleaseDate
from bot.domain.errors import SourceUnavailable
from bot.domain.films import Credit, Film, Job, Release, ReleaseType
from bot.domain.sources import Answer, AnswerState, Found, FoundPerson, Month, Question
from tests.simulation.world import DAY, Said, Story, Word

#: What the list of changes holds of films that nobody here tracks: about 57 pages of 100 a day in all.
LISTED_A_DAY, PAGE = 5700, 100
#: People in each film; they come from one crowd.
CREDITS, CROWD = 4, 20_000


@dataclass(frozen=True, slots=True)
class Learnt:
    """A film's new word that was handed over to Marquee."""

    at: datetime
    source: str
    film: int
    word: Word
    before: int  #: which word was the last one handed over; -1 for none
    number: int  #: which one this is


@dataclass
class Simulated:
    """A source (bot.ports.FilmSource) of stories."""

    name: str
    batch: int
    stories: Mapping[int, Story]
    words: Mapping[int, Sequence[Word]]  #: by film
    now: Callable[[], datetime]
    feed: bool = False
    heard: Callable[[Learnt], None] = lambda learnt: None  #: is told of every word that is handed over
    down: Callable[[datetime], bool] = lambda at: False
    said: Callable[[datetime, str, int, Word], None] = lambda at, source, film, word: None  #: and of every answer
    requests: Counter[str] = field(default_factory=Counter[str])
    listed: list[tuple[datetime, datetime, str]] = field(default_factory=list[tuple[datetime, datetime, str]])
    told: dict[int, int] = field(default_factory=dict[int, int])  #: film → which word it was told last

    def __post_init__(self) -> None:
        self._moments = {number: [word.at for word in words] for number, words in self.words.items()}
        if self.feed:
            self.listed = sorted(
                (word.listed_at, word.at, str(number))
                for number, words in self.words.items()
                for word in words
                if word.listed_at
            )

    async def fetch_films(self, questions: Sequence[Question]) -> Sequence[Answer]:
        now = self.now()
        if self.down(now):
            raise SourceUnavailable(self.name, "it does not answer")
        answers = [self._answer(question, now) for question in questions]
        if self.batch == 50:  # fifty revisions in one request, and whatever has another one in a second
            self.requests["films"] += 1 + any(answer.state is AnswerState.FOUND for answer in answers)
        else:
            self.requests["films"] += len(questions)
        self.requests.update(answer.state.value for answer in answers)
        return answers

    def _answer(self, question: Question, now: datetime) -> Answer:
        number = int(question.ids["tmdb"])  # both know it by that
        place = bisect_right(self._moments.get(number, ()), now) - 1
        if place < 0:
            return Answer(AnswerState.UNKNOWN)
        self.said(now, self.name, number, self.words[number][place])
        validator = f"{number}-{place}"
        if question.validator == validator:
            return Answer(AnswerState.UNCHANGED, validator=validator)
        word, before = self.words[number][place], self.told.get(number, -1)
        if place != before:
            self.told[number] = place
            self.heard(Learnt(now, self.name, number, word, before, place))
        return Answer(AnswerState.FOUND, self.film(number, word), validator)

    def film(self, number: int, word: Word) -> Film:
        first = number * 7919
        credits = tuple(
            Credit(0, f"Person {who}", Job.CAST if place else Job.DIRECTOR, max(0, place - 1), refs=(f"tmdb:{who}",))
            for place in range(CREDITS)
            for who in [(first + place * 104_729) % CROWD]
        )
        ids = {"tmdb": str(number)} | ({} if self.name == "tmdb" else {self.name: f"Q{number}"})
        title, home = f"Film {number}", self.stories[number].home
        return Film(
            0, title, runtime_minutes=word.runtime, countries=(home,), releases=tuple(map(release_of, word.dates)),
            credits=credits if self.name == "tmdb" else (), ids=ids,
        )  # fmt: skip

    async def list_changed(self, since: datetime, until: datetime) -> frozenset[str] | None:
        """By whole days, as TMDB has it, of what has reached the list by now; a page is a request."""
        if not self.feed:
            return None
        now = self.now()
        if self.down(now):
            raise SourceUnavailable(self.name, "it does not answer")
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        days = (midnight.date() - since.date()).days + (now - midnight) / DAY
        self.requests["list"] += max(1, ceil(LISTED_A_DAY * days / PAGE))
        until_now = bisect_right(self.listed, (now, now, "~"))
        first = bisect_right(self.listed, (midnight - (midnight.date() - since.date()).days * DAY,)) if until_now else 0
        return frozenset(film for _, at, film in self.listed[first:until_now] if at.date() >= since.date())

    async def search(self, typed: str, year: int | None, country: str) -> Sequence[Found]:
        return ()

    async def list_of_franchise(self, ref: str) -> Sequence[Found]:
        return ()

    async def search_people(self, typed: str) -> Sequence[FoundPerson]:
        return ()

    async def list_of_person(self, ref: str) -> Sequence[Found]:
        return ()

    async def list_coming(self, country: str, month: Month) -> Sequence[Found]:
        return ()


def make_sources(
    stories: Mapping[int, Story], now: Callable[[], datetime], *, feed: bool
) -> tuple[Simulated, Simulated]:
    """One that is asked film by film and may list what changed, and one that is asked by the fifty and does not."""
    tmdb = {number: story.tmdb for number, story in stories.items()}
    wikidata = {number: story.wikidata for number, story in stories.items() if story.wikidata}
    return Simulated("tmdb", 20, stories, tmdb, now, feed), Simulated("wikidata", 50, stories, wikidata, now)


@lru_cache(maxsize=200_000)
def release_of(said: Said) -> Release:
    return Release(said.country, ReleaseType(said.type), ReleaseDate.parse(said.when), said.note)
