"""Following franchises and people: `/follow`, `/unfollow`, and the daily look for their new films."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from bot.domain.errors import NotFollowed, SourceError, SourcesSilent, TooManyFollows, UserError
from bot.domain.films import Film
from bot.domain.follow_posts import followed_post, full_post
from bot.domain.follows import (
    MAX_AT_ONCE,
    MAX_FOLLOWS,
    Candidate,
    Follow,
    Followed,
    FollowKind,
    Selection,
    is_lead,
    joined_refs,
    may_be_to_come,
    next_look,
    next_try,
    select,
)
from bot.domain.releases import counting_release
from bot.domain.sources import Found
from bot.domain.subscribers import MAX_FILMS, Subscriber, SubscriberKind
from bot.services.follow_search import FollowSearch, FollowSource
from bot.store import films as film_store
from bot.store import follows as follow_store
from bot.store import posts as post_store
from bot.store import records as record_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)
#: Brings a film into the store by what a source calls it ("tmdb:123"), at that instant; its id there, or None.
Adopt = Callable[[str, datetime], Awaitable[int | None]]
#: Follows looked at in one run; a run every minute looks at 28,800 a day.
BATCH = 20
#: A look that was killed is taken up again after this.
_TAKEN = timedelta(minutes=30)
#: Many servers follow the same people: one answer serves them all for this long.
_ANSWER_LASTS = timedelta(hours=12)
#: Who types `/follow` waits no longer than this for the sources; the first look comes later then.
PATIENCE_SECONDS = 20.0


@dataclass(slots=True)
class _Looked:
    """What looking for a follow's films found."""

    refs: tuple[str, ...]
    film_ids: set[int]
    silent: tuple[str, ...] = ()  #: sources that did not answer
    retry_seconds: float | None = None  #: what the most patient of them asked for


