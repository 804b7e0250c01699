"""Short ways to write films, subscribers and instants down in tests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import DateChange, Film, Release, ReleaseType
from bot.domain.posts import Post
from bot.domain.subscribers import Subscriber, SubscriberKind, Subscription

#: Long before anything that these tests tell of.
EVER = datetime(2020, 1, 1, tzinfo=UTC)


def cases(names: str, rows: Sequence[tuple[object, ...]]) -> pytest.MarkDecorator:
    """Run a test for each row; the row's first item is its id, the others are `names`."""
    return pytest.mark.parametrize(names, [pytest.param(*row[1:], id=str(row[0])) for row in rows])


def utc(text: str) -> datetime:
    """An instant: "2025-06-06 13:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def release(text: str) -> Release:
    """A release: "US theatrical 2025-06-06", and a note after it."""
    country, kind, when, *note = text.split(" ", 3)
    return Release(country, ReleaseType(kind), ReleaseDate.parse(when), "".join(note))


def film(*releases: str, changes: Sequence[DateChange] = (), id: int = 7, countries: tuple[str, ...] = ()) -> Film:
    """A film with releases written down as for `release`."""
    found = tuple(release(text) for text in releases)
    return Film(id, "Ballerina", 2025, releases=found, changes=tuple(changes), countries=countries)


def change(text: str, known_at: str, pair: str = "US theatrical", *, history: bool = False) -> DateChange:
    """A change of date: "3: 2025-06-06 -> 2025-07-09", with "none" for no date."""
    number, dates = text.split(": ")
    was, now = (None if part == "none" else ReleaseDate.parse(part) for part in dates.split(" -> "))
    country, kind = pair.split()
    return DateChange(int(number), 7, country, ReleaseType(kind), was, now, "test", utc(known_at), history)


def guild(zone: str = "America/New_York", hour: str = "09:00", country: str = "US", **more: object) -> Subscriber:
    """A server with a channel, in US Eastern time unless told otherwise."""
    settings: dict[str, object] = {
        "country": country, "timezone": zone, "posting_time": time.fromisoformat(hour), "channel_id": 55, **more,
    }  # fmt: skip
    return Subscriber(1, SubscriberKind.GUILD, 900, **settings)  # type: ignore[arg-type]


def following(film: Film, since: datetime = EVER, **more: object) -> Subscription:
    return Subscription(film, since, 1, **more)  # type: ignore[arg-type]


def told(post: Post) -> tuple[str, str]:
    """What a post says and when, briefly: ("7 days", "2025-05-30 13:00")."""
    name = f"{post.milestone_days} days" if post.milestone_days else str(post.kind)
    return (name, f"{post.due_at:%Y-%m-%d %H:%M}" + (f":{post.due_at:%S}" if post.due_at.second else ""))
