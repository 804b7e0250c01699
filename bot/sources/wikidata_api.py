"""Asking Wikidata's action API: items by the fifty, searches, and the names and places that films mention.

What it wants of a client: https://www.mediawiki.org/wiki/API:Etiquette, https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy
"""

from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from bot.domain.films import Job
from bot.ports import Clock
from bot.sources.http import Check, JsonClient, JsonObject, Manners, Reply, user_agent
from bot.sources.wikidata_dates import SOURCE, Known, Place, place_makes_sense, placed_items, read_place
from bot.sources.wikidata_film import credited_items, named_items
from bot.sources.wikidata_shapes import Entity, read_entities, read_error, read_hits
from bot.sources.wikidata_values import unique

T = TypeVar("T")

DEFAULT_URL: Final = "https://www.wikidata.org/w/api.php"
#: `wbgetentities` takes no more ids at once from a client without bot rights.
MAX_IDS = 50
#: Whole items: a famous film's takes half a megabyte, a city's two, and there is no asking for some claims only.
_FILMS_AT_ONCE, _PLACES_AT_ONCE = 10, 4
_MAX_BYTES = 8_000_000
#: API:Etiquette asks for one request after the other; a person who waits must not stand behind a refresh.
_PER_SECOND, _IN_FLIGHT = 5.0, 2
#: CirrusSearch refuses longer ones ("cirrussearch-query-too-long").
MAX_QUERY = 300
#: Seconds that its databases may lag behind before a job of ours steps back:
#: https://www.mediawiki.org/wiki/Manual:Maxlag_parameter
_MAXLAG = "5"
#: English first; the others so that a person without an English name has one at all.
_LANGUAGES = "en|mul|fr|de|es|it|pt|sv|pl|ru|ja|ko|zh|hi"
_NAMES_KEPT = 50_000
_PLACES_KEPT = 2_000
#: A person may get a name, or another one.
_KEPT = timedelta(days=7)
_NO_SUCH_ENTITY = "no-such-entity"
#: Errors with HTTP 200 that pass by themselves; the answer's Retry-After says when.
_PASSING = {
    "maxlag": "its databases lag behind",
    "ratelimited": "it gets too many requests from us",
    "readonly": "it can only be read now",
    "cirrussearch-too-busy-error": "its search is too busy",
    "cirrussearch-backend-error": "its search has trouble",
    "search-error": "its search has trouble",
}


def busy(body: JsonObject) -> str | None:
    """Read an error that came with HTTP 200: a clause if asking again may help, None otherwise."""
    code = read_error(body)
    return _PASSING.get(code) or ("it has trouble" if code.startswith("internal_api_error") else None)


def wikidata_manners(base_url: str, contact: str) -> Manners:
    """How Wikidata is asked: few requests, one after the other, by somebody who says who they are."""
    return Manners(
        name=SOURCE,
        base_url=base_url,
        headers={"User-Agent": user_agent(contact)},
        per_second=_PER_SECOND,
        in_flight=_IN_FLIGHT,
        advice="it wants to know whom to write to, set MARQUEE_CONTACT",
        total_seconds=30.0,
        max_bytes=_MAX_BYTES,
        busy=busy,
    )


