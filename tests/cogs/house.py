"""Marquee at work in a simulated Discord: real store, real catalogue, real discord.py, a clock of our own."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import discord
import simcord
from simcord.backend.models.interaction import ResponseKind

from bot.app import App, open_app
from bot.domain.films import Film
from bot.services.catalogue import take_over
from bot.services.tracking import Place
from bot.settings import Settings, load_settings
from bot.ui.permissions import invite_link
from tests.cogs.limits import problems_of_choices, problems_of_form
from tests.cogs.reading import Reply, Screen, screen_of

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
#: A quiet morning before the first posts of the day: Ballerina's 7, 3, 1 and 0 days are still to come in the US.
START = datetime(2025, 5, 27, 8, 30, tzinfo=NEW_YORK)
#: What the bot's invite asks for.
INVITED = discord.Permissions(int(parse_qs(urlsplit(invite_link(1)).query)["permissions"][0]))
#: 9:00 in New York and in Berlin in summer are both on a step.
STEP, FULL_STEPS_FROM = timedelta(hours=6), datetime(2020, 1, 1, 1, tzinfo=UTC)


def new_york(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2025) -> datetime:
    """An instant by the clocks of New York."""
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK)


def settings_for(database: Path, catalogue: Path | None = None) -> Settings:
    """The defaults, on a database file, whatever the machine's environment holds."""
    values = {"DATABASE_URL": f"sqlite:///{database.as_posix()}"}
    if catalogue is not None:
        values["MARQUEE_DATA"] = str(catalogue)
    return load_settings(values, None, need_token=False)


class Env(simcord.Env):
    """simcord's, which looks every 50 ms whether an answer that took no time is complete; every 1 ms does as well."""

    async def _settle_internal(self, *, idle: float = 0.001, **options: Any) -> None:
        await super()._settle_internal(idle=idle, **options)


