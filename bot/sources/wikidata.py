"""Wikidata as a source of films: asked by ids, by the fifty; read in full only where something changed. CC0, no key.

haswbstatement: https://www.mediawiki.org/wiki/Help:Extension:WikibaseCirrusSearch
The rest of what may stand in a search: https://www.mediawiki.org/wiki/Help:CirrusSearch
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.domain.films import Job
from bot.domain.sources import Answer, AnswerState, Found, FoundPerson, Month, Question
from bot.ports import Clock
from bot.sources.http import JsonClient
from bot.sources.wikidata_api import MAX_IDS, MAX_QUERY, WikidataApi, parts
from bot.sources.wikidata_dates import SOURCE, Known, holds_placeholder, placed_items, read_releases, read_year
from bot.sources.wikidata_film import credited_items, film_ids, is_film, makes_sense, named_items, read_film
from bot.sources.wikidata_items import COUNTRIES, FILM_OCCUPATIONS, SEARCHED_CLASSES
from bot.sources.wikidata_shapes import Entity
from bot.sources.wikidata_values import checked_item, unique

#: Raised when more is read of an item: films whose item did not change are then read anew.
_READING = 1
#: How many ids one search is asked for: fifteen of IMDb's fit into MAX_QUERY.
_IDS_AT_ONCE = 15
#: A person waits: more would take another request for the films.
_HITS = 10
_PEOPLE = 25
#: The newest items first: of a long career the coming films are wanted.
_OF_PERSON = 50
#: Who stands behind these in the cast does not lead the film.
_LEADS = 10
_WORDS = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_ANY_FILM = "haswbstatement:" + "|".join(f"P31={item}" for item in SEARCHED_CLASSES)
_OF_FILM = "haswbstatement:" + "|".join(f"P106={item}" for item in FILM_OCCUPATIONS)
_LOOKUPS = {
    "imdb": ("P345", re.compile(r"tt[0-9]{7,10}", re.ASCII)),
    "tmdb": ("P4947", re.compile(r"[1-9][0-9]{0,9}", re.ASCII)),
}
_UNREADABLE = Answer(AnswerState.FAILED, reason="its item makes no sense")


class WikidataSource:
    """Asks Wikidata's action API about films; a bot.ports.FilmSource."""

    def __init__(self, client: JsonClient, clock: Clock) -> None:
        self._api = WikidataApi(client, clock)
        self._clock = clock

    @property
    def name(self) -> str:
        """What its ids and facts are marked with."""
        return SOURCE

    @property
    def batch(self) -> int:
        """How many films it is best asked about at once."""
        return MAX_IDS

    async def fetch_films(self, questions: Sequence[Question]) -> Sequence[Answer]:
        """Ask about films by Wikidata's id, else by IMDb's or TMDB's; an answer for each question, in order.

        Those with a validator are first asked for their revision alone: fifty unchanged films are one request.
        """
        answers = await self._settle_known(questions)
        rest = {index: _item_of_film(question) for index, question in enumerate(questions) if index not in answers}
        found = await self._api.fetch_whole(item for item in rest.values() if item)
        strangers = [index for index, item in rest.items() if not item]
        looked_up = dict(zip(strangers, await self._look_up([questions[index] for index in strangers]), strict=True))
        known = await self._api.fetch_known([entity for entity in (*found.values(), *looked_up.values()) if entity])
        today = self._clock.now().date()
        for index, item in rest.items():
            await asyncio.sleep(0)  # a film takes a few milliseconds to read: others may run in between
            entity = found.get(item) if item else looked_up[index]
            if entity:
                answers[index] = _answer(entity, known, today)
            elif not item:
                answers[index] = Answer(AnswerState.UNKNOWN)
            else:
                answers[index] = Answer(AnswerState.GONE) if item in found else _UNREADABLE
        return [answers[index] for index in range(len(questions))]

    async def _settle_known(self, questions: Sequence[Question]) -> dict[int, Answer]:
        """Answer those questions for which the film's revision is answer enough."""
        known = {index: _item_of_film(question) for index, question in enumerate(questions) if question.validator}
        revisions = await self._api.fetch_revisions(item for item in known.values() if item)
        answers: dict[int, Answer] = {}
        for index, item in known.items():
            entity = revisions.get(item)
            if entity and _validator(entity) == questions[index].validator:
                answers[index] = Answer(AnswerState.UNCHANGED, validator=questions[index].validator)
            elif item in revisions and not entity:
                answers[index] = Answer(AnswerState.GONE)
        return answers

    async def search(self, typed: str, year: int | None, country: str) -> Sequence[Found]:
        """Films that fit what was typed, best first; those of `year` before the others."""
        words = search_words(typed, MAX_QUERY - len(_ANY_FILM) - 1)
        if not words:
            return ()
        items = await self._api.find_items(f"{words} {_ANY_FILM}", _HITS, urgent=True)
        found = await self._list_films(items, country, urgent=True)
        return sorted(found, key=lambda film: year is not None and film.year != year)

    async def list_changed(self, since: datetime, until: datetime) -> frozenset[str] | None:
        """None: Wikidata's recent changes are all of its hundred million items', some five a second.

        Asking for the revisions of the films themselves is cheaper: see `fetch_films`.
        """
        return None

    async def list_of_franchise(self, ref: str) -> Sequence[Found]:
        """The films that are part of a series (P179)."""
        item = _item_of(ref)
        if item is None:
            return ()
        items = await self._api.find_items(f"haswbstatement:P179={item} {_ANY_FILM}", MAX_IDS)
        return await self._list_films(items, "")

    async def search_people(self, typed: str) -> Sequence[FoundPerson]:
        """People of the cinema's trades whose name fits, best first."""
        base = f"haswbstatement:P31=Q5 {_OF_FILM}"
        words = search_words(typed, MAX_QUERY - len(base) - 1)
        if not words:
            return ()
        items = await self._api.find_items(f"{words} {base}", _PEOPLE, urgent=True)
        people = await self._api.fetch_people(items)
        found = (entity for item in items if (entity := people.get(item)) and entity.label)
        return [FoundPerson(f"{SOURCE}:{entity.id}", entity.label, entity.description) for entity in found]

    async def list_of_person(self, ref: str) -> Sequence[Found]:
        """The films that a person directs (P57) or leads (P161, near its top); of a long career the newest items."""
        item = _item_of(ref)
        if item is None:
            return ()
        query = f"haswbstatement:P57={item}|P161={item}|P725={item} {_ANY_FILM}"
        items = await self._api.find_items(query, _OF_PERSON, newest=True)
        return await self._list_films(items, "", leads=item)

    async def list_coming(self, country: str, month: Month) -> Sequence[Found]:
        """Empty: a search cannot ask for a date."""
        return ()

    async def _look_up(self, questions: Sequence[Question]) -> list[Entity | None]:
        """Find films by the ids that other sources know them by."""
        wanted = [_lookups(question) for question in questions]
        items: list[str] = []
        for part in parts(unique(value for values in wanted for value in values), _IDS_AT_ONCE):
            items += await self._api.find_items(f"haswbstatement:{'|'.join(part)}", MAX_IDS)
        found = await self._api.fetch_whole(items)
        films = [entity for entity in found.values() if entity and is_film(entity)]
        return [_film_for(question, films) for question in questions]

    async def _list_films(
        self, items: Sequence[str], country: str, *, urgent: bool = False, leads: str = ""
    ) -> list[Found]:
        """The films among some items, in their order; only those that `leads` leads, if it is a person."""
        entities = await self._api.fetch_whole(items, urgent=urgent)
        films = [entity for item in items if (entity := entities.get(item)) and is_film(entity)]
        films = [film for film in films if not leads or _leads(leads, film)]
        known, today = await self._api.fetch_directors(films, urgent=urgent), self._clock.now().date()
        listed = (_listed(film, country, known, today) for film in films)
        return list({found.ref: found for found in listed if found}.values())


