"""A Wikidata in memory: items as its API writes them, and the two questions of the action API that films need.

Shapes: https://www.mediawiki.org/wiki/Wikibase/API, https://www.mediawiki.org/wiki/API:Search and, for what a merged or
a deleted item looks like, Wikibase's own ResultBuilder.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ENTITY = "http://www.wikidata.org/entity/"
GREGORIAN = f"{ENTITY}Q1985727"
FILM = "Q11424"
MAX_IDS = 50
MAX_QUERY = 300
_ITEM = re.compile(r"Q[1-9]\d{0,9}")


def item(qid: str) -> dict[str, Any]:
    """A value that names an item."""
    return {"type": "wikibase-entityid", "value": {"entity-type": "item", "numeric-id": int(qid[1:]), "id": qid}}


def text(words: str) -> dict[str, Any]:
    return {"type": "string", "value": words}


def titled(words: str, language: str = "en") -> dict[str, Any]:
    return {"type": "monolingualtext", "value": {"text": words, "language": language}}


def amount(number: str, unit: str) -> dict[str, Any]:
    return {"type": "quantity", "value": {"amount": f"+{number}", "unit": f"{ENTITY}{unit}"}}


def time(iso: str, precision: int = 11, calendar: str = GREGORIAN) -> dict[str, Any]:
    """A date such as "2027-06-25"; Wikidata writes what it does not know as zeros, or as it pleases."""
    signed = iso if iso.startswith("-") else f"+{iso}"
    value = {"time": f"{signed}T00:00:00Z", "timezone": 0, "before": 0, "after": 0}
    return {"type": "time", "value": {**value, "precision": precision, "calendarmodel": calendar}}


def statement(
    property_id: str,
    value: Mapping[str, Any] | None,
    rank: str = "normal",
    qualifiers: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> dict[str, Any]:
    """A statement; `value` None is Wikidata's "some value, not known which"."""
    made: dict[str, Any] = {
        "mainsnak": _snak(property_id, value),
        "type": "statement",
        "id": f"Q0${property_id}-0000-0000",
        "rank": rank,
    }
    if qualifiers:
        made["qualifiers"] = {name: [_snak(name, one) for one in values] for name, values in qualifiers.items()}
        made["qualifiers-order"] = list(qualifiers)
    return {**made, "references": [{"hash": "0" * 40, "snaks": {"P854": [_snak("P854", text("https://example.org"))]}}]}


def _snak(property_id: str, value: Mapping[str, Any] | None) -> dict[str, Any]:
    snak: dict[str, Any] = {"snaktype": "value" if value else "somevalue", "property": property_id, "hash": "0" * 40}
    return {**snak, "datavalue": dict(value), "datatype": value["type"]} if value else snak


@dataclass
class Item:
    """An item as the wiki keeps it."""

    id: str
    revision: int
    labels: dict[str, str]
    aliases: list[str] = field(default_factory=list)
    description: str = ""
    statements: list[dict[str, Any]] = field(default_factory=list)

    def values(self, property_id: str) -> list[str]:
        """The items and strings that its statements name, as the search index has them."""
        found: list[str] = []
        for one in self.statements:
            snak = one["mainsnak"]
            if snak["property"] == property_id and "datavalue" in snak and one["rank"] != "deprecated":
                value = snak["datavalue"]["value"]
                found.append(value["id"] if isinstance(value, dict) and "id" in value else str(value))
        return found