class Clock:
    """What time it is in the simulated Discord (bot.ports.Clock)."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
        self.env: Env | None = None

    def now(self) -> datetime:
        return self.env.now() if self.env else self._now


@dataclass
class House:
    """The simulated Discord with Marquee in it, and one server to begin with."""

    database: Path
    clock: Clock
    env: Env = field(init=False)
    app: App = field(init=False)
    server: "Server" = field(init=False)
    locale: str = "en-US"  #: of whoever types next
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def now(self) -> datetime:
        return self.env.now()

    async def open(self) -> None:
        """Start Marquee for the first time."""
        await self._start_app(None)
        self.env = Env(self.app.client, check_errors=False)
        self.env.backend.advance_clock((self.clock.now() - self.env.now()).total_seconds())
        self.env.backend.bot_user.name = "Marquee"
        self.clock.env = self.env
        self._speak_locales()
        handler = self.app.client.tree.on_error
        await self.env.start()
        self.app.client.tree.on_error = handler  # simcord's own takes a refusal for a crash
        self.server = self.open_server("The Picture House")

    async def restart(self, *, catalogue: Path | None = None) -> None:
        """End Marquee, and start it again on the same database."""
        await self._stop_app()
        await self._start_app(catalogue)
        handler = self.app.client.tree.on_error
        await self.env.restart_bot(self.app.client)
        self.app.client.tree.on_error = handler

    async def close(self) -> None:
        await self.env.shutdown()
        await self._stop_app()

    async def _start_app(self, catalogue: Path | None) -> None:
        self._running = AsyncExitStack()
        self.app = await self._running.enter_async_context(open_app(settings_for(self.database, catalogue), self.clock))

    async def _stop_app(self) -> None:
        await self.app.dispatch.drain()
        await self.app.client.close()
        await self._running.aclose()

    def _speak_locales(self) -> None:
        """Have interactions carry the typist's locale: simcord's people all speak American English."""
        emit = self.env.backend.emit

        def speaking(event: str, payload: Any) -> None:
            emit(event, {**payload, "locale": self.locale} if event == "INTERACTION_CREATE" else payload)

        self.env.backend.emit = speaking  # type: ignore[method-assign]

    def open_server(self, name: str) -> "Server":
        """Make a server where Marquee was invited with what its link asks for."""
        guild = self.env.create_guild(name)
        self.env.backend.get_guild(guild.id).roles[guild.roles["Marquee"].id].permissions = INVITED.value
        channel = guild.create_text_channel("releases")
        return Server(self, guild, channel)

    async def live_until(self, instant: datetime, *, step: timedelta = STEP) -> None:
        """Let time pass with Marquee running, a look at the clock every `step`, on the full step."""
        while self.now < instant:
            late = (self.now - FULL_STEPS_FROM) % step
            self.sleep_until(min(self.now + step - late, instant.astimezone(UTC)))
            await self.work()

    def sleep_until(self, instant: datetime) -> None:
        """Let time pass with Marquee not running."""
        self.env.backend.advance_clock(max(0.0, (instant - self.now).total_seconds()))

    async def work(self) -> None:
        """What the scheduler does again and again: plan, then send what is due, until nothing is."""
        await self.app.planning.run(self.now)
        for _ in range(50):
            started = await self.app.dispatch.run(self.now)
            await self.app.dispatch.drain()
            if not started:
                return
        raise AssertionError("the dispatcher finds no end")

    async def add_films(self, *films: Film) -> list[int]:
        """Put films into the store, or change them, as a new catalogue does; their ids."""
        async with self.app.db.transaction() as tx:
            ids = [(await take_over(tx, film, "bundled", self.now))[0] for film in films]
        await self.app.context.search.load()
        return ids

    def screens(self, channel: simcord.ChannelHandle) -> list[Screen]:
        """Everything in a channel, the oldest first, private answers too."""
        stored = self.env.backend.messages.get(channel.id, {})
        return [screen_of(self.env.backend, message) for _, message in sorted(stored.items())]


@dataclass
class Server:
    """A server with a channel, and the people in it."""

    house: House
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    _people: dict[str, "Person"] = field(default_factory=dict)

    @property
    def admin(self) -> "Person":
        """Somebody who may manage the server, and nothing else that is special."""
        return self._person("admin", discord.Permissions(manage_guild=True))

    @property
    def member(self) -> "Person":
        """Somebody without special rights."""
        return self._person("member", None)

    @property
    def other(self) -> "Person":
        """Another such."""
        return self._person("other", None)

    def _person(self, name: str, rights: discord.Permissions | None) -> "Person":
        if name not in self._people:
            roles = [self.guild.create_role(name, permissions=rights)] if rights else []
            user = self.house.env.create_user(f"{name}{len(self.house.env.backend.users)}")
            self._people[name] = Person(self, self.guild.add_member(user, roles=roles))
        return self._people[name]

    def posts(self, channel: simcord.ChannelHandle | None = None) -> list[Screen]:
        """What Marquee posted by itself: no answers to commands, no clicks."""
        bot_id = str(self.house.env.backend.bot_user.id)
        screens = self.house.screens(channel or self.channel)
        return [s for s in screens if s.raw["author"]["id"] == bot_id and not s.raw.get("interaction_metadata")]

    def told(self, channel: simcord.ChannelHandle | None = None, zone: ZoneInfo = NEW_YORK) -> list[tuple[str, str]]:
        """Marquee's posts as (local time, first line), the oldest first."""
        return [(f"{at(s).astimezone(zone):%a %-d %b %H:%M}", s.words.splitlines()[0]) for s in self.posts(channel)]

    async def follow(self, film_ids: Sequence[int]) -> None:
        """Track many films at once, as a member here."""
        place = Place(self.guild.id, self.channel.id, self.member.actor.id, self.house.locale)
        for film_id in film_ids:
            await self.house.app.context.tracking.track(place, film_id, None, self.house.now)

    def allow_command(self, name: str, person: "Person") -> None:
        """Let a person type a command that Discord hides from them, as admins do under Integrations."""
        command = self.house.env.backend.find_command(name, self.guild.id, type=1)
        assert command is not None
        self.guild.set_command_permissions(int(command["id"]), {person.actor: True})

    def room(self, name: str, **denied: bool) -> simcord.ChannelHandle:
        """Another channel, where Marquee is denied some permissions: `room("quiet", send_messages=False)`."""
        me = self.guild.roles["Marquee"]
        return self.guild.create_text_channel(name, overwrites={me: discord.PermissionOverwrite(**denied)})


