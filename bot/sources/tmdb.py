"""The Movie Database (https://developer.themoviedb.org): asks it, and tells in our words what it says."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.domain.dates import Precision, placeholder_as_year
from bot.domain.errors import SourceError, SourceRefused
from bot.domain.sources import Answer, AnswerState, Found, FoundPerson, Month, Question
from bot.ports import Clock
from bot.sources import tmdb_shapes as tmdb
from bot.sources.health import SourceHealth
from bot.sources.http import JsonClient, JsonObject, Manners, Reply, user_agent
from bot.sources.tmdb_film import NotWholeError, read_film
from bot.sources.tmdb_shapes import SOURCE, text

DEFAULT_URL: Final = "https://api.themoviedb.org/3"
#: Its limit is "in the 40 requests per second range" (https://developer.themoviedb.org/docs/rate-limiting).
_PER_SECOND = 20.0
_IN_FLIGHT = 8
#: Films are asked about one by one; so many at once keep the places in flight filled.
_BATCH = 20
_MAX_FOUND = 25
_MAX_QUERY = 250
#: Of a month's films the 100 that most people look at.
_MAX_COMING_PAGES = 5
#: Billed so high is a lead.
_LEADS = 5
#: Raised when the same answer is read differently: an answer "not modified" since is then asked for again.
_READER = "1"
_NOTHING: JsonObject = MappingProxyType({})
_NOT_AS_DOCUMENTED = "its answer is not what its documentation says"
_PARTS = "release_dates,credits,external_ids,watch/providers,alternative_titles"
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
#: In a documentary, or in old footage: that is no role.
_AS_THEMSELVES = re.compile(r"(self|himself|herself|themselves|themself)\b|.*\(archive ", re.IGNORECASE)


def tmdb_manners(base_url: str, token: str, contact: str = "") -> Manners:
    """How TMDB is asked: the token is its "API Read Access Token", which goes into a header and nowhere else."""
    return Manners(
        name=SOURCE,
        base_url=base_url,
        headers={"Authorization": f"Bearer {token}", "User-Agent": user_agent(contact)},
        per_second=_PER_SECOND,
        in_flight=_IN_FLIGHT,
        advice="check TMDB_TOKEN, it must be the API Read Access Token of themoviedb.org/settings/api",
    )


class TmdbSource:
    """The Movie Database (bot.ports.FilmSource)."""

    def __init__(self, client: JsonClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    @property
    def name(self) -> str:
        """What its ids and facts are marked with."""
        return SOURCE

    @property
    def batch(self) -> int:
        """How many films it is best asked about at once."""
        return _BATCH

    @property
    def health(self) -> SourceHealth:
        """Whether it answers."""
        return self._client.health

    async def fetch_films(self, questions: Sequence[Question]) -> Sequence[Answer]:
        """Ask about films, each in one call, or two if only the IMDb id is known.

        Raises:
            SourceError: no film could be asked about. If only some could not, those are FAILED.
        """
        outcomes = await asyncio.gather(*(self._answer_or_error(question) for question in questions))
        errors = [outcome for outcome in outcomes if isinstance(outcome, SourceError)]
        if errors and (len(errors) == len(outcomes) or any(isinstance(error, SourceRefused) for error in errors)):
            raise errors[0]
        return [
            Answer(AnswerState.FAILED, reason=outcome.reason) if isinstance(outcome, SourceError) else outcome
            for outcome in outcomes
        ]

    async def search(self, typed: str, year: int | None, country: str) -> Sequence[Found]:
        """Films that fit what was typed, best first; `country` only chooses which date is shown."""
        params = {"query": typed[:_MAX_QUERY], "include_adult": "false", "page": "1"}
        if country:
            params["region"] = country
        if year is not None:
            params["year"] = str(year)
        body = await self._ask("/search/movie", params, "results")
        return self._founds(_movies(body.get("results")))[:_MAX_FOUND]

    async def list_changed(self, since: datetime, until: datetime) -> frozenset[str] | None:
        """Its ids of the films that changed on the days from `since` to `until`; None if that is too long ago."""
        first, last = since.date(), until.date() + timedelta(days=1)  # whole days, UTC: rather one too many
        if (last - first).days > tmdb.MAX_CHANGE_DAYS:
            return None
        params = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        page = await self._ask("/movie/changes", {**params, "page": "1"}, "results")
        pages = tmdb.number(page.get("total_pages"), 0, tmdb.MAX_PAGES)
        if pages is None:
            return None
        rest = (
            self._ask("/movie/changes", {**params, "page": str(number)}, "results") for number in range(2, pages + 1)
        )
        bodies = [page, *await asyncio.gather(*rest)]
        return frozenset(str(item.id) for body in bodies for item in _movies(body.get("results")))

    async def list_of_franchise(self, ref: str) -> Sequence[Found]:
        """The films of its collection `ref`, in order of release; empty if it has none of that id."""
        number = _own_id(ref)
        body = await self._ask(f"/collection/{number}", {}, "parts") if number else _NOTHING
        films = (item for item in _movies(body.get("parts")) if item.media_type in (None, "movie"))
        return _by_date(self._founds(films))

    async def search_people(self, typed: str) -> Sequence[FoundPerson]:
        """People that fit a name, best first."""
        params = {"query": typed[:_MAX_QUERY], "include_adult": "false", "page": "1"}
        body = await self._ask("/search/person", params, "results")
        people = tmdb.read_all(body.get("results"), tmdb.Person)
        return [
            FoundPerson(f"{SOURCE}:{person.id}", name, _known_for(person))
            for person in people
            if tmdb.is_id(person.id) and person.adult is not True and (name := text(person.name))
        ][:_MAX_FOUND]

    async def list_of_person(self, ref: str) -> Sequence[Found]:
        """The films that a person directs or leads (is billed among the first five), in order of release."""
        number = _own_id(ref)
        body = await self._ask(f"/person/{number}/movie_credits", {}, "cast", "crew") if number else _NOTHING
        led = [item for item in _movies(body.get("cast")) if _is_lead(item)]
        directed = [item for item in _movies(body.get("crew")) if text(item.job) in tmdb.DIRECTORS]
        return _by_date(self._founds([*directed, *led]))

    async def list_coming(self, country: str, month: Month) -> Sequence[Found]:
        """Films that come to the cinemas of a country in that time, the best known first, at most 100."""
        params = {
            "region": country,
            "release_date.gte": month.first.isoformat(),
            "release_date.lte": month.last.isoformat(),
            "with_release_type": "2|3",
            "include_adult": "false",
            "include_video": "false",
            "sort_by": "popularity.desc",
        }
        page = await self._ask("/discover/movie", {**params, "page": "1"}, "results")
        pages = min(tmdb.number(page.get("total_pages"), 0, 2**31) or 0, _MAX_COMING_PAGES)
        rest = (
            self._ask("/discover/movie", {**params, "page": str(number)}, "results") for number in range(2, pages + 1)
        )
        bodies = [page, *await asyncio.gather(*rest)]
        return self._founds(item for body in bodies for item in _movies(body.get("results")))

    async def _answer_or_error(self, question: Question) -> Answer | SourceError:
        try:
            return await self._answer(question)
        except SourceError as error:
            return error

    async def _answer(self, question: Question) -> Answer:
        own, imdb = question.ids.get(SOURCE, ""), question.ids.get("imdb", "")
        known = _NUMBER.fullmatch(own) is not None
        if known:
            answer = await self._details(own, question.validator)
            if answer.state is not AnswerState.GONE:
                return answer
        # One that was merged with another is gone under its id; its IMDb id leads to the other.
        found = await self._find(imdb) if tmdb.IMDB_ID.fullmatch(imdb) else None
        if found is None or found == own:
            return Answer(AnswerState.GONE if known else AnswerState.UNKNOWN)
        answer = await self._details(found, "")
        if answer.state is AnswerState.GONE and not known:
            return Answer(AnswerState.UNKNOWN)
        if answer.film is not None and answer.film.ids.get("imdb") != imdb:
            return Answer(AnswerState.FAILED, reason=f"it takes {imdb} for another film")
        return answer

    async def _details(self, number: str, validator: str) -> Answer:
        reader, _, etag = validator.partition(":")
        reply = await self._client.get_json(
            f"/movie/{number}",
            {"append_to_response": _PARTS},
            validator=etag if reader == _READER else "",
            check=_check_missing,
        )
        if reply.not_modified:
            return Answer(AnswerState.UNCHANGED, validator=validator)
        if reply.missing or reply.body is None:
            return Answer(AnswerState.GONE)
        return read_answer(reply.body, number, self._today(), reply.validator)

    async def _find(self, imdb: str) -> str | None:
        body = await self._ask(f"/find/{imdb}", {"external_source": "imdb_id"}, "movie_results")
        return next((str(item.id) for item in _movies(body.get("movie_results"))), None)

    async def _ask(self, path: str, params: Mapping[str, str], *lists: str) -> JsonObject:
        """Ask for an object that has these lists; empty if there is no such thing."""

        def check(reply: Reply) -> str | None:
            body = reply.body or {}
            whole = all(isinstance(body.get(key), list) for key in lists)
            return _check_missing(reply) if reply.missing else None if whole else _NOT_AS_DOCUMENTED

        reply = await self._client.get_json(path, params, check=check)
        return _NOTHING if reply.missing or reply.body is None else reply.body

    def _founds(self, items: Iterable[tmdb.Movie]) -> list[Found]:
        today = self._today()
        found = {item.id: _film(item, today) for item in items if item.adult is not True}
        return [film for film in found.values() if film is not None]

    def _today(self) -> date:
        return self._clock.now().date()


def _check_missing(reply: Reply) -> str | None:
    """Tell "no such film" from a 404 that is somebody else's, such as a wrong TMDB_URL's."""
    code = tmdb.number((reply.body or {}).get("status_code"), 0, 1000)
    return "it does not know the address; check TMDB_URL" if reply.missing and code not in tmdb.NOT_FOUND else None


def read_answer(body: JsonObject, number: str, today: date, etag: str) -> Answer:
    """Read the answer about the film with TMDB's id `number`."""
    try:
        film = read_film(body, number, today)
    except NotWholeError as error:
        return Answer(AnswerState.FAILED, reason=str(error))
    # A year that stands for a placeholder becomes a day by time alone: such an answer is read afresh.
    settled = all(release.date.precision is Precision.DAY for release in film.releases)
    return Answer(AnswerState.FOUND, film, f"{_READER}:{etag}" if etag and settled else "")