class Following:
    """The franchises and people that servers follow. Without sources it knows what the store knows."""

    def __init__(self, db: Database, sources: Sequence[FollowSource] = (), adopt: Adopt | None = None) -> None:
        self._db = db
        self._sources = {source.name: source for source in sources}
        self._adopt = adopt
        self.search = FollowSearch(db, sources)

    async def list_follows(self, guild_id: int) -> list[Follow]:
        """What a server follows, the one followed longest first."""
        async with self._db.looking() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            return await follow_store.list_follows(tx, subscriber.id) if subscriber else []

    async def follow(
        self, subscriber: Subscriber, candidate: Candidate, channel_id: int | None, user_id: int, now: datetime
    ) -> Followed:
        """Follow a franchise or a person, and track what is still to come of it.

        Following it again looks again, and changes nothing else but a channel that is given.

        Raises:
            TooManyFollows: the server follows as much as it may.
        """
        await self.check_room(subscriber, candidate)
        follow = Follow(
            0, subscriber.id, candidate.kind, candidate.name, candidate.refs, channel_id, user_id, now, now
        )  # fmt: skip
        looked = await self._look_patiently(follow, now)
        async with self._db.transaction() as tx:
            follows = await follow_store.list_follows(tx, subscriber.id)
            known = _find(follows, candidate)
            if known is None and len(follows) >= MAX_FOLLOWS:
                raise TooManyFollows(MAX_FOLLOWS)
            stored = known or await follow_store.add_follow(tx, follow)
            if stored is None:
                raise UserError("Somebody else has just followed the same. `/tracked` shows it.")
            if known is not None and channel_id is not None and channel_id != known.channel_id:
                await follow_store.move_follow(tx, known.id, channel_id)
                stored = replace(known, channel_id=channel_id)
            subscriber = await subscriber_store.get_subscriber(tx, subscriber.id)
            chosen = await _bring_about(tx, stored, subscriber, looked.film_ids, now)
            # They are named in the answer: the next look does not bring them as news.
            await follow_store.add_met(tx, stored.id, (film.id for film in chosen.left), now)
            await _end_look(tx, stored, looked, now)
        return Followed(
            stored, subscriber, chosen.new, chosen.before, chosen.left, chosen.full, looked.silent, known is not None
        )

    async def check_room(self, subscriber: Subscriber, candidate: Candidate) -> None:
        """Refuse what is one too many, before anybody waits for a source.

        Raises:
            TooManyFollows: the server follows as much as it may, and not this.
        """
        async with self._db.reading() as tx:
            follows = await follow_store.list_follows(tx, subscriber.id)
        if len(follows) >= MAX_FOLLOWS and _find(follows, candidate) is None:
            raise TooManyFollows(MAX_FOLLOWS)

    async def unfollow(self, guild_id: int, follow_id: int) -> Follow:
        """Stop following a franchise or a person; the films that it added stay tracked. What it was.

        Raises:
            NotFollowed: it is followed no longer.
        """
        async with self._db.transaction() as tx:
            subscriber = await subscriber_store.find_subscriber(tx, SubscriberKind.GUILD, guild_id)
            known = await follow_store.find_follow(tx, follow_id)
            if subscriber is None or known is None:
                raise NotFollowed(known.name if known else "That")
            if not await follow_store.remove_follow(tx, subscriber.id, follow_id):
                raise NotFollowed(known.name)
        return known

    async def run(self, now: datetime) -> int:
        """Look for new films of the follows whose time has come, and track them; how many were looked at.

        Nothing that a source does not answer is lost: such a follow is looked at again within the hour.
        """
        async with self._db.transaction() as tx:
            due = await follow_store.take_due_follows(tx, now, now + _TAKEN, BATCH)
        for follow in due:
            try:
                await self._look_again(follow, now)
            except (ValueError, KeyError):  # a row that no longer makes sense must not stop the others
                log.exception("The follow %s cannot be looked at; it is tried again later", follow.id)
        return len(due)

    async def _look_again(self, follow: Follow, now: datetime) -> None:
        looked = await self._look(follow, now)
        async with self._db.transaction() as tx:
            stored = await follow_store.find_follow(tx, follow.id)
            if stored is None:  # unfollowed meanwhile
                return
            subscriber = await subscriber_store.get_subscriber(tx, stored.subscriber_id)
            chosen = await _bring_about(tx, stored, subscriber, looked.film_ids, now)
            for film in chosen.new:
                release = counting_release(film, subscriber.country, wanted=subscriber.wanted).main
                by = release.date.day if release else None
                post = followed_post(subscriber, film.id, stored.name, stored.channel_id, now, by=by)
                await post_store.arm_post(tx, post)
            if chosen.full:
                await post_store.arm_post(tx, full_post(subscriber, stored.name, now))
            await _end_look(tx, stored, looked, now)
        if chosen.new:
            log.info("Tracked %s films because of %s", len(chosen.new), stored.name, extra={"follow": stored.id})

    async def _look_patiently(self, follow: Follow, now: datetime) -> _Looked:
        """Look as long as a person waits; what the store knows is there in any case."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._look(follow, now)
        except TimeoutError:
            looked = await self._look_in_store(follow)
            looked.silent = tuple(self._sources)
            return looked

    async def _look(self, follow: Follow, now: datetime) -> _Looked:
        """Look for the films of a follow: in the store, then at the sources; those that the store lacks are adopted."""
        looked = await self._look_in_store(follow)
        founds: dict[str, Found] = {}
        for ref in looked.refs:
            source = self._sources.get(ref.partition(":")[0])
            if source is None:
                continue
            try:
                founds |= {found.ref: found for found in await self._list_films(source, follow.kind, ref, now)}
            except SourceError as error:
                _note_silence(looked, source.name, error)
        adopted = 0
        for found in founds.values():
            if not may_be_to_come(found, now.date()):
                continue
            film_id = await self._find_in_store(found.ref)
            if film_id is None and self._adopt is not None and adopted < 2 * MAX_AT_ONCE:
                adopted += 1
                film_id = await self._adopt_or_note(looked, found.ref, now)
            if film_id is not None:
                looked.film_ids.add(film_id)
        return looked

    async def _look_in_store(self, follow: Follow) -> _Looked:
        refs = await self.search.widen(follow.kind, follow.refs)
        async with self._db.reading() as tx:
            if follow.kind is FollowKind.FRANCHISE:
                return _Looked(refs, set(await follow_store.list_films_of_franchise(tx, refs)))
            parts = await follow_store.list_parts_of_person(tx, refs)
        return _Looked(refs, {film_id for film_id, credit in parts if is_lead(credit)})

    async def _list_films(self, source: FollowSource, kind: FollowKind, ref: str, now: datetime) -> Sequence[Found]:
        """What `source` lists, or listed for another server not long ago."""
        question = f"{kind} {ref}"
        async with self._db.reading() as tx:
            kept = await record_store.find_source_answer(tx, source.name, question)
        if kept is not None and now - kept[1] < _ANSWER_LASTS:
            try:
                return msgspec.json.decode(kept[0], type=list[Found])
            except msgspec.MsgspecError:
                log.info("What %s answered to %s was kept in another form", source.name, question)
        listed = await (source.list_of_franchise(ref) if kind is FollowKind.FRANCHISE else source.list_of_person(ref))
        async with self._db.transaction() as tx:
            body = msgspec.json.encode(list(listed)).decode()
            await record_store.save_source_answer(tx, source.name, question, body, now)
        return listed

    async def _find_in_store(self, ref: str) -> int | None:
        source, _, external_id = ref.partition(":")
        async with self._db.reading() as tx:
            return await film_store.find_film_id(tx, source, external_id)

    async def _adopt_or_note(self, looked: _Looked, ref: str, now: datetime) -> int | None:
        if self._adopt is None:
            return None
        try:
            return await self._adopt(ref, now)
        except SourceError as error:
            _note_silence(looked, error.source, error)
        except SourcesSilent as error:
            _note_silence(looked, ref.partition(":")[0], error)
        except UserError as error:  # it lists a film that it does not know
            log.info("%s is not adopted: %s", ref, error)
        return None


async def _bring_about(
    tx: Transaction, follow: Follow, subscriber: Subscriber, film_ids: set[int], now: datetime
) -> Selection:
    """Track what is to come of a follow's films and was not met before; remember what is tracked from now on."""
    met = await follow_store.list_met(tx, follow.id)
    films: dict[int, Film] = {}
    for film_id in sorted(film_ids - met):
        film = await film_store.find_film(tx, film_id)
        if film is not None and film.id not in met:
            films[film.id] = film
    tracked = await follow_store.list_tracked_ids(tx, subscriber.id)
    chosen = select(films.values(), tracked, MAX_FILMS - len(tracked), subscriber, now)
    for film in chosen.new:
        await subscriber_store.add_subscription(tx, subscriber.id, film.id, now, follow.followed_by, follow.channel_id)
    await follow_store.add_met(tx, follow.id, (film.id for film in (*chosen.new, *chosen.tracked)), now)
    return chosen


async def _end_look(tx: Transaction, follow: Follow, looked: _Looked, now: datetime) -> None:
    after = next_try(now, looked.retry_seconds) if looked.silent else next_look(follow.id, now)
    await follow_store.end_look(tx, follow.id, joined_refs(follow.refs, looked.refs), after)


def _find(follows: Sequence[Follow], candidate: Candidate) -> Follow | None:
    """The follow of the same franchise or person, whatever it is called at which source."""
    same = (f for f in follows if f.kind is candidate.kind and set(f.refs) & set(candidate.refs))
    return next(same, None)


def _note_silence(looked: _Looked, source: str, error: SourceError | SourcesSilent) -> None:
    log.info("A follow's films cannot be asked for: %s", error)
    looked.silent = joined_refs(looked.silent, [source])
    asked_for = error.retry_seconds if isinstance(error, SourceError) else None
    looked.retry_seconds = max(looked.retry_seconds or 0, asked_for or 0)
