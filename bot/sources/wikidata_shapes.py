"""The shapes of Wikidata's answers, read with suspicion: a wrong statement is left out, not its film. No network.

An entity as in https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html, inside what `wbgetentities` and
`list=search` say (https://www.mediawiki.org/wiki/Wikibase/API, https://www.mediawiki.org/wiki/API:Search).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import cast

import msgspec

from bot.sources.http import JsonObject
from bot.sources.wikidata_values import ValueKind, checked_item, clean_text, convert, read_item, read_text, unique

#: Of one property; the longest casts stay below it.
_MAX_STATEMENTS = 500


class Rank(Enum):
    """How much the editors make of a statement."""

    PREFERRED = "preferred"
    NORMAL = "normal"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that has a value, and what qualifies it; values are as they came."""

    value: object
    rank: Rank
    qualifiers: Mapping[str, tuple[object, ...]]

    def items(self, property_id: str) -> tuple[str, ...]:
        """The items that a qualifier names."""
        return tuple(item for value in self.qualifiers.get(property_id, ()) if (item := read_item(value)))

    def texts(self, property_id: str) -> tuple[str, ...]:
        """The strings that a qualifier holds."""
        return tuple(text for value in self.qualifiers.get(property_id, ()) if (text := clean_text(value)))


@dataclass(frozen=True, slots=True)
class Entity:
    """An item, as far as it could be read."""

    id: str  #: as it is now: another one than was asked for if the item was merged
    revision: int
    labels: Mapping[str, str] | None  #: by language; None as below
    aliases: tuple[str, ...]
    description: str
    claims: Mapping[str, object] | None  #: None if they were not asked for, or make no sense

    @property
    def titles(self) -> tuple[str, str, str]:
        """A film's title for everybody, its original title (P1476), and that one's language code; empty if unknown."""
        original, language = next((title for one in self.best("P1476") if (title := read_text(one.value))), ("", ""))
        return self._named("en") or self._named("mul") or original or self.label, original, language

    @property
    def label(self) -> str:
        """Its name: in English, else the one for all languages, else the first in any; empty if it has none."""
        named = (self._named("en"), self._named("mul"), *(self.labels or {}).values())
        return next((label for label in named if label), "")

    def _named(self, language: str) -> str:
        return (self.labels or {}).get(language, "")

    def statements(self, property_id: str) -> list[Statement]:
        """The statements with a value that are not deprecated, in their order."""
        return [
            Statement(read.mainsnak.value, read.rank, _qualifiers(read))
            for read in _read_all((self.claims or {}).get(property_id, []))
            if read and read.rank is not Rank.DEPRECATED and read.mainsnak.value is not None
        ]

    def makes_sense(self, property_id: str, kind: ValueKind) -> bool:
        """Whether no more statements of a property are nonsense than are not; an unknown value is no nonsense."""
        if property_id not in (self.claims or {}):
            return True
        read = _read_all((self.claims or {}).get(property_id)) or [None]  # Wikibase writes no empty list
        wrong = [
            one is None or (one.mainsnak.snaktype == "value" and not kind.fits(one.mainsnak.value)) for one in read
        ]
        return 2 * sum(wrong) <= len(wrong)

    def best(self, property_id: str) -> list[Statement]:
        """The preferred ones of them; if there are none, all of them."""
        found = self.statements(property_id)
        return [statement for statement in found if statement.rank is Rank.PREFERRED] or found

    def items(self, property_id: str) -> tuple[str, ...]:
        """The items that the best statements name, each once."""
        return unique(read_item(statement.value) for statement in self.best(property_id))


class _Snak(msgspec.Struct):
    snaktype: str
    datavalue: dict[str, object] = {}  # none with "somevalue" and "novalue"

    @property
    def value(self) -> object:
        """The value; None if nobody knows it, or there is none."""
        return self.datavalue.get("value") if self.snaktype == "value" else None


class _Statement(msgspec.Struct):
    mainsnak: _Snak
    rank: Rank
    qualifiers: dict[str, list[_Snak]] | list[object] = []  # PHP writes an empty object as a list


class _Term(msgspec.Struct):
    value: str


class _Hit(msgspec.Struct):
    title: str
    ns: int = 0


