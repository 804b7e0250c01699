"""`/time-travel`: the sandbox's own command, which lets every post owed on the way appear in the channel."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import discord
from dateutil.relativedelta import relativedelta
from discord import app_commands
from discord.ext import commands

from bot.domain.dates import weekday_date
from bot.sandbox.journey import Stage, Timeline, travel
from bot.sandbox.moments import MAX_YEARS, BadMoment, Home, parse_moment, suggest_moments
from bot.ui.phrases import city


class House(Stage, Protocol):
    """The world, as far as `/time-travel` needs it."""

    def say(self, channel_id: int, text: str) -> None:
        """Write something of the sandbox's own, whether the bot itself may write there or not."""
        ...

    def count_posts_in(self, channel_id: int) -> int:
        """How many messages the bot has sent by itself to one channel so far."""
        ...


@dataclass(frozen=True, slots=True)
class Travel:
    """What `/time-travel` works with."""

    stage: House
    timeline: Timeline
    arrived: Callable[[datetime], None]  #: told the new time before the page is drawn again
    stopped: Callable[[], bool]  #: true once the sandbox ends: a journey of years must not hold up Ctrl-C


class TimeTravel(commands.Cog):
    """Moves the clock. Never loaded outside the sandbox."""

    def __init__(self, travel: Travel) -> None:
        self._travel = travel

    @app_commands.command(
        name="time-travel", description="Move the sandbox’s clock; every post on the way appears here"
    )
    @app_commands.describe(to="“next post”, a tracked film’s release day, a date such as 2025-06-06, or “in 3 days”")
    async def time_travel(self, interaction: discord.Interaction[Any], to: str) -> None:
        """Answer, let time pass with its posts, and say what time it is now."""
        stage, timeline = self._travel.stage, self._travel.timeline
        home, now = await timeline.get_home(), stage.now()
        try:
            until = parse_moment(to, now, home, await timeline.list_film_days())
        except BadMoment as refusal:
            await interaction.response.send_message(str(refusal), ephemeral=True)
            return
        if until is None and await timeline.next_due_at() is None:
            sentence = "No post is owed: `/track` a film that is still to come first, or give a date."
            await interaction.response.send_message(sentence, ephemeral=True)
            return
        goal = "the next post" if until is None else f"**{_in_words(until, home)}**"
        # The answer comes first: its token is good for 15 simulated minutes. The arrival is a message of its own.
        await interaction.response.send_message(f"⏩ From **{_in_words(now, home)}** to {goal} …")
        here = interaction.channel_id or 0
        before = stage.count_posts_in(here)
        posts = await travel(
            stage,
            timeline,
            until=until or now + relativedelta(years=MAX_YEARS),
            to_next_post=until is None,
            stopped=self._travel.stopped,
        )
        if self._travel.stopped():
            return
        home = await timeline.get_home()
        count = _count_in_words(posts, posts - (stage.count_posts_in(here) - before))
        # A message of the bot's own would be refused in a channel that is closed to it.
        stage.say(here, f"⏱️ It is now **{_in_words(stage.now(), home)}** in {city(home.zone.key)}. {count}.")
        self._travel.arrived(stage.now())

    @commands.Cog.listener()
    async def on_app_command_completion(self, _interaction: discord.Interaction[Any], command: object) -> None:
        """Send what a command made due at once, such as what a pause kept back: no scheduler runs here."""
        if command is not self.time_travel:
            await self._travel.timeline.tick()

    @time_travel.autocomplete("to")
    async def suggest(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """Offer moments that fit. A choice's value is its name: the page shows the value once it is chosen."""
        home = await self._travel.timeline.get_home()
        films = await self._travel.timeline.list_film_days()
        found = suggest_moments(typed, self._travel.stage.now(), home, films)
        return [app_commands.Choice(name=choice, value=choice) for choice in found]


def _in_words(instant: datetime, home: Home) -> str:
    """An instant on the server's clock: "Fri 6 June 2025, 09:30"."""
    here = instant.astimezone(home.zone)
    return f"{weekday_date(here.date())}, {here:%H:%M}"


def _count_in_words(posts: int, elsewhere: int) -> str:
    """What a journey brought: "5 posts appeared on the way, 2 of them on other pages"."""
    if not posts:
        return "No post was due on the way"
    appeared = "1 post appeared on the way" if posts == 1 else f"{posts} posts appeared on the way"
    if not elsewhere:
        return appeared
    where = "on another page" if elsewhere == 1 else "on other pages"
    return f"{appeared}, {where}" if elsewhere == posts else f"{appeared}, {elsewhere} of them {where}"
