"""Short ways to write down posts, parcels and pictures in tests of what a channel gets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.dates import ReleaseDate
from bot.domain.films import Credit, Film, Job, Release, ReleaseType, Trivia
from bot.domain.messages import LEASE, Message, MessageState, Parcel, message_key
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber
from bot.ui.card import Picture
from bot.ui.pictures import PictureShop, PictureSpec
from tests.domain.examples import day, guild, utc

#: Nine in the morning in New York, and the day that most of these tests play on.
NINE = "2025-06-06 13:00"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
#: The path of a channel's messages, as the stand-in's orders name it.
POSTS = "/channels/*/messages"


def whole_film(id: int = 1, title: str = "Ballerina", *releases: Release) -> Film:
    """A film with what a card shows of it."""
    credits = (
        Credit(1, "Len Wiseman", Job.DIRECTOR, 0),
        *(Credit(2 + n, name, Job.CAST, n) for n, name in enumerate(("Ana de Armas", "Keanu Reeves", "Lance Reddick"))),
        Credit(9, "Norman Reedus", Job.CAST, 3),
    )
    trivia = (Trivia("The fire-hose duel took weeks.", spoiler=False, source="https://example.org"),)
    return Film(id, title, 2025, credits=credits, trivia=trivia, releases=releases, as_of=day("2025-05-30"))


def post(text: str, *, due: str = NINE, film_id: int | None = 1, country: str = "US") -> Post:
    """A post: "release theatrical 2025-06-06", "countdown tv 2025-06-13", "date_change tv 2025-06-06 -> 2025-07"."""
    kind, type_, *dates = text.replace(" ->", "").split()
    *old, new = (None if part == "none" else ReleaseDate.parse(part) for part in dates)
    due_at = utc(due)
    lead = (new.first - due_at.date()).days if new and new.first and kind == "countdown" else None
    return Post(
        subscriber_id=1,
        kind=PostKind(kind),
        dedup_key=f"1:{film_id}:{text}",
        due_at=due_at,
        fresh_until=due_at + timedelta(days=3),
        film_id=film_id,
        milestone_days=lead,
        country=country,
        type=ReleaseType(type_),
        date=new,
        old_date=old[0] if old else None,
    )


def resume(*, due: str = NINE, film_id: int | None = None) -> Post:
    """The post that ends a pause."""
    due_at = utc(due)
    since_at = due_at - timedelta(days=9)
    return Post(1, PostKind.RESUME, f"1:{film_id}:resume", due_at, due_at, film_id=film_id, since_at=since_at)


def parcel(
    *posts: Post,
    now: str = NINE,
    subscriber: Subscriber | None = None,
    films: Sequence[Film] = (),
    skipped: Sequence[Post] = (),
    plain: bool = False,
    channel_id: int = 55,
) -> Parcel:
    """A parcel of these posts; films not given are made up from their ids."""
    at = utc(now)
    known = {film.id: film for film in films}
    for told in (*posts, *skipped):
        if told.film_id is not None:
            known.setdefault(
                told.film_id, whole_film(told.film_id, f"Film {told.film_id}" if told.film_id > 1 else "Ballerina")
            )
    message = Message(
        id=1,
        subscriber_id=1,
        channel_id=channel_id,
        state=MessageState.SENDING,
        owner="test",
        lease_until=at + LEASE,
        attempt=1,
        first_sent_at=at,
        message_key=message_key(channel_id, [told.dedup_key for told in posts]),
        posts=posts,
        plain=plain,
    )
    return Parcel(message, subscriber or guild(), known, tuple(skipped), at)


def pinging(role_id: int) -> Subscriber:
    """A server that has a role told on release days."""
    return replace(guild(), ping_role_id=role_id)


class QuickShop(PictureShop):
    """Draws nothing: a picture of a few bytes, or a broken pen."""

    broken = False

    async def get_picture(self, spec: PictureSpec) -> Picture:
        if self.broken:
            raise OSError("no font")
        return Picture("marquee.png", b"png", spec.alt)