class WikidataWorld:
    """What Wikidata knows, and may forget, merge or change."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.merged: dict[str, str] = {}
        self._revision = 2_000_000_000

    def add_item(
        self, qid: str, label: str, *statements: dict[str, Any], description: str = "", language: str = "en"
    ) -> Item:
        """Add anything: a person, a genre, a place."""
        labels = {language: label} if label else {}
        self.items[qid] = Item(qid, self._next_revision(), labels, [], description, list(statements))
        return self.items[qid]

    def add_film(
        self,
        qid: str,
        title: str,
        *,
        dates: Iterable[tuple[str, int, str]] = (),
        classes: Sequence[str] = (FILM,),
        imdb: str = "",
        tmdb: str = "",
        directors: Sequence[str] = (),
        cast: Sequence[tuple[str, str]] = (),
        more: Sequence[dict[str, Any]] = (),
    ) -> Item:
        """Add a film; a date is (iso, precision, the country's item or ""), a part (person, character's item or "")."""
        film = self.add_item(qid, title, *(statement("P31", item(one)) for one in classes))
        film.statements += [_dated(*date) for date in dates]
        film.statements += [statement("P57", item(person)) for person in directors]
        for person, role in cast:
            film.statements.append(statement("P161", item(person), qualifiers={"P453": [item(role)]} if role else None))
        film.statements += [statement("P345", text(imdb))] if imdb else []
        film.statements += [statement("P4947", text(tmdb))] if tmdb else []
        film.statements += more
        return film

    def move(self, qid: str, dates: Iterable[tuple[str, int, str]]) -> None:
        """Give a film other dates."""
        film = self.items[qid]
        film.statements = [one for one in film.statements if one["mainsnak"]["property"] != "P577"]
        film.statements += [_dated(*date) for date in dates]
        self.touch(qid)

    def touch(self, qid: str) -> None:
        """Make a new revision of an item, as any edit does."""
        self.items[qid].revision = self._next_revision()

    def merge(self, old: str, new: str) -> None:
        """Make one item lead to another."""
        self.items.pop(old)
        self.merged[old] = new

    def delete(self, qid: str) -> None:
        """Delete an item."""
        self.items.pop(qid)

    def answer(self, params: Mapping[str, str]) -> dict[str, Any]:
        """Answer one question, errors included: those come with HTTP 200 as well."""
        if params.get("format") != "json" or params.get("formatversion") != "2":
            return error("badformat", "This Wikidata speaks format=json with formatversion=2 alone.")
        if params.get("action") == "wbgetentities":
            return self._entities(params)
        if params.get("action") == "query" and params.get("list") == "search":
            return self._search(params)
        return error("badvalue", 'Unrecognized value for parameter "action".')

    def _entities(self, params: Mapping[str, str]) -> dict[str, Any]:
        ids = params.get("ids", "").split("|")
        if len(ids) > MAX_IDS:
            return error("toomanyvalues", f'Too many values supplied for parameter "ids". The limit is {MAX_IDS}.')
        wrong = [one for one in ids if not _ITEM.fullmatch(one) or int(one[1:]) >= 2**31]
        if wrong:
            return error("no-such-entity", f'Could not find an entity with the ID "{wrong[0]}".')
        return {"entities": {one: self._entity(one, params) for one in ids}, "success": 1}

    def _entity(self, asked: str, params: Mapping[str, str]) -> dict[str, Any]:
        found = self.items.get(self.merged.get(asked, asked))
        if found is None:
            return {"id": asked, "missing": ""}
        props = params.get("props", "info|sitelinks|aliases|labels|descriptions|claims|datatype").split("|")
        languages = params["languages"].split("|") if "languages" in params else None
        made: dict[str, Any] = {}
        if "info" in props:
            made |= {"pageid": int(found.id[1:]), "ns": 0, "title": found.id}
            made |= {"lastrevid": found.revision, "modified": "2026-11-20T10:00:00Z"}
        if found.id != asked:
            made["redirects"] = {"from": asked, "to": found.id}
        made |= {"type": "item", "id": found.id}
        if "labels" in props:
            spoken = {key: value for key, value in found.labels.items() if languages is None or key in languages}
            made["labels"] = {key: {"language": key, "value": value} for key, value in spoken.items()} or []
        if "descriptions" in props:
            made["descriptions"] = {"en": {"language": "en", "value": found.description}} if found.description else []
        if "aliases" in props:
            listed = [{"language": "en", "value": alias} for alias in found.aliases]
            made["aliases"] = {"en": listed} if listed else []
        if "claims" in props:
            claims: dict[str, list[dict[str, Any]]] = {}
            for one in found.statements:
                claims.setdefault(one["mainsnak"]["property"], []).append(one)
            made["claims"] = claims or []
        return made

    def _search(self, params: Mapping[str, str]) -> dict[str, Any]:
        query = params.get("srsearch", "")
        if not query:
            return error("missingparam", 'The "srsearch" parameter must be set.')
        if len(query) > MAX_QUERY:
            return error("cirrussearch-query-too-long", f"Search request is longer than {MAX_QUERY} characters.")
        conditions = re.findall(r"haswbstatement:(\S+)", query)
        words = folded(re.sub(r"haswbstatement:\S+", " ", query)).split()
        hits = [
            found
            for found in self.items.values()
            if all(any(_has(found, one) for one in condition.split("|")) for condition in conditions)
            and set(words) <= set(folded(" ".join((*found.labels.values(), *found.aliases))).split())
        ]
        if params.get("srsort") == "create_timestamp_desc":
            hits.sort(key=lambda found: -int(found.id[1:]))
        limit = int(params.get("srlimit", "10"))
        listed = [{"ns": 0, "title": found.id, "pageid": int(found.id[1:])} for found in hits[:limit]]
        more = {"continue": {"sroffset": limit, "continue": "-||"}} if len(hits) > limit else {}
        return {"batchcomplete": True, **more, "query": {"search": listed}}

    def _next_revision(self) -> int:
        self._revision += 1
        return self._revision


def error(code: str, words: str) -> dict[str, Any]:
    """An error as `errorformat=plaintext` has it."""
    return {
        "errors": [{"code": code, "text": words, "module": "main"}],
        "docref": "See https://www.wikidata.org/w/api.php for API usage.",
        "servedby": "loopback",
    }


def folded(words: str) -> str:
    """Words without marks and case, as the index has them."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return re.sub(r"[^\w]+", " ", "".join(char for char in plain if not unicodedata.combining(char)))


def _has(found: Item, condition: str) -> bool:
    property_id, _, value = condition.partition("=")
    return value in found.values(property_id)


def _dated(iso: str, precision: int, country: str) -> dict[str, Any]:
    return statement("P577", time(iso, precision), qualifiers={"P291": [item(country)]} if country else None)