class WikidataApi:
    """The few questions that Marquee has for Wikidata. Every method may raise SourceError."""

    def __init__(self, client: JsonClient, clock: Clock) -> None:
        self._client = client
        self._names: _Kept[tuple[str, str]] = _Kept(_NAMES_KEPT, clock)
        self._places: _Kept[Place] = _Kept(_PLACES_KEPT, clock)

    async def fetch_revisions(self, items: Iterable[str]) -> dict[str, Entity | None]:
        """Fetch which revision the items are at, and nothing else: the cheapest way to learn that nothing changed."""
        return await self._fetch_entities(items, MAX_IDS, props="info")

    async def fetch_whole(self, items: Iterable[str], *, urgent: bool = False) -> dict[str, Entity | None]:
        """Fetch all that is known of the items, by the ids asked for; None for one that is missing."""
        props = "info|labels|aliases|claims"
        return await self._fetch_entities(items, _FILMS_AT_ONCE, urgent=urgent, props=props, languages=_LANGUAGES)

    async def fetch_people(self, items: Iterable[str]) -> dict[str, Entity | None]:
        """Fetch names, and the clause that tells namesakes apart."""
        props = "labels|descriptions"
        return await self._fetch_entities(items, MAX_IDS, urgent=True, props=props, languages=_LANGUAGES)

    async def find_items(self, query: str, limit: int, *, newest: bool = False, urgent: bool = False) -> list[str]:
        """Search in CirrusSearch's language; items, best first or newest first.

        `urgent`: a person waits, so that a lag of the databases is no reason to be sent away.
        """
        params = {"action": "query", "list": "search", "srsearch": query[:MAX_QUERY], "srlimit": str(limit)}
        params |= {"srnamespace": "0", "srprop": "", "srinfo": ""}
        body = await self._ask(params | ({"srsort": "create_timestamp_desc"} if newest else {}), _check_hits, urgent)
        hits = read_hits(body) or []
        return hits[:limit]

    async def fetch_known(self, entities: Sequence[Entity]) -> Known:
        """Fetch the names and places that the items mention, but for those that are known already."""
        named = unique(item for entity in entities for item in named_items(entity))
        placed = unique(item for entity in entities for item in placed_items(entity))
        names, places = await self._fetch_names(named), self._places.known(placed)
        for item, entity in (
            await self._fetch_lacking(placed, places, _PLACES_AT_ONCE, "labels|claims", False)
        ).items():
            places[item] = read_place(item, entity)
            self._places.keep(item, places[item])
        unread = frozenset(named) - set(names) | frozenset(placed) - set(places)
        return Known({item: name for item, name in names.items() if name[1]}, places, unread)

    async def fetch_directors(self, films: Sequence[Entity], *, urgent: bool) -> Known:
        """Fetch the names of those who direct the films, and nothing else."""
        items = unique(item for film in films for item in credited_items(film, Job.DIRECTOR))
        names = await self._fetch_names(items, urgent=urgent)
        return Known({item: name for item, name in names.items() if name[1]}, {})

    async def _fetch_names(self, items: Sequence[str], *, urgent: bool = False) -> dict[str, tuple[str, str]]:
        """Item → its id as it is now, and its name, which may be empty; without those that make no sense."""
        names = self._names.known(items)
        for item, entity in (await self._fetch_lacking(items, names, MAX_IDS, "labels", urgent)).items():
            names[item] = (entity.id, entity.label) if entity else ("", "")
            self._names.keep(item, names[item])
        return names

    async def _fetch_lacking(
        self, items: Sequence[str], known: Container[str], at_once: int, props: str, urgent: bool
    ) -> dict[str, Entity | None]:
        lacking = [item for item in items if item not in known]
        found = await self._fetch_entities(lacking, at_once, urgent=urgent, props=props, languages=_LANGUAGES)
        whole = "claims" in props
        return {
            item: entity
            for item, entity in found.items()
            if entity is None or (entity.labels is not None and (not whole or place_makes_sense(entity)))
        }

    async def _fetch_entities(
        self, items: Iterable[str], at_once: int, *, urgent: bool = False, **params: str
    ) -> dict[str, Entity | None]:
        found: dict[str, Entity | None] = {}
        for part in parts(unique(items), at_once):
            found |= await self._fetch_part(part, urgent, params)
        return found

    async def _fetch_part(
        self, items: Sequence[str], urgent: bool, params: Mapping[str, str]
    ) -> dict[str, Entity | None]:
        asked = {"action": "wbgetentities", "ids": "|".join(items), "redirects": "yes", **params}
        body = await self._ask(asked, _check_entities, urgent)
        if read_error(body):  # one id that Wikibase will not even look up spoils the answer for all
            if len(items) == 1:
                return {items[0]: None}
            half = len(items) // 2
            first, second = items[:half], items[half:]
            return await self._fetch_part(first, urgent, params) | await self._fetch_part(second, urgent, params)
        found = read_entities(body) or {}
        return {item: entity for item, entity in found.items() if item in items}

    async def _ask(self, params: Mapping[str, str], check: Check, urgent: bool) -> JsonObject:
        common = {"format": "json", "formatversion": "2", "errorformat": "plaintext"}
        if not urgent:
            common["maxlag"] = _MAXLAG
        reply = await self._client.get_json("", {**common, **params}, check=check)
        return reply.body or {}


def _check_hits(reply: Reply) -> str | None:
    if read_error(reply.body or {}):
        return _no_answer(reply)
    return "its answer has no list of hits" if read_hits(reply.body or {}) is None else None


def _check_entities(reply: Reply) -> str | None:
    code = read_error(reply.body or {})
    if code:
        return None if code == _NO_SUCH_ENTITY else _no_answer(reply)
    return None if isinstance((reply.body or {}).get("entities"), dict) else "its answer has no list of items"


def _no_answer(reply: Reply) -> str:
    return f"it does not take the question ({read_error(reply.body or {})})"


class _Kept(Generic[T]):
    """What was learnt of items: up to so many, the ones learnt first go first, and for a week."""

    def __init__(self, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[str, tuple[datetime, T]] = OrderedDict()

    def known(self, items: Iterable[str]) -> dict[str, T]:
        fresh_since = self._clock.now() - _KEPT
        found = {item: self._kept[item] for item in items if item in self._kept}
        return {item: value for item, (learnt_at, value) in found.items() if learnt_at > fresh_since}

    def keep(self, item: str, value: T) -> None:
        self._kept.pop(item, None)
        self._kept[item] = (self._clock.now(), value)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def parts(items: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    """Cut a list into parts of at most so many."""
    return (items[start : start + most] for start in range(0, len(items), most))
