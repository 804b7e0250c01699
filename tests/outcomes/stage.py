"""A server with one film to be told of, the parts of Marquee that tell of it, and a Discord of its own around them."""

from datetime import UTC, datetime, time, timedelta

import discord

from bot.domain.dates import ReleaseDate
from bot.domain.destinations import Destination
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.services.destinations import Doorkeeping
from bot.services.dispatch import Dispatch
from bot.services.noticing import Noticing
from bot.services.pace import Pace
from bot.services.planning import Planning
from bot.services.presence import Presence
from bot.services.settings import Preferences
from bot.store import admin_notices, destinations, films, posts, subscribers
from bot.store.database import Database
from bot.ui.doors import DiscordDoorkeeper
from bot.ui.sender import DiscordSender
from bot.ui.telling import DiscordTeller
from tests.standin.client import StandinClient
from tests.standin.records import Guild, Message

TITLE = "Ballerina"
NINE = time(9)


class Stage:
    """Time stands still in it until a test lets it pass; the ids of Discord's messages go by the same time."""

    def __init__(
        self, standin: StandinClient, client: discord.Client, sender: DiscordSender, db: Database, day: datetime
    ) -> None:
        self.standin = standin
        self.db = db
        self.due_at = datetime.combine(day.date(), NINE, UTC)
        self.time = self.due_at - timedelta(hours=1)
        self._client = client
        self._sender = sender
        self.planning = Planning(db)
        self.preferences = Preferences(db)
        self.restart()

    def now(self) -> datetime:
        return self.time

    def restart(self) -> None:
        """Marquee as it begins, on the same database."""
        pace = Pace(100_000)
        doorkeeper = DiscordDoorkeeper(self._client)
        self.presence = Presence(self.db, doorkeeper, pace)
        self.noticing = Noticing(self.db, DiscordTeller(self._client), doorkeeper, self, pace)
        chores = [self.noticing, Doorkeeping(self.db, doorkeeper, self, pace)]
        self.dispatch = Dispatch(self.db, self._sender, self, pace, owner=f"stage at {self.time}", chores=chores)

    async def furnish(self, kind: PostKind, *, person: bool = False) -> None:
        """A server (or a person) that is owed one post at nine."""
        self.guild: Guild = await self.standin.add_guild("The Rialto")
        self.admins_id = await self.standin.add_channel(self.guild.id, "admins")
        if person:
            self.person_id = await self.standin.add_person()
            self.channel_id = await self.standin.open_dm(self.person_id)
        else:
            self.channel_id = await self.standin.add_channel(self.guild.id, "releases")
        out_on = self.due_at.date() + timedelta(days=0 if kind is PostKind.RELEASE else 7)
        release = Release("US", ReleaseType.THEATRICAL, ReleaseDate.of(out_on), source="bundled")
        film = Film(id=0, title=TITLE, year=2025, releases=(release,), ids={"bundled": "ballerina-2025"})
        server = Subscriber(
            id=0,
            kind=SubscriberKind.USER if person else SubscriberKind.GUILD,
            discord_id=self.person_id if person else self.guild.id,
            channel_id=self.channel_id,
            timezone="UTC",
            posting_time=NINE,
            milestones=(7,),
            admin_channel_id=None if person else self.admins_id,
        )
        async with self.db.transaction() as tx:
            film_id = await films.save_film(tx, film, self.time)
            self.subscriber = await subscribers.add_subscriber(tx, server, self.time)
            await subscribers.add_subscription(tx, self.subscriber.id, film_id, self.time, 1, None)

    async def tick(self, at: datetime) -> None:
        """Let it be `at`, and do all that is due."""
        self.time = at
        await self.standin.set_clock((at - datetime.now(UTC)).total_seconds())
        await self.planning.run(at)
        for _ in range(20):
            started = await self.dispatch.run(at)
            await self.dispatch.drain()
            if not started:
                return
        raise AssertionError("the dispatch finds no end")

    async def pass_time(self, *waits: timedelta) -> None:
        """Let that much time pass, a tick after each."""
        for wait in waits:
            await self.tick(self.time + wait)

    @property
    def messages_path(self) -> str:
        """The path of the channel's messages, as the stand-in's orders name it."""
        return f"/channels/{self.channel_id}/messages"

    async def owed(self) -> list[Post]:
        """What was owed, but for what tells of a channel's reopening or a server's return."""
        async with self.db.reading() as tx:
            listed = await posts.list_posts_since(tx, self.subscriber.id, datetime(2020, 1, 1, tzinfo=UTC))
        return [post for post in listed if post.kind is not PostKind.RESUME]

    async def destination(self) -> Destination | None:
        async with self.db.reading() as tx:
            return await destinations.find_destination(tx, self.channel_id)

    async def settings(self) -> Subscriber:
        async with self.db.reading() as tx:
            return await subscribers.get_subscriber(tx, self.subscriber.id)

    async def waiting(self) -> list[str]:
        """What waits for a command of somebody who may manage the server, or of the person."""
        who = self.subscriber
        async with self.db.reading() as tx:
            found = await admin_notices.list_waiting(tx, who.kind, who.discord_id, self.time, 10)
        return [notice.sentence for notice in found]

    async def posted(self) -> list[Message]:
        """What Marquee wrote into the channel, the oldest first; what was deleted is not there."""
        bot_id = (await self.standin.get_status()).bot_id
        listed = await self.standin.list_messages(self.channel_id)
        return [message for message in listed if message.author_id == bot_id]

    async def told(self) -> list[Message]:
        """What admins were told in their channel."""
        return await self.standin.list_messages(self.admins_id)