def read_entities(body: JsonObject) -> dict[str, Entity | None] | None:
    """Read the answer of `wbgetentities` by the ids asked for; None for an item that is missing, or deleted.

    An item that makes no sense stands in it not at all. The whole is None if the answer has no list of entities.
    A merged item stands under its old id (Wikibase's ResultBuilder::addEntityRevision).
    """
    listed = body.get("entities")
    if not isinstance(listed, dict):
        return None
    found: dict[str, Entity | None] = {}
    for asked, raw in cast(dict[str, object], listed).items():
        if not isinstance(raw, dict):
            continue
        fields = cast(dict[str, object], raw)
        if "missing" in fields:
            found[asked] = None
        elif (entity := _entity(fields)) and (entity.id == asked or _leads_to(entity.id, fields.get("redirects"))):
            found[asked] = entity
    return found


def read_hits(body: JsonObject) -> list[str] | None:
    """Read the items that `list=search` found, best first; None if the answer has no such list."""
    query = body.get("query")
    hits = cast(dict[str, object], query).get("search") if isinstance(query, dict) else None
    if not isinstance(hits, list):
        return None
    read = (convert(raw, _Hit) for raw in cast(list[object], hits))
    return list(unique(checked_item(hit.title) for hit in read if hit is not None and hit.ns == 0))


def read_error(body: JsonObject) -> str:
    """Give the code of an error that came with HTTP 200, in the old form or the new one; empty if there is none.

    https://www.mediawiki.org/wiki/API:Errors_and_warnings
    """
    errors: object = body.get("errors")
    first: object = body.get("error")
    if first is None and isinstance(errors, list) and errors:
        first = cast(list[object], errors)[0]
    if first is None:
        return ""
    code = cast(dict[str, object], first).get("code") if isinstance(first, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,60}", code, re.ASCII) else "unknown"


def _leads_to(item: str, redirects: object) -> bool:
    return isinstance(redirects, dict) and cast(dict[str, object], redirects).get("to") == item


def _entity(fields: Mapping[str, object]) -> Entity | None:
    entity_id, revision, claims = fields.get("id"), fields.get("lastrevid", 0), fields.get("claims")
    if not isinstance(entity_id, str) or not checked_item(entity_id):
        return None
    if type(revision) is not int or revision < 0:
        return None
    aliases = (term for terms in _lists(fields.get("aliases")) for term in terms)
    description = _labels(fields.get("descriptions")) or {}
    return Entity(
        id=entity_id,
        revision=revision,
        labels=_labels(fields.get("labels")),
        aliases=unique(clean_text(term.value) for raw in aliases if (term := convert(raw, _Term))),
        description=next((description[key] for key in ("en", "mul") if key in description), ""),
        claims=_object(claims),
    )


def _object(raw: object) -> Mapping[str, object] | None:
    """An object; PHP writes an empty one as a list."""
    return cast(Mapping[str, object], raw) if isinstance(raw, dict) else {} if raw == [] else None


def _labels(raw: object) -> dict[str, str] | None:
    """Terms by language; None if one of them makes no sense: a film must not change its name for that."""
    named = _object(raw)
    terms = {language: convert(term, _Term) for language, term in named.items()} if named is not None else {"": None}
    if any(term is None for term in terms.values()):
        return None
    return {language: text for language, term in terms.items() if term and (text := clean_text(term.value))}


def _lists(raw: object) -> Iterator[list[object]]:
    """The values of an object that are lists."""
    values = cast(dict[str, object], raw).values() if isinstance(raw, dict) else ()
    return (cast(list[object], value) for value in values if isinstance(value, list))


def _read_all(raw: object) -> list[_Statement | None]:
    listed = cast(list[object], raw)[:_MAX_STATEMENTS] if isinstance(raw, list) else [None]
    return [convert(one, _Statement) for one in listed]


def _qualifiers(read: _Statement) -> dict[str, tuple[object, ...]]:
    """By property. One without a value still qualifies: a place that nobody knows is not no place."""
    if isinstance(read.qualifiers, list):
        return {}
    return {name: tuple(snak.value for snak in snaks) for name, snaks in read.qualifiers.items()}
