"""The franchises and people that servers follow, and the films that each follow has met."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from bot.domain.films import Credit, Film
from bot.domain.follows import LEADS, Follow, FollowKind
from bot.store.columns import epoch, instant_of, json_text, texts_of
from bot.store.database import Row, Transaction
from bot.store.film_rows import read_credit


async def list_follows(tx: Transaction, subscriber_id: int) -> list[Follow]:
    """List what a subscriber follows, the one followed longest first."""
    return [_read_follow(row) for row in await tx.all("list_follows", subscriber_id=subscriber_id)]


async def find_follow(tx: Transaction, follow_id: int) -> Follow | None:
    """Find a follow; None if it has ended."""
    row = await tx.one("find_follow", follow_id=follow_id)
    return _read_follow(row) if row else None


async def add_follow(tx: Transaction, follow: Follow) -> Follow | None:
    """Follow a franchise or a person; None if the subscriber follows it already."""
    row = await tx.one(
        "add_follow",
        subscriber_id=follow.subscriber_id,
        kind=follow.kind.value,
        name=follow.name,
        refs=json_text(follow.refs),
        main_ref=follow.refs[0],
        channel_id=follow.channel_id,
        followed_by=follow.followed_by,
        followed_at=epoch(follow.followed_at),
        next_check_at=epoch(follow.next_check_at),
    )
    return _read_follow(row) if row else None


async def move_follow(tx: Transaction, follow_id: int, channel_id: int | None) -> None:
    """Send the films that it adds from now on to a channel of their own; None: where the others go."""
    await tx.all("move_follow", follow_id=follow_id, channel_id=channel_id)


async def remove_follow(tx: Transaction, subscriber_id: int, follow_id: int) -> bool:
    """End a follow; the films that it added stay tracked. False if there is none."""
    return await tx.one("remove_follow", subscriber_id=subscriber_id, follow_id=follow_id) is not None


async def take_due_follows(tx: Transaction, now: datetime, until: datetime, limit: int) -> list[Follow]:
    """Take the follows that are to be looked at, which nobody else then takes before `until`."""
    rows = await tx.all("take_due_follows", now=epoch(now), until=epoch(until), n=limit)
    return [_read_follow(row) for row in rows]


async def end_look(tx: Transaction, follow_id: int, refs: Sequence[str], next_check_at: datetime) -> None:
    """Note what else it is called by now, and when to look again."""
    await tx.all("end_look", follow_id=follow_id, refs=json_text(refs), next_check_at=epoch(next_check_at))


async def list_met(tx: Transaction, follow_id: int) -> frozenset[int]:
    """List the films that a follow has met."""
    return frozenset(row["film_id"] for row in await tx.all("list_met", follow_id=follow_id))


async def add_met(tx: Transaction, follow_id: int, film_ids: Iterable[int], now: datetime) -> None:
    """Remember films, so that the follow never adds them again."""
    rows = [{"follow_id": follow_id, "film_id": film_id, "met_at": epoch(now)} for film_id in sorted(film_ids)]
    await tx.many("add_met", rows)


async def keep_untracked(tx: Transaction, subscriber_id: int, film_id: int, now: datetime) -> None:
    """Have no follow of a subscriber bring back a film that somebody untracked."""
    await tx.all("keep_untracked", subscriber_id=subscriber_id, film_id=film_id, met_at=epoch(now))


async def list_tracked_ids(tx: Transaction, subscriber_id: int) -> frozenset[int]:
    """List the films that a subscriber tracks, by id."""
    return frozenset(row["film_id"] for row in await tx.all("list_tracked_ids", subscriber_id=subscriber_id))


async def list_films_of_franchise(tx: Transaction, refs: Collection[str]) -> frozenset[int]:
    """List the films that the store knows of a franchise under any of `refs`."""
    found: set[int] = set()
    for ref in refs:
        named = msgspec.json.encode(ref).decode() + ":"  # a ref with % or _ would only find more, and none has them
        found |= {row["film_id"] for row in await tx.all("list_films_of_franchise", ref=ref, named=named)}
    return frozenset(found)


async def list_parts_of_person(tx: Transaction, refs: Collection[str]) -> list[tuple[int, Credit]]:
    """List what a person under any of `refs` directs or acts in, as (film id, credit)."""
    parts: dict[tuple[object, ...], tuple[int, Credit]] = {}
    for ref in refs:
        for row in await tx.all("list_parts_of_person", ref=ref):
            credit = read_credit(row)
            parts[row["film_id"], credit.person_id, credit.job, credit.position] = (row["film_id"], credit)
    return list(parts.values())


async def list_known_stories(tx: Transaction) -> list[tuple[str, str, list[Film]]]:
    """List every franchise that the store knows at some source, as (ref, name, films, id and title only)."""
    stories: dict[str, tuple[str, list[Film]]] = {}
    for row in await tx.all("list_known_entries"):
        stories.setdefault(row["franchise_key"], (row["name"], []))[1].append(_read_label(row))
    for row in await tx.all("list_belonging"):
        for ref, name in msgspec.json.decode(row["belongs_to"], type=dict[str, str]).items():
            stories.setdefault(ref, (name, []))[1].append(_read_label(row))
    return [(ref, name, films) for ref, (name, films) in stories.items()]


async def list_known_parts(tx: Transaction) -> list[tuple[str, Film, Credit]]:
    """List who may direct or lead a film, as (person's key, film, id and title only, credit), best billed first."""
    rows = await tx.all("list_known_parts", leads=LEADS)
    films = {row["film_id"]: row for row in rows}
    labels = {film_id: _read_label(row) for film_id, row in films.items()}
    return [(row["person_key"], labels[row["film_id"]], read_credit(row)) for row in rows]


async def map_person_refs(tx: Transaction) -> dict[int, list[str]]:
    """Map each person to what sources call them."""
    refs: dict[int, list[str]] = {}
    for row in await tx.all("list_all_person_refs"):
        refs.setdefault(row["person_id"], []).append(row["ref"])
    return refs


async def find_stamp_of_films(tx: Transaction) -> tuple[int, int]:
    """Find what changes whenever a film comes or changes, to the second."""
    row = await tx.one("find_stamp_of_films")
    return (row["n"], row["checked_at"] or 0) if row else (0, 0)


def _read_follow(row: Row) -> Follow:
    return Follow(
        id=row["id"],
        subscriber_id=row["subscriber_id"],
        kind=FollowKind(row["kind"]),
        name=row["name"],
        refs=texts_of(row["refs"]),
        channel_id=row["channel_id"],
        followed_by=row["followed_by"],
        followed_at=instant_of(row["followed_at"]),
        next_check_at=instant_of(row["next_check_at"]),
    )


def _read_label(row: Row) -> Film:
    return Film(row["film_id"], row["title"], row["year"])
