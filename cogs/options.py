"""Options with suggestions: films, zones, countries, months, times to pause."""

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands

from bot.domain.delivery_preferences import suggest_weekdays
from bot.domain.films import Film
from bot.domain.places import suggest_countries, suggest_zones
from bot.domain.preferences import months_from
from bot.domain.subscribers import today_of
from bot.ui.channel_kinds import ASKABLE, POSTABLE, require_kind
from bot.ui.phrases import film_choice
from cogs.context import Interaction, context_of, country_of, find_reader, now_of
from cogs.showing import picked

Choice = app_commands.Choice[str]
AnyChoice = app_commands.Choice[int | float | str]  # as discord.py types what a transformer suggests


class FilmOption(app_commands.Transformer):
    """Any film: suggested with year and next date here, submitted as "id:12", as its label, or as free text."""

    async def transform(self, interaction: Interaction, value: Any, /) -> str:  # noqa: ANN401 - discord.py's signature
        """Take the text as it is; the command resolves it, and asks which if several fit."""
        return str(value)

    async def autocomplete(self, interaction: Interaction, value: Any, /) -> list[AnyChoice]:  # noqa: ANN401 - as above
        """The films that fit what has been typed so far."""
        context, now = context_of(interaction), now_of(interaction)
        subscriber = await find_reader(interaction)
        country = country_of(interaction, subscriber)
        today = today_of(subscriber, now)
        found = await context.finding.suggest(str(value), country, now, today)
        return [AnyChoice(name=picked(one, country).label, value=one.ref) for one in found]


class TrackedFilmOption(FilmOption):
    """A film that the server follows."""

    async def autocomplete(self, interaction: Interaction, value: Any, /) -> list[AnyChoice]:  # noqa: ANN401 - as above
        """The followed films that fit what has been typed so far."""
        context = context_of(interaction)
        if interaction.guild_id is None:
            return []
        subscriber, followed = await context.tracking.list_tracked(interaction.guild_id)
        if subscriber is None:
            return []
        ids = {subscription.film.id for subscription in followed}
        today = today_of(subscriber, now_of(interaction))
        hits = context.search.suggest(str(value), subscriber.country, today, among=ids)
        return choices((hit.film for hit in hits), subscriber.country)


class PostChannelOption(app_commands.Transformer):
    """A channel or thread that posts can go to. discord.TextChannel would need the guild cache that Marquee has not."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """What a person can write in."""
        return POSTABLE

    async def transform(self, interaction: Interaction, value: Any, /) -> int:  # noqa: ANN401 - as above
        """Its id, if it is of a kind that will do: an old client may offer any."""
        require_kind(value.type, self.channel_types)
        return int(value.id)


class AdminChannelOption(PostChannelOption):
    """A channel or thread in which admins can be asked and told."""

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """What a few people can have for themselves."""
        return ASKABLE


def choices(films: Iterable[Film], country: str) -> list[AnyChoice]:
    """What autocomplete shows: "Ballerina (2025) · 6 June 2025, US"."""
    return [AnyChoice(name=film_choice(film, country), value=f"id:{film.id}") for film in films]


async def suggest_zone(interaction: Interaction, typed: str) -> list[Choice]:
    """Time zones, those of the server's country first."""
    subscriber = await find_reader(interaction)
    country = country_of(interaction, subscriber)
    return [app_commands.Choice(name=zone.replace("_", " "), value=zone) for zone in suggest_zones(typed, country)]


async def suggest_country(interaction: Interaction, typed: str) -> list[Choice]:
    """Countries by name."""
    return [app_commands.Choice(name=name, value=code) for code, name in suggest_countries(typed)]


async def suggest_wanted(interaction: Interaction, typed: str) -> list[Choice]:
    """The ways in which a film comes out, and all that can be made of them."""
    return _containing(typed, ("cinema", "cinema, digital", "cinema, digital, physical", "cinema, physical", "digital",
                               "digital, physical", "physical"))  # fmt: skip


async def suggest_weekday(interaction: Interaction, typed: str) -> list[Choice]:
    """The days of the week, and none."""
    return [app_commands.Choice(name=day, value=day) for day in suggest_weekdays(typed)]


async def suggest_month(interaction: Interaction, typed: str) -> list[Choice]:
    """The next twelve months."""
    return _containing(typed, months_from(now_of(interaction).date()))


async def suggest_span(interaction: Interaction, typed: str) -> list[Choice]:
    """How long people pause; what they typed themselves comes first."""
    common = ("1 day", "3 days", "1 week", "2 weeks", "1 month", "until I resume")
    own = [typed.strip()] if typed.strip() and typed.strip() not in common else []
    return [app_commands.Choice(name=span[:100], value=span[:100]) for span in own] + _containing(typed, common)


def _containing(typed: str, texts: Iterable[str]) -> list[Choice]:
    wanted = typed.strip().casefold()
    return [app_commands.Choice(name=text, value=text) for text in texts if wanted in text.casefold()][:25]
