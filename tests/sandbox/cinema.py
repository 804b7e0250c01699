"""A stand-in for Marquee, small enough to see through: `/track`, four posts a film, a card with tabs and a modal."""

import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import discord
from discord import app_commands
from discord.ext import commands
from PIL import Image

from bot.domain.dates import local_instant
from bot.ports import Clock
from bot.sandbox.moments import FilmDay, Home

NEW_YORK = ZoneInfo("America/New_York")
FILMS = {"Ballerina": date(2025, 6, 6), "Superman": date(2025, 7, 11), "Ballet": date(2025, 5, 1)}


class NoFilm(app_commands.AppCommandError):
    """Nothing is called that."""


@dataclass
class Cinema:
    """The application and its timeline in one."""

    clock: Clock
    client: commands.AutoShardedBot
    permissions: discord.Permissions
    tracked: dict[str, datetime] = field(default_factory=dict)
    channel_id: int | None = None
    sent: dict[tuple[str, int], datetime] = field(default_factory=dict)
    wakes: list[datetime] = field(default_factory=list)  #: instants at which `tick` has work but no post
    stuck: int = 0  #: ticks that fail before the next post goes out
    ticks: list[datetime] = field(default_factory=list)

    def timeline(self, guild_id: int, user_id: int) -> "Cinema":
        return self

    async def get_home(self) -> Home:
        return Home(NEW_YORK, time(9))

    async def list_film_days(self) -> list[FilmDay]:
        return [FilmDay(title, FILMS[title]) for title in self.tracked]

    def _owed(self) -> list[tuple[datetime, str, int]]:
        return sorted(
            (due, title, days)
            for title, since in self.tracked.items()
            for days in (7, 3, 1, 0)
            if (due := local_instant(FILMS[title] - timedelta(days=days), time(9), NEW_YORK)) > since
            and (title, days) not in self.sent
        )

    async def next_due_at(self) -> datetime | None:
        return min([*(due for due, _, _ in self._owed()), *self.wakes], default=None)

    async def tick(self) -> None:
        now = self.clock.now()
        self.ticks.append(now)
        self.wakes = [wake for wake in self.wakes if wake > now]
        for due, title, days in self._owed():
            if due > now:
                return
            if self.stuck:
                self.stuck -= 1
                return
            self.sent[title, days] = now
            await self._post(title, days)

    async def _post(self, title: str, days: int) -> None:
        assert self.channel_id is not None
        embed = discord.Embed(title=title, description="theatrical · US").set_image(url="attachment://days.png")
        view = discord.ui.View(timeout=None).add_item(Tab("cast", f"post{days}"))
        view.stop()
        await self.client.get_partial_messageable(self.channel_id).send(
            f"**{title}** is out today" if days == 0 else f"**{title}** is out in {days} days",
            embed=embed,
            file=picture("days.png", days),
            view=view,
        )


class Tab(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tab:(?P<name>\w+):(?P<of>\w+)"):
    """A button of a card or a post."""

    def __init__(self, name: str, of: str) -> None:
        super().__init__(discord.ui.Button(label=name.title(), custom_id=f"tab:{name}:{of}"))
        self.name, self.of = name, of

    @classmethod
    async def from_custom_id(cls, _interaction: Any, _item: Any, match: Any) -> "Tab":
        return cls(match["name"], match["of"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if self.of != "card":
            await interaction.response.send_message(f"{self.name} of {self.of}", ephemeral=True)
        elif self.name == "settings":
            await interaction.response.send_modal(SettingsModal())
        else:
            await interaction.response.edit_message(view=card(self.name), attachments=[picture("card.png", 3)])


class SettingsModal(discord.ui.Modal, title="Settings"):
    """One control of each kind that the page must be able to fill in."""

    def __init__(self) -> None:
        super().__init__(custom_id="settings")
        self.hour = discord.ui.TextInput[Any](default="09:00")
        self.role = discord.ui.RoleSelect[Any](required=False)
        self.days = discord.ui.Select[Any](
            options=[discord.SelectOption(label=f"{days} days") for days in (30, 7, 3, 1)], max_values=4, required=False
        )
        for text, component in (("Posting hour", self.hour), ("Role to ping", self.role), ("Milestones", self.days)):
            self.add_item(discord.ui.Label(text=text, component=component))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        roles = [role.id for role in self.role.values]
        await interaction.response.send_message(f"{self.hour.value} {len(roles)} {self.days.values}", ephemeral=True)


class Picker(discord.ui.ActionRow[Any]):
    """A select in a card."""

    @discord.ui.select(placeholder="Another film", options=[discord.SelectOption(label=title) for title in FILMS])
    async def pick(self, interaction: discord.Interaction[Any], select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message(f"picked {select.values[0]}", ephemeral=True)


def card(tab: str) -> discord.ui.LayoutView:
    """A Components V2 answer with a picture, tabs and a select."""
    view = discord.ui.LayoutView(timeout=None)
    tabs: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    for name in ("facts", "cast", "settings"):
        tabs.add_item(cast(Any, Tab(name, "card")))
    view.add_item(
        discord.ui.Container(
            discord.ui.TextDisplay(f"## Ballerina\nThe {tab} tab"),
            discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://card.png", description="a picture")),
            tabs,
            Picker(),
        )
    )
    return view


def picture(name: str, shade: int) -> discord.File:
    """A small picture, attached."""
    data = io.BytesIO()
    Image.new("RGB", (80, 30), (40 * shade % 255, 30, 60)).save(data, "PNG")
    data.seek(0)
    return discord.File(data, name, description="a picture")


class _Tree(app_commands.CommandTree[Any]):
    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        if not isinstance(error, NoFilm):
            raise error
        await interaction.response.send_message("No film found.", ephemeral=True)


class _Client(commands.AutoShardedBot):
    def __init__(self) -> None:
        super().__init__((), intents=discord.Intents.none(), help_command=None, tree_cls=_Tree, shard_count=1)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Tab)


@asynccontextmanager
async def open_cinema(database: Path, clock: Clock) -> AsyncGenerator[Cinema]:
    """An `OpenApplication`: Marquee's place is taken by this stand-in."""
    permissions = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, attach_files=True)
    cinema = Cinema(clock, _Client(), permissions)

    @cinema.client.tree.command(description="Follow a film")
    async def track(
        interaction: discord.Interaction[Any],
        film: str,
        channel: app_commands.AppCommandChannel | None = None,
        quiet: bool = False,
    ) -> None:
        title = next((title for title in FILMS if title.casefold() == film.casefold()), None)
        if title is None:
            raise NoFilm
        cinema.tracked[title] = clock.now()
        cinema.channel_id = channel.id if channel else interaction.channel_id
        await interaction.response.send_message(view=card("facts"), file=picture("card.png", 1), ephemeral=quiet)

    @track.autocomplete("film")
    async def suggest(_interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{t} · {d}", value=t) for t, d in FILMS.items() if typed.lower() in t.lower()]

    yield cinema
    await cinema.client.close()