@dataclass(frozen=True)
class Person:
    """Types, clicks, chooses and fills in forms."""

    server: Server
    actor: simcord.MemberActor

    @property
    def house(self) -> House:
        return self.server.house

    async def type(self, command: str, /, **options: Any) -> Reply:
        """Type a command; `for_` is the option "for", `time_zone` the option "time-zone"."""
        return await self.type_in(self.server.channel, command, **options)

    async def type_in(self, channel: simcord.ChannelHandle, command: str, /, **options: Any) -> Reply:
        """Type a command in another channel."""
        named = {name.rstrip("_").replace("_", "-"): value for name, value in options.items()}
        return self._read(await self.actor.slash(channel, command, **named))

    async def suggested(self, command: str, option: str, typed: str) -> list[dict[str, Any]]:
        """What is offered while typing."""
        choices = await self.actor.autocomplete(self.server.channel, command, option, typed)
        found = problems_of_choices(choices)
        assert not found, (typed, found)
        return choices

    async def names(self, command: str, option: str, typed: str) -> list[str]:
        """The names of what is offered while typing."""
        return [choice["name"] for choice in await self.suggested(command, option, typed)]

    async def pick(self, command: str, typed: str, **options: Any) -> Reply:
        """Type the beginning of a film and take the first that is offered."""
        choices = await self.suggested(command, "film", typed)
        assert choices, f"nothing is offered for {typed!r}"
        return await self.type(command, film=choices[0]["value"], **options)

    async def click(self, screen: Screen, label: str) -> Reply:
        """Click the button with this label, which there is once."""
        return self._read(await self.actor.click(self._message(screen), label=label))

    async def click_id(self, screen: Screen, custom_id: str) -> Reply:
        """Click one of several buttons with the same label."""
        return self._read(await self.actor.click(self._message(screen), custom_id=custom_id))

    async def choose(self, screen: Screen, *values: Any, menu: int = 0) -> Reply:
        """Choose in the select number `menu`: an option's value or label, a channel, a role."""
        options = screen.selects[menu].get("options") or []
        by_label = {option["label"]: option["value"] for option in options}
        chosen = [by_label.get(value, value) if isinstance(value, str) else value for value in values]
        custom_id = screen.selects[menu]["custom_id"]
        return self._read(await self.actor.select(self._message(screen), chosen, custom_id=custom_id))

    async def fill(self, shown: Reply, text: str) -> Reply:
        """Fill the one text of a form and send it."""
        form = shown.result.modal
        assert form is not None, shown.result
        [row] = form["components"]
        field_id = (row.get("component") or row["components"][0])["custom_id"]
        return self._read(await self.actor.submit_modal(shown.result, {field_id: text}))

    def again(self, screen: Screen) -> Screen:
        """The same message as it is now."""
        return screen_of(self.house.env.backend, self.house.env.backend.get_message(screen.channel_id, screen.id))

    def _message(self, screen: Screen) -> simcord.ResponseMessage:
        stored = self.house.env.backend.get_message(screen.channel_id, screen.id)
        return simcord.ResponseMessage(self.house.env, stored)

    def _read(self, result: simcord.InteractionResult) -> Reply:
        return read_reply(self.house, result)


def read_reply(house: House, result: simcord.InteractionResult) -> Reply:
    """What a person sees after an action: never silence, nothing over a limit, nobody pinged."""
    assert result.acknowledged, "the interaction failed: silence"
    if (form := result.modal) is not None:
        found = problems_of_form(form)
        assert not found, (found, form)
    kind = result._interaction.response_kind
    edited = kind == ResponseKind.UPDATE or (kind == ResponseKind.DEFERRED_UPDATE and not result.followups)
    about = [result.response] if edited or kind != ResponseKind.DEFERRED_UPDATE else []
    screens = [screen_of(house.env.backend, m._message) for m in (*about, *result.followups) if m is not None]
    assert not [screen.pings for screen in screens if screen.pings], "an answer pings"
    return Reply(result, screens[0] if screens else None, edited, tuple(screens[1:]))


def at(screen: Screen) -> datetime:
    """When a message was sent."""
    return datetime.fromisoformat(screen.raw["timestamp"])


def errors_in(records: Sequence[logging.LogRecord]) -> list[str]:
    """What was logged as an error, by Marquee or by discord.py."""
    return [record.getMessage() + str(record.exc_info or "") for record in records if record.levelno >= logging.ERROR]


@asynccontextmanager
async def open_house(database: Path, start: datetime = START) -> AsyncGenerator[House]:
    """Open a house on a database that has the catalogue."""
    house = House(database, Clock(start))
    await house.open()
    try:
        yield house
    finally:
        await house.close()
        await asyncio.sleep(0)
