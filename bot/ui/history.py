"""History on discord.py: what Marquee itself wrote in a channel."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import discord

from bot.domain.messages import Attempt, Outcome
from bot.domain.recall import Seen
from bot.ui.answers import Trouble, reading_of
from bot.ui.ids import PostId, marker_of

_PAGE = 100  # Discord's limit for one reading of the history
_SELECT = 3  # the type of a component that is a select of our own options


class DiscordHistory:
    """Reads channels as the bot that `client` is."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def list_own(self, channel_id: int, after: datetime) -> Sequence[Seen] | Attempt:
        """List our marked messages since `after`; else UNREADABLE, UNKNOWN, or REJECTED: it has no history."""
        try:
            return await self._list_own(channel_id, discord.utils.time_snowflake(after))
        except Trouble as error:
            if isinstance(error, discord.HTTPException) and error.status == 400:  # a forum, or a category
                return Attempt(Outcome.REJECTED, reason="Such a channel has no history.")
            return reading_of(error)

    async def _list_own(self, channel_id: int, after_id: int) -> list[Seen] | Attempt:
        http, me = self._client.http, self._client.user
        found: list[Seen] = []
        read_to = after_id
        while page := await http.logs_from(channel_id, _PAGE, after=read_to):
            for shown in map(dict[str, Any], page):
                if me is not None and int(shown["author"]["id"]) == me.id:
                    found += _seen(shown)
            read_to = max(int(message["id"]) for message in page)
        if read_to == after_id and not await http.logs_from(channel_id, 1):
            channel = cast(Mapping[str, Any], await http.get_channel(channel_id))
            if int(channel.get("last_message_id") or 0) > after_id:
                return Attempt(Outcome.UNREADABLE, reason="The channel's history may not be read.")
        return found


def _seen(shown: Mapping[str, Any]) -> Iterator[Seen]:
    """What a message tells of itself; nothing if it is not marked."""
    parts = list(_parts(shown.get("components")))
    ids = [str(part.get("custom_id") or "") for part in parts]
    key = next((key for key in map(marker_of, reversed(ids)) if key), None)
    if key is None:
        return
    films = {named.film_id for named in map(PostId.parse, ids) if named}
    options = (option for part in parts if part.get("type") == _SELECT for option in part.get("options") or ())
    films |= {int(option["value"]) for option in options if str(option["value"]).isdecimal()}
    message_id = int(shown["id"])
    yield Seen(message_id, key, frozenset(films), discord.utils.snowflake_time(message_id))


def _parts(components: object) -> Iterator[Mapping[str, Any]]:
    """Every component, however deep."""
    for part in cast(list[dict[str, Any]], components) if isinstance(components, list) else ():
        yield part
        yield from _parts(part.get("components"))