def search_words(typed: str, most: int) -> str:
    """Make plain words of what was typed: no quotes, signs or keywords that the search would take as an order.

    A word in capitals that is an operator loses them; at most `most` characters.
    """
    words = [word.lower() if word in _OPERATORS else word for word in _WORDS.findall(typed[: 2 * most])]
    while len(text := " ".join(words)) > most:
        words.pop()
    return text


def _answer(entity: Entity, known: Known, today: date) -> Answer:
    if not makes_sense(entity):
        return _UNREADABLE
    if not is_film(entity):
        return Answer(AnswerState.UNKNOWN)
    if known.unread.intersection([*named_items(entity), *placed_items(entity)]):
        return Answer(AnswerState.FAILED, reason="a name that its item mentions cannot be read")
    film = read_film(entity, known, today)
    if film is None:
        return Answer(AnswerState.FAILED, reason="its item has no title")
    # A placeholder becomes a day without any change of the item: such a film is read in full every time.
    return Answer(AnswerState.FOUND, film, "" if holds_placeholder(entity, today) else _validator(entity))


def _validator(entity: Entity) -> str:
    return f"{_READING}:{entity.revision}"


def _lookups(question: Question) -> list[str]:
    """How a film's item is searched for: "P345=tt7181546"."""
    return [
        f"{property_id}={value}"
        for source, (property_id, shape) in _LOOKUPS.items()
        if shape.fullmatch(value := question.ids.get(source, ""))
    ]


def _film_for(question: Question, films: Iterable[Entity]) -> Entity | None:
    """The item that has one of the film's ids and contradicts none; the oldest, should there be several."""
    fits: list[Entity] = []
    for film in films:
        ids = film_ids(film)
        same = [ids[source] == question.ids[source] for source in _LOOKUPS if source in ids and source in question.ids]
        if same and all(same):
            fits.append(film)
    return min(fits, key=lambda film: int(film.id[1:]), default=None)


def _item_of_film(question: Question) -> str:
    """The film's own item; empty if it is not known, or can be none."""
    return checked_item(question.ids.get(SOURCE, "")) or ""


def _item_of(ref: str) -> str | None:
    source, _, item = ref.partition(":")
    return checked_item(item) if source == SOURCE else None


def _leads(person: str, film: Entity) -> bool:
    return person in credited_items(film, Job.DIRECTOR) or person in credited_items(film, Job.CAST)[:_LEADS]


def _listed(film: Entity, country: str, known: Known, today: date) -> Found | None:
    title, original, _ = film.titles
    if not title:
        return None
    homes = unique(COUNTRIES.get(item) for item in film.items("P495"))
    dates = sorted(
        read_releases(film, known, today), key=lambda release: (release.country != country, release.date.sort_key)
    )
    directors = unique(known.label(item) for item in credited_items(film, Job.DIRECTOR))
    return Found(
        ref=f"{SOURCE}:{film.id}",
        title=title,
        year=read_year(film),
        original_title=original,
        country=homes[0] if homes else "",
        directors=directors,
        date=dates[0].date if dates else None,
    )
