"""The simulated Discord: one server, a channel of each kind, one person with all rights. Knows nothing of films."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import discord
import simcord
from discord.ext import commands
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.sandbox.clock import VirtualClock
from bot.sandbox.person import Person

BOT_NAME = "Marquee"
SERVER_NAME = "The Picture House"
CHANNEL_NAME, ANNOUNCEMENTS_NAME, FORUM_NAME = "releases", "announcements", "film-forum"
#: May be mentioned by anyone and stands below the bot's own role, so `/settings` accepts it for pings and the button.
ROLE_NAME = "Filmgoers"
#: An action on the page waits for the bot this long. A journey over years, with every post on the way, is one action.
ACTION_TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class World:
    """What lives in the simulated Discord."""

    env: simcord.Env
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    announcements: simcord.ChannelHandle
    forum: simcord.ChannelHandle
    person: Person
    user: simcord.UserHandle  #: the same person, in direct messages

    def now(self) -> datetime:
        """The simulated instant, aware UTC."""
        return self.env.now()

    def advance_to(self, instant: datetime) -> None:
        """Let the clock show `instant`; it never goes back."""
        self.env.backend.advance_clock(max(0.0, (instant - self.env.now()).total_seconds()))

    def say(self, channel_id: int, text: str) -> None:
        """Write something of the sandbox's own, in the bot's name, wherever the bot itself may write or not."""
        self.env.backend.create_message(channel_id, self.env.backend.bot_user.id, text)

    def let_bot_write(self, channel_id: int, *, allowed: bool) -> None:
        """Give the bot's right to write in a channel, or in a forum's post, back, or take it away."""
        backend = self.env.backend
        place = backend.get_channel(channel_id).permission_channel_id()
        if allowed:
            backend.delete_overwrite(place, backend.bot_user.id)
        else:
            denied = discord.Permissions(send_messages=True, send_messages_in_threads=True).value
            backend.set_overwrite(place, Overwrite(backend.bot_user.id, OverwriteType.MEMBER, deny=denied))

    def refuse_next_post(self, channel_id: int) -> None:
        """Refuse the next message in a channel, and the plainer one that is tried in its place."""
        refusal = {"status": 400, "code": 50035, "message": "Invalid Form Body"}  # as Env.inject_error, bots may not
        self.env.backend.faults.append(
            {"method": "POST", "path": f"/channels/{channel_id}/messages", "times": 2, **refusal}
        )

    def count_posts(self) -> int:
        """Messages that the bot sent by itself so far: answers to commands and buttons do not count."""
        return sum(self.count_posts_in(channel_id) for channel_id in self.env.backend.messages)

    def count_posts_in(self, channel_id: int) -> int:
        """Messages that the bot sent by itself to one channel so far."""
        bot_id = self.env.backend.bot_user.id
        return sum(
            message.author_id == bot_id and message.interaction_metadata is None
            for message in self.env.backend.messages.get(channel_id, {}).values()
        )

    def forget_records(self) -> None:
        """Drop simcord's records of what was sent: a sandbox may be open for days, and nobody reads them."""
        self.env.http_requests.clear()
        self.env.backend.transcript.clear()


@asynccontextmanager
async def open_world(
    client: commands.AutoShardedBot,
    *,
    begins_at: datetime,
    permissions: discord.Permissions,
    clock: VirtualClock,
) -> AsyncGenerator[World]:
    """Start `client` in a new world that begins at `begins_at`, and let `clock` follow its time.

    `permissions` are what the bot's invite asks for.
    """
    env = simcord.Env(client, check_errors=False, settle_timeout=ACTION_TIMEOUT_SECONDS)
    env.backend.advance_clock((begins_at - env.now()).total_seconds())
    clock.follow(env.now)
    env.backend.bot_user.name = BOT_NAME
    user = env.create_user("you", global_name="You")
    guild = env.create_guild(SERVER_NAME, owner=user)
    granted = permissions | discord.Permissions(manage_roles=True)  # as an admin allows it who wants the role button
    env.backend.get_guild(guild.id).roles[guild.roles[BOT_NAME].id].permissions = granted.value
    guild.create_role(ROLE_NAME, mentionable=True)
    channel = guild.create_text_channel(CHANNEL_NAME, topic="What is coming to the cinema, and when")
    announcements = guild.create_news_channel(ANNOUNCEMENTS_NAME)
    forum = guild.create_forum_channel(FORUM_NAME)
    handler = client.tree.on_error
    try:
        await env.start()
        # simcord's own handler counts a refusal ("no film found") as a crash of the bot, and the page says so.
        client.tree.on_error = handler
        world = World(env, guild, channel, announcements, forum, Person(env, guild, user, client.tree), user)
        world.forget_records()
        yield world
    finally:
        await env.shutdown()
