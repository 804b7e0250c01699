"""A person's direct messages with Marquee: what arrived, and clicking and typing there."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import simcord

from tests.cogs.house import House
from tests.cogs.people import Person, read_reply
from tests.cogs.reading import Reply, Screen
from tests.cogs.times import NEW_YORK


@dataclass(frozen=True)
class Messages:
    """The direct messages of one person."""

    house: House
    user: simcord.UserHandle

    @property
    def screens(self) -> list[Screen]:
        """What Marquee wrote there by itself, the oldest first."""
        channel_id = self.house.env.backend.dm_channels.get(self.user.id)
        if channel_id is None:
            return []
        screens = self.house.screens(self.user.dm_channel)
        bot_id = str(self.house.env.backend.bot_user.id)
        return [s for s in screens if s.raw["author"]["id"] == bot_id and not s.raw.get("interaction_metadata")]

    def told(self, zone: ZoneInfo = NEW_YORK) -> list[tuple[str, str]]:
        """The same as (local time, first line)."""
        return [(f"{s.at.astimezone(zone):%a %-d %b %H:%M}", s.words.splitlines()[0]) for s in self.screens]

    def close(self, code: int = 50007) -> None:
        """Let no message of Marquee's arrive from now on."""
        channel = self.user.dm_channel.id
        self.house.env.inject_error("POST", f"/channels/{channel}/messages", status=403, code=code, times=None)

    def open(self) -> None:
        """Let them arrive again."""
        self.house.env.backend.faults.clear()

    async def type(self, command: str, /, **options: Any) -> Reply:
        """Type a command there."""
        return read_reply(self.house, await self.user.slash(command, **options))

    async def click(self, screen: Screen, label: str) -> Reply:
        """Click a button there."""
        stored = self.house.env.backend.get_message(screen.channel_id, screen.id)
        message = simcord.ResponseMessage(self.house.env, stored)
        return read_reply(self.house, await self.user.click(message, label=label))


def messages_of(person: Person) -> Messages:
    """The direct messages of somebody on a server."""
    return Messages(person.house, person.actor.user)
