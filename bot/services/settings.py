"""A server's settings: what is in force, and changing one thing at a time."""

from dataclasses import replace
from datetime import datetime, time
from typing import TypedDict, Unpack

from bot.domain.channels import ChannelKind
from bot.domain.destinations import Destination
from bot.domain.places import distinct_zones
from bot.domain.quiet import QuietHours
from bot.domain.subscribers import Subscriber, TrackRight, Wanted
from bot.services.destinations import reopen
from bot.store import channels as channel_store
from bot.store import destinations as destination_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database

#: A change of these moves what is owed: nothing is owed from before it.
_MOVING = frozenset({"country", "timezone", "posting_time", "milestones", "wanted", "quiet", "live", "digest_weekday"})


class Choices(TypedDict, total=False):
    """What may be chosen: fields of a `Subscriber`, read and checked."""

    channel_id: int
    country: str
    timezone: str
    posting_time: time
    milestones: tuple[int, ...]
    ping_role_id: int | None
    track_right: TrackRight
    wanted: frozenset[Wanted]  #: never empty
    quiet: QuietHours | None
    digest_weekday: int | None
    live: bool
    daily_cap: int
    role_button: bool
    crosspost: bool
    admin_channel_id: int | None


class Preferences:
    """Reads and changes what a subscriber chose."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def change(self, subscriber_id: int, now: datetime, **values: Unpack[Choices]) -> Subscriber:
        """Set what was chosen; the settings now in force.

        Choosing a country that has one zone chooses the zone with it.
        """
        async with self._db.noting() as tx:
            before = await subscriber_store.get_subscriber(tx, subscriber_id)
            after = _with_implied(before, values, now)
            if any(getattr(before, name) != getattr(after, name) for name in _MOVING):
                after = replace(after, settings_changed_at=now)
            return await subscriber_store.save_settings(tx, after, now)

    async def find_destination(self, channel_id: int) -> Destination | None:
        """A channel's health; None if nothing was ever wrong with it."""
        async with self._db.looking() as tx:
            return await destination_store.find_destination(tx, channel_id)

    async def note_kind(self, channel_id: int, kind: ChannelKind, now: datetime) -> None:
        """Remember what a channel is: in a forum each film has its own post, announcements can be published."""
        async with self._db.looking() as tx:
            known = await channel_store.find_kind(tx, channel_id)
        if known is not kind:
            async with self._db.noting() as tx:
                await channel_store.set_kind(tx, channel_id, kind, now)

    async def reopen(self, subscriber: Subscriber, channel_id: int, now: datetime) -> None:
        """A channel can be written to again; what it missed is told in one message."""
        async with self._db.noting() as tx:
            await reopen(tx, subscriber, channel_id, now)

    async def reopen_all(self, subscriber: Subscriber, now: datetime) -> None:
        """Whatever of this subscriber's is closed is tried again: a person whose DMs were closed has come back."""
        async with self._db.noting() as tx:
            for closed in await destination_store.list_closed(tx, subscriber.id):
                await reopen(tx, subscriber, closed.channel_id, now)


def _with_implied(subscriber: Subscriber, values: Choices, now: datetime) -> Subscriber:
    """Apply a choice and what comes with it: it is no longer a guess, and a country of one zone sets the zone."""
    after = replace(subscriber, **values)
    if "country" in values:
        after = replace(after, country_chosen=True)
        zones = distinct_zones(after.country, now)
        if after.country != subscriber.country and zones:
            after = replace(after, timezone=zones[0], timezone_chosen=len(zones) == 1)
    if "timezone" in values:
        after = replace(after, timezone=values["timezone"], timezone_chosen=True)
    return after
