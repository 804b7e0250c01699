"""A discord.py bot on as many shards as it has: each identifies in its turn, and tells which servers it has."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.state import AutoShardedConnectionState

from bot.domain.errors import OperatorError
from bot.domain.shards import ONE_SHARD, Allowance, Shards
from bot.services.identifying import Identifying

log = logging.getLogger(__name__)
#: A connection that nobody reads for 60 s is dead for discord.py, and a turn on it would be lost.
_PATIENCE_SECONDS = 45.0


class ShardedBot(commands.AutoShardedBot):
    """Connects without pauses of its own: how fast that is, Discord's limits alone decide.

    When Discord names the servers of shards, it dispatches `servers_named`: those shards, and their servers' ids.
    """

    def __init__(self, identifying: Identifying, **options: Any) -> None:  # noqa: ANN401 - discord.py's
        # No server's data follows READY, as `Intents.none()` asks for none: there is nothing to wait for.
        super().__init__(guild_ready_timeout=0, shard_count=1, shard_ids=[0], **options)
        self._identifying = identifying
        self._shards = ONE_SHARD
        self._launched_at: float | None = None  #: until all shards are ready

    @property
    def shards_here(self) -> Shards:
        """The shards that this process has."""
        return self._shards

    async def choose_shards(self, wanted: Shards | None) -> None:
        """Have these shards, or as many as Discord recommends. To be called between login and connecting.

        Raises:
            OperatorError: Discord does not say how many it recommends, nor how they may connect.
        """
        shards = await self._identifying.choose_shards(wanted, self)
        if shards is None:
            raise OperatorError("Discord does not say how this bot may connect; try again later.")
        self._shards = shards
        self.shard_count, self.shard_ids = shards.count, list(shards.ids)

    async def fetch_allowance(self) -> Allowance | None:
        """Ask Discord how this bot may connect (bot.ports.Gatekeeper)."""
        try:
            shards, _, limits = await self.http.get_bot_gateway()
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("Discord does not say how often this bot may connect: %s", error or type(error).__name__)
            return None
        resets_at = datetime.now(UTC) + timedelta(milliseconds=limits["reset_after"])
        return Allowance(max(shards, 1), max(limits["max_concurrency"], 1), limits["remaining"], resets_at)

    async def launch_shards(self) -> None:
        """Connect every shard; those that Discord lets identify beside each other, beside each other."""
        lanes = await self._identifying.list_lanes(self._shards, self)
        if self.is_closed():
            return
        self._connection.shard_count = self._shards.count
        self._connection.shard_ids = self._shards.ids  # pyright: ignore[reportAttributeAccessIssue] - any sequence will do
        self._launched_at = time.monotonic()
        async with asyncio.TaskGroup() as together:
            for lane in lanes:
                together.create_task(self._launch(lane))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for the shard's turn, in this process and among all; if it does not come soon, on a new connection.

        Raises:
            TimeoutError: it did not; discord.py connects again.
        """
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self._identifying.wait_for_turn(shard_id or 0, self)

    async def on_ready(self) -> None:
        """Say once that commands are answered; what connects again later is discord.py's to say."""
        if self._launched_at is not None:
            took = time.monotonic() - self._launched_at
            log.info("Commands are answered: %s connected within %.1f s", self._shards, took)
            self._launched_at = None

    async def _launch(self, lane: Sequence[int]) -> None:
        for shard_id in lane:
            await self.launch_shard(DiscordWebSocket.DEFAULT_GATEWAY, shard_id)

    def _get_state(self, **options: Any) -> "_State":  # noqa: ANN401 - discord.py's
        return _State(dispatch=self.dispatch, handlers=self._handlers, hooks=self._hooks, http=self.http, **options)


class _State(AutoShardedConnectionState[ShardedBot]):
    """Keeps no servers: discord.py would keep what READY names for ever, and never learn that one was left."""

    def parse_ready(self, data: Any) -> None:  # noqa: ANN401 - as Discord sent it
        guild_ids = frozenset(int(guild["id"]) for guild in data["guilds"])
        super().parse_ready({**data, "guilds": []})  # pyright: ignore[reportArgumentType] - it is one
        shard_id, count = data["shard"]
        self.dispatch("servers_named", Shards((shard_id,), count), guild_ids)
