"""A source of films that says what a test tells it to, slowly, wrongly or not at all."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.errors import SourceUnavailable
from bot.domain.films import Film
from bot.domain.sources import Answer, AnswerState, Found, FoundPerson, Month, Question

Say = Answer | Exception | Callable[[Question], Answer]


@dataclass
class Scripted:
    """A FilmSource; what it has under its own ids, and what it was asked."""

    name: str = "tmdb"
    batch: int = 1
    says: dict[str, Say] = field(default_factory=dict[str, Say])  #: its own id → what it answers
    lists: list[Found] = field(default_factory=list[Found])
    changed: frozenset[str] | None = None
    down: bool = False
    hangs: bool = False
    asked: list[Question] = field(default_factory=list[Question])
    searched: list[str] = field(default_factory=list[str])
    listed: list[tuple[datetime, datetime]] = field(default_factory=list[tuple[datetime, datetime]])

    def has(self, external_id: str, film: Film, validator: str = "") -> None:
        """Give it a film, or another word about one."""
        self.says[external_id] = Answer(AnswerState.FOUND, film, validator)

    def ids(self) -> list[str]:
        """What it was asked about, by its own id, or by whichever came."""
        return [q.ids.get(self.name) or " ".join(f"{k}:{v}" for k, v in sorted(q.ids.items())) for q in self.asked]

    async def fetch_films(self, questions: Sequence[Question]) -> Sequence[Answer]:
        self.asked += questions
        await self._be_there()
        return [self._answer(question) for question in questions]

    async def search(self, typed: str, year: int | None, country: str) -> Sequence[Found]:
        self.searched.append(typed)
        await self._be_there()
        return self.lists

    async def list_changed(self, since: datetime, until: datetime) -> frozenset[str] | None:
        self.listed.append((since, until))
        await self._be_there()
        return self.changed

    async def list_of_franchise(self, ref: str) -> Sequence[Found]:
        return await self.search(ref, None, "")

    async def search_people(self, typed: str) -> Sequence[FoundPerson]:
        await self._be_there()
        return [FoundPerson(f"{self.name}:1", typed)]

    async def list_of_person(self, ref: str) -> Sequence[Found]:
        return await self.search(ref, None, "")

    async def list_coming(self, country: str, month: Month) -> Sequence[Found]:
        return await self.search(f"{country} {month.first}", None, country)

    async def _be_there(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.down:
            raise SourceUnavailable(self.name, "it does not answer")

    def _answer(self, question: Question) -> Answer:
        keys = [question.ids.get(self.name, ""), *(f"{source}:{own}" for source, own in question.ids.items())]
        said = next((self.says[key] for key in keys if key in self.says), Answer(AnswerState.UNKNOWN))
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, Answer) else said(question)
