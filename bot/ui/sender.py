"""MessageSender on discord.py: sends a message once, looks for it in the history, corrects it."""

import logging
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord

from bot.domain.dates import ReleaseDate
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.domain.subscribers import SubscriberKind
from bot.ui.answers import BROKEN, Trouble, editing_of, locked, reading_of, sending_of, takes_no_messages
from bot.ui.components import custom_ids
from bot.ui.forums import find_post, open_post, other_kind
from bot.ui.gate import leaving_the_gate_open
from bot.ui.ids import marker_of
from bot.ui.once import guard_against_repeats
from bot.ui.pictures import PictureShop
from bot.ui.posts import Rendered, picture_of, render_correction, render_message
from bot.ui.threads import ThreadLocked, awake

log = logging.getLogger(__name__)
_PAGE = 100  # Discord's limit for one reading of the history
#: The status of each request made for the send under way in this task.
_tries: ContextVar[list[int] | None] = ContextVar("tries", default=None)


class DiscordSender:
    """Sends parcels as the bot that `client` is. Make it before the client logs in: it listens to its requests."""

    def __init__(self, client: discord.Client, pictures: PictureShop) -> None:
        if client.user is not None:
            raise ValueError("DiscordSender must be made before the client logs in, or it cannot count its requests")
        self._client = client
        self._pictures = pictures
        _listen_to(client)
        guard_against_repeats(client)

    async def send(self, parcel: Parcel) -> Attempt:
        """Send `parcel`, with its message's key as nonce and as marker.

        Raises:
            ValueError: the message was rendered without its marker.
        """
        key = parcel.message.message_key
        rendered = render_message(parcel, await self._pictures.find_picture(picture_of(parcel)))
        if marker_of(rendered.last_custom_id) != key:
            raise ValueError(f"message {parcel.message.id} was rendered without its marker {key}")
        tries: list[int] = []
        token = _tries.set(tries)
        try:
            with leaving_the_gate_open(self._client):
                sent_id = await self._post(parcel, rendered, tries)
        except ThreadLocked:
            return locked(tries)
        except Trouble as error:
            if takes_no_messages(error, tries):
                return await self._look_at(parcel.message.channel_id)
            return sending_of(error, tries)
        except (ValueError, KeyError, TypeError) as error:
            if not any(200 <= status < 300 for status in tries):
                raise
            log.warning("Discord took message %s and answered what cannot be read: %s", parcel.message.id, error)
            return sending_of(error, tries)
        finally:
            _tries.reset(token)
        return Attempt(Outcome.SENT, sent_id)

    async def find(self, message: Message, after: datetime) -> Attempt:
        """Look for `message` in its destination's history since `after`: SENT, NOT_SENT, UNREADABLE or UNKNOWN."""
        try:
            with leaving_the_gate_open(self._client):
                if message.is_opening:
                    return await find_post(self._client, message, after)
                return await self._search(message, discord.utils.time_snowflake(after))
        except Trouble as error:
            return reading_of(error)

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        """Edit a message into what is true of it; its buttons stay as they are.

        Raises:
            ValueError: nobody knows which message of Discord's it is.
        """
        message = parcel.message
        if message.discord_message_id is None:
            raise ValueError(f"message {message.id} is not known to be in its channel")
        shown = render_correction(parcel, moved, await self._pictures.find_picture(picture_of(parcel, moved)))
        channel = self._client.get_partial_messageable(message.channel_id)
        there = channel.get_partial_message(message.discord_message_id)

        async def edit() -> None:
            await there.edit(
                content=shown.content,
                embeds=list(shown.embeds),
                attachments=shown.files(),
                allowed_mentions=shown.allowed_mentions,
            )

        try:
            with leaving_the_gate_open(self._client):
                await awake(self._client, message.channel_id, edit)
        except ThreadLocked:
            return locked()
        except (*Trouble, ValueError, KeyError, TypeError) as error:  # the last three: an answer that cannot be read
            return editing_of(error)
        return Attempt(Outcome.SENT, message.discord_message_id)

    async def _post(self, parcel: Parcel, rendered: Rendered, tries: list[int]) -> int:
        """Send it, in an archived thread as well; Discord's id of the message."""
        message, subscriber = parcel.message, parcel.subscriber
        if message.is_opening:
            return await open_post(self._client, message.channel_id, rendered, tries)
        guild_id = subscriber.discord_id if subscriber.kind is SubscriberKind.GUILD else None
        channel = self._client.get_partial_messageable(message.channel_id, guild_id=guild_id)

        async def post() -> discord.Message:
            return await channel.send(
                rendered.content,
                embeds=list(rendered.embeds),
                files=rendered.files(),
                view=rendered.view,
                allowed_mentions=rendered.allowed_mentions,
                nonce=message.message_key,
                silent=rendered.silent,
            )

        return (await awake(self._client, message.channel_id, post, tries)).id

    async def _look_at(self, channel_id: int) -> Attempt:
        """Learn what a channel is that takes no messages. Discord refused the message: it is not there."""
        try:
            return await other_kind(self._client, channel_id)
        except Trouble as error:
            return replace(sending_of(error, ()), outcome=Outcome.NOT_SENT, discord_message_id=None)

    async def _search(self, message: Message, after_id: int) -> Attempt:
        """Read a channel from `after_id` to its end, or to the message of ours that carries the marker."""
        me = self._client.user
        read_to = after_id
        while page := await self._client.http.logs_from(message.channel_id, _PAGE, after=read_to):
            for found in page:
                ours = me is not None and int(found["author"]["id"]) == me.id
                if ours and message.message_key in map(marker_of, custom_ids(found.get("components"))):
                    return Attempt(Outcome.SENT, int(found["id"]))
            read_to = max(int(found["id"]) for found in page)
        if read_to == after_id and not await self._is_readable(message.channel_id, after_id):
            reason = "The channel's history may not be read: Marquee needs Read Message History there."
            return Attempt(Outcome.UNREADABLE, reason=reason)
        return Attempt(Outcome.NOT_SENT, reason="It is not in the channel.")

    async def _is_readable(self, channel_id: int, after_id: int) -> bool:
        """Whether an empty answer means that nothing came: to one without Read Message History all is empty."""
        http = self._client.http
        if await http.logs_from(channel_id, 1):
            return True
        channel = cast(Mapping[str, Any], await http.get_channel(channel_id))
        last = channel.get("last_message_id")
        return last is None or int(last) <= after_id


def _listen_to(client: discord.Client) -> None:
    """Note how each request of a send ends; discord.py tells only of the last one."""

    async def ended(_: aiohttp.ClientSession, __: SimpleNamespace, request: aiohttp.TraceRequestEndParams) -> None:
        if (tries := _tries.get()) is not None:
            tries.append(request.response.status)

    async def broke(_: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestExceptionParams) -> None:
        if (tries := _tries.get()) is not None:
            tries.append(BROKEN)

    trace = client.http.http_trace or aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    trace.on_request_exception.append(broke)
    client.http.http_trace = trace
