"""What sources said of a film, one after the other, as the store would have it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.gate import judge
from bot.domain.merge import Record, merge, remember
from bot.domain.sources import AnswerState
from bot.domain.why import Asked

Said = tuple[str, datetime, tuple[Release, ...]]


def on(month: int, day: int, hour: int = 12) -> datetime:
    """An instant in 2025."""
    return datetime(2025, month, day, hour, tzinfo=UTC)


def release(line: str, note: str = "", language: str = "", certification: str = "") -> Release:
    """A release as in "US theatrical 2025-06-06"."""
    country, type_, day = line.split()
    return Release(country, ReleaseType(type_), ReleaseDate.parse(day), note, "", language, certification)


def told(source: str, at: datetime, *releases: Release | str) -> Said:
    """What a source said, and when."""
    return source, at, tuple(release(each) if isinstance(each, str) else each for each in releases)


def film_of(says: Sequence[Said], **facts: object) -> tuple[Film, tuple[Asked, ...]]:
    """The film that came of it, with its changes and doubts, and what was asked; ids are 7."""
    film = Film(7, "Ballerina", 2025)
    records: dict[str, Record] = {}
    for source, at, releases in says:
        as_of = at.date() if source == "bundled" else None
        word = Film(0, "Ballerina", 2025, releases=releases, as_of=as_of, **facts)  # type: ignore[arg-type]
        known = bool(records)
        records[source] = remember(records.get(source), word, source, at)
        merged = merge(7, list(records.values()))
        if not known:
            film = merged
            continue
        judged = judge(film, merged, list(records.values()), at)
        settled = (*judged.passed, *judged.dropped)
        doubts = [doubt for doubt in film.doubts if doubt not in settled]
        doubts += [replace(doubt, id=len(doubts) + 1) for doubt in judged.doubted]
        film = replace(judged.film, changes=(*film.changes, *judged.changes), doubts=tuple(doubts))
    asked = [
        Asked(source, record, AnswerState.FOUND, checked_at=record.checked_at) for source, record in records.items()
    ]
    return film, tuple(asked)
