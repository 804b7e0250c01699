"""The Discord client: loads the commands, syncs them when they have changed, and answers every error in one place."""

import hashlib
import json
import logging
import sys
from collections.abc import Awaitable, Callable
from secrets import token_hex
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.errors import DatabaseError, OperatorError, UserError
from bot.services.identifying import Identifying
from bot.sharding import ShardedBot
from bot.ui.text import escape
from cogs.buttons import ITEMS
from cogs.context import Context, Interaction, refuse
from cogs.exporting import ExportCommands
from cogs.films import FilmCommands
from cogs.following import FollowingCommands
from cogs.help import HelpCommands
from cogs.me import OwnCommands
from cogs.pinging import PingCommands
from cogs.schedule import ScheduleCommands
from cogs.settings import SettingsCommands
from cogs.tracking import TrackingCommands

log = logging.getLogger(__name__)
COGS: tuple[type[commands.Cog], ...] = (
    FilmCommands,
    TrackingCommands,
    FollowingCommands,
    ExportCommands,
    OwnCommands,
    PingCommands,
    SettingsCommands,
    ScheduleCommands,
    HelpCommands,
)
#: So much of what somebody typed, or of a title, is said back.
MAX_QUOTED = 100
#: Decides whether commands with this digest need to be sent to Discord; called again with True once they were.
SyncGate = Callable[[str, bool], Awaitable[bool]]


class MarqueeClient(ShardedBot):
    """Marquee on Discord. It keeps no cache of guilds: memory stays flat whatever their number."""

    def __init__(self, context: Context, sync_gate: SyncGate, identifying: Identifying) -> None:
        super().__init__(
            identifying,
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            max_messages=None,
            max_ratelimit_timeout=30,
        )
        self.context = context
        self.listening: list[commands.Cog] = []  #: cogs without commands, to be filled before the login
        self._sync_gate = sync_gate
        self.tree.on_error = self.answer_error  # pyright: ignore[reportAttributeAccessIssue] - discord.py's own way

    async def setup_hook(self) -> None:
        """Load the commands and buttons; tell Discord of the commands if they are not what they were."""
        for cog in (*(made() for made in COGS), *self.listening):
            await self.add_cog(cog)
        self.add_dynamic_items(*ITEMS)
        await self.sync_commands()

    async def sync_commands(self) -> None:
        """Send the commands to Discord, if they have changed since the last time."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        text = json.dumps([self.application_id, payload], sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if await self._sync_gate(digest, False):
            await self.tree.sync()
            await self._sync_gate(digest, True)
            log.info("Told Discord of %s commands", len(payload))

    async def answer_error(self, interaction: Interaction, error: Exception) -> None:
        """Turn any error of a command, button or form into one private sentence; log what nobody expected."""
        cause = getattr(error, "original", error)
        if isinstance(error, app_commands.TransformerError) and error.__cause__ is not None:
            cause = error.__cause__  # an option may say itself what is wrong with it
        await self._say(interaction, _sentence(cause, error))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - discord.py's
        """Log what an event's handler raised."""
        error = sys.exception()
        if isinstance(error, OperatorError):  # its sentence says all there is to know
            log.error("The handler of %s failed. %s", event_method, error)
        else:
            log.exception("The handler of %s failed", event_method)

    async def _say(self, interaction: Interaction, sentence: str) -> None:
        try:
            await refuse(interaction, sentence)
        except discord.HTTPException as error:  # answered meanwhile, or too late: nobody is listening any more
            log.info("An answer did not arrive: %s", error)


def _sentence(cause: BaseException, error: Exception) -> str:
    if isinstance(cause, UserError):
        return cause.shown(lambda text: escape(text, MAX_QUOTED))
    if isinstance(error, app_commands.TransformerError):
        return "That is not something I can use here. Pick one of the suggestions as you type."
    if isinstance(error, app_commands.CheckFailure):
        return "You may not use this here. Ask an admin of this server."
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return "This command has just changed. Type it again; if it stays, reload Discord with Ctrl+R."
    reference = token_hex(3)
    if isinstance(cause, DatabaseError):  # its sentence says all there is to know
        log.error("Reference %s: a command failed. %s", reference, cause)
        return f"I cannot reach my notes right now. Try again in a minute. (Reference {reference})"
    log.error("Reference %s: a command failed", reference, exc_info=cause)
    return (
        f"Something went wrong on my side. See whether it was done, or try again in a minute. (Reference {reference})"
    )
