"""The people of the simulated Discord, in their servers: they type, click, choose, and fill in forms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import discord
import simcord
from simcord.backend.models.interaction import ResponseKind

from bot.services.tracking import Place
from tests.cogs.limits import problems_of_choices, problems_of_form
from tests.cogs.reading import Reply, Screen, screen_of
from tests.cogs.times import NEW_YORK

if TYPE_CHECKING:
    from tests.cogs.house import House


@dataclass
class Server:
    """A server with a channel, and the people in it."""

    house: "House"
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
        return [(f"{s.at.astimezone(zone):%a %-d %b %H:%M}", s.words.splitlines()[0]) for s in self.posts(channel)]

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
    def house(self) -> "House":
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


def read_reply(house: "House", result: simcord.InteractionResult) -> Reply:
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
