"""Teller on discord.py: a sentence to those who look after a server, where they read it and the bot may write."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import datetime

import discord

from bot.domain.messages import Attempt, Outcome
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.ui.answers import Trouble, reading_of, sending_of
from bot.ui.text import escape

_PAGE = 100  # Discord's limit for one reading of the history


class DiscordTeller:
    """Writes as the bot that `client` is. Where a channel does not take it, the next place is tried."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def tell(self, subscriber: Subscriber, places: Sequence[int], sentence: str, nonce: str) -> Attempt:
        """Write to the first of `places` that takes it, else to the moderators' channel, else to the owner."""
        attempt = Attempt(Outcome.CLOSED, reason="Nobody can be told.")
        try:
            async for place, named in self._places(subscriber, places):
                attempt = await self._write(place, named + sentence, nonce)
                if attempt.outcome not in (Outcome.CLOSED, Outcome.REJECTED):
                    return attempt
        except Trouble as error:
            return _asking_of(error)
        return Attempt(Outcome.CLOSED, reason=attempt.reason)

    async def find(self, subscriber: Subscriber, places: Sequence[int], sentence: str, after: datetime) -> Attempt:
        """Look in the same places for a sentence that may have arrived since `after`: SENT, NOT_SENT or UNKNOWN."""
        me = self._client.user.id if self._client.user else 0
        after_id = discord.utils.time_snowflake(after)
        try:
            async for place, named in self._places(subscriber, places):
                try:
                    read = [message async for message in place.history(limit=_PAGE, after=discord.Object(after_id))]
                except Trouble as error:
                    if reading_of(error).outcome is Outcome.UNREADABLE:
                        continue  # nothing could be written there either
                    raise
                if any(message.author.id == me and message.content == named + sentence for message in read):
                    return Attempt(Outcome.SENT)
        except Trouble as error:
            asked = _asking_of(error)
            return asked if asked.outcome is Outcome.UNAUTHORISED else replace(asked, outcome=Outcome.UNKNOWN)
        return Attempt(Outcome.NOT_SENT)

    async def _places(
        self, subscriber: Subscriber, places: Sequence[int]
    ) -> AsyncGenerator[tuple[discord.abc.Messageable, str]]:
        """Where to write, the best place first, and the words that say there which server it is about."""
        for channel_id in places:
            yield self._client.get_partial_messageable(channel_id, guild_id=subscriber.discord_id), ""
        if subscriber.kind is SubscriberKind.USER:
            return
        guild = await self._client.fetch_guild(subscriber.discord_id, with_counts=False)
        # discord.py shows the moderators' channel only from a cache of channels, which there is none of.
        moderators_id = guild._public_updates_channel_id  # pyright: ignore[reportPrivateUsage]
        if moderators_id is not None and moderators_id not in places:
            yield self._client.get_partial_messageable(moderators_id, guild_id=guild.id), ""
        if guild.owner_id is not None:
            yield await self._client.create_dm(discord.Object(guild.owner_id)), f"**{escape(guild.name, 100)}**: "

    async def _write(self, place: discord.abc.Messageable, sentence: str, nonce: str) -> Attempt:
        try:
            sent = await place.send(sentence, allowed_mentions=discord.AllowedMentions.none(), nonce=nonce)
        except Trouble as error:
            return sending_of(error, ())
        return Attempt(Outcome.SENT, sent.id)


def _asking_of(error: BaseException) -> Attempt:
    """What a question to Discord came to before anything was written."""
    attempt = sending_of(error, ())
    if attempt.outcome in (Outcome.CLOSED, Outcome.UNAUTHORISED):
        return attempt
    return replace(attempt, outcome=Outcome.NOT_SENT)
