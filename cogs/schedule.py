"""`/schedule`, `/pause`, `/resume`: what will be posted, what was, and keeping posts back."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.errors import NothingPaused
from bot.domain.preferences import read_span
from bot.ui.ids import RemedyId, StuckId
from bot.ui.phrases import local_time
from bot.ui.schedule_card import render_schedule
from bot.ui.text import escape
from cogs.answering import answers
from cogs.by_hand import ask_about, take_word
from cogs.context import Interaction, context_of, get_subscriber, guild_of, now_of, require_manager, show
from cogs.options import TrackedFilmOption, suggest_span
from cogs.showing import resolve_tracked

TrackedFilm = app_commands.Transform[str, TrackedFilmOption]


class ScheduleCommands(commands.Cog):
    """For those who manage the server."""

    @app_commands.command(description="The next posts, when and where, and what became of the last ones")
    @app_commands.default_permissions(manage_guild=True)
    async def schedule(self, interaction: Interaction) -> None:
        """Show the agenda."""
        require_manager(interaction, "see the schedule")
        await get_subscriber(interaction)
        now = now_of(interaction)
        agenda = await context_of(interaction).schedule.find_agenda(guild_of(interaction), now)
        if agenda is not None:
            await show(interaction, render_schedule(agenda, now), private=True)

    @app_commands.command(description="Post nothing for a while: about one film, or at all")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.rename(time="for")
    @app_commands.describe(time="How long: 3 days, 2 weeks, until I resume", film="Only this film; empty: all of them")
    @app_commands.autocomplete(time=suggest_span)
    async def pause(self, interaction: Interaction, time: str, film: TrackedFilm | None = None) -> None:
        """Keep posts back."""
        require_manager(interaction, "pause posts")
        now = now_of(interaction)
        until = read_span(time, now)
        subscriber = await get_subscriber(interaction)
        film_id, what = await _what(interaction, film)
        await context_of(interaction).tracking.pause(subscriber, film_id, until, now)
        when = f"until {local_time(until, subscriber.zone, now)}" if until else "until somebody types `/resume`"
        said = f"⏸️ Posts about {what} are paused {when}. What falls due meanwhile is told in one message afterwards."
        await _say(interaction, said)

    @app_commands.command(description="End a pause: post again")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(film="Only this film; empty: the whole server")
    async def resume(self, interaction: Interaction, film: TrackedFilm | None = None) -> None:
        """End a pause."""
        require_manager(interaction, "resume posts")
        now = now_of(interaction)
        subscriber = await get_subscriber(interaction)
        film_id, what = await _what(interaction, film)
        tracking = context_of(interaction).tracking
        known = await tracking.find_tracked(guild_of(interaction), film_id, now) if film_id is not None else None
        pause = known.subscription.pause if known else subscriber.pause
        if pause is None or not pause.covers(now):
            raise NothingPaused(known.film.label if known else None)
        await tracking.resume(subscriber, film_id, pause, now)
        await _say(interaction, f"▶️ Posts about {what} go out again. If any were held back, one message says which.")


@answers(StuckId)
async def choose_stuck(interaction: Interaction, _: StuckId, values: list[Any]) -> None:
    """Ask what to do about a post that did not arrive."""
    await ask_about(interaction, str(values[0]) if values else "")


@answers(RemedyId)
async def decide_stuck(interaction: Interaction, asked: RemedyId, _: list[Any]) -> None:
    """[Send again], [It is there] or [Leave it]."""
    await take_word(interaction, asked)


async def _what(interaction: Interaction, film: str | None) -> tuple[int | None, str]:
    """The film that is meant and its name; no film: all of them."""
    if film is None:
        return None, "all films here"
    found = await resolve_tracked(interaction, film)
    return found.id, f"**{escape(found.label)}**"


async def _say(interaction: Interaction, sentence: str) -> None:
    await interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=discord.AllowedMentions.none())