def _movies(values: object) -> list[tmdb.Movie]:
    return [item for item in tmdb.read_all(values, tmdb.Movie) if tmdb.is_id(item.id)]


def _film(item: tmdb.Movie, today: date) -> Found | None:
    title = text(item.title) or text(item.name)
    if not title:
        return None
    day = tmdb.day(item.release_date)
    dated = placeholder_as_year(day.first, today) if day and day.first else None
    return Found(
        ref=f"{SOURCE}:{item.id}",
        title=title,
        year=dated.first.year if dated and dated.first else None,
        original_title=text(item.original_title) or text(item.original_name),
        date=dated,
        popularity=tmdb.score(item.popularity),
    )


def _by_date(films: Iterable[Found]) -> list[Found]:
    return sorted(films, key=lambda film: film.date.sort_key if film.date else (date.max, 0))


def _is_lead(item: tmdb.Movie) -> bool:
    billed = tmdb.number(item.order, 0, _LEADS - 1) is not None
    return billed and not _AS_THEMSELVES.match(text(item.character))


def _known_for(person: tmdb.Person) -> str:
    """A title tells namesakes apart better than a trade."""
    for item in _movies(person.known_for):
        if title := text(item.title) or text(item.name):
            return title
    return text(person.known_for_department).lower()


def _own_id(ref: str) -> str:
    source, _, number = ref.partition(":")
    return number if source == SOURCE and _NUMBER.fullmatch(number) else ""
