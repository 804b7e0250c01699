"""What the sandbox needs of Marquee, as protocols."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import discord
from discord.ext import commands

from bot.ports import Clock
from bot.sandbox.journey import Timeline


class Application(Protocol):
    """Marquee, wired to a database of its own and ready to be started: no login, no scheduler, no loop of its own.

    The world waits after every action until whatever the client started has ended, so nothing may run for ever.
    """

    @property
    def client(self) -> commands.AutoShardedBot:
        """The bot, with its cogs; not logged in."""
        ...

    @property
    def permissions(self) -> discord.Permissions:
        """What the bot's invite asks for."""
        ...

    def timeline(self, guild_id: int, user_id: int) -> Timeline:
        """What is owed in one server and to one person, and a way to let it happen."""
        ...


#: Opens Marquee on the SQLite file at a path, with a clock; closes its database at the end.
OpenApplication = Callable[[Path, Clock], AbstractAsyncContextManager[Application]]
