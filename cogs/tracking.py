"""`/track`, `/untrack`, `/tracked`: following films."""

from dataclasses import dataclass, replace

from discord import app_commands
from discord.ext import commands

from bot.domain.answers import Tracked
from bot.domain.films import Film
from bot.domain.preferences import read_country, read_wanted
from bot.domain.subscribers import Wanted, today_of
from bot.ui.card import Card
from bot.ui.channel_kinds import require_forum_rights
from bot.ui.film_card import picture_of
from bot.ui.follow_cards import follows_line, render_follows
from bot.ui.ids import Purpose
from bot.ui.list_cards import nothing_tracked, render_tracked_list
from bot.ui.tracking_card import render_tracked, render_untracked
from cogs.context import (
    Interaction,
    channel_problems,
    context_of,
    find_subscriber,
    guild_of,
    now_of,
    place_of,
    refuse,
    require_manager,
    require_membership,
    require_tracker,
    see_channel,
    show,
    take_time,
)
from cogs.options import FilmOption, PostChannelOption, TrackedFilmOption, suggest_country, suggest_wanted
from cogs.showing import draw, resolve, resolve_tracked


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for one film alone; what was not stays as it is."""

    channel_id: int | None = None
    country: str | None = None
    wanted: frozenset[Wanted] | None = None

    def __str__(self) -> str:
        """Its text, to travel with a picker's choice: "34;US;cinema,digital"."""
        ways = ",".join(way for way in Wanted if way in (self.wanted or ()))
        return f"{self.channel_id or ''};{self.country or ''};{ways}"

    @classmethod
    def parse(cls, text: str) -> "Choice":
        """Read what `str()` made; a channel's id alone is one too."""
        channel, country, ways, *_ = [*text.split(";"), "", ""]
        wanted = frozenset(map(Wanted, ways.split(","))) if ways else None
        return cls(int(channel) if channel else None, country or None, wanted)


class TrackingCommands(commands.Cog):
    """Everyone's, unless `/settings` says otherwise."""

    @app_commands.command(description="Track a film: countdowns and the release day are posted here")
    @app_commands.describe(
        film="Its title; the list shows what fits as you type",
        channel="Post about this film in another channel (needs Manage Server)",
        country="Follow another country's date for this film; this server's own to go back to it",
        releases="Which releases of this film count: cinema, digital, physical, or several of them",
    )
    @app_commands.autocomplete(country=suggest_country, releases=suggest_wanted)
    async def track(
        self,
        interaction: Interaction,
        film: app_commands.Transform[str, FilmOption],
        channel: app_commands.Transform[int, PostChannelOption] | None = None,
        country: str | None = None,
        releases: str | None = None,
    ) -> None:
        """Follow a film."""
        await require_right_to_track(interaction, "track films")
        if channel is not None:
            require_manager(interaction, "choose the channel of a film")
        choice = Choice(
            channel,
            read_country(country) if country is not None else None,
            read_wanted(releases) if releases is not None else None,
        )
        found = await resolve(interaction, film, Purpose.TRACK, str(choice))
        if found is not None:
            await show(interaction, await track_film(interaction, found.id, choice))

    @app_commands.command(description="Stop tracking a film")
    @app_commands.describe(film="One of the films that this server tracks")
    async def untrack(self, interaction: Interaction, film: app_commands.Transform[str, TrackedFilmOption]) -> None:
        """Stop following a film."""
        await require_right_to_track(interaction, "stop tracking films")
        found = await resolve_tracked(interaction, film)
        await show(interaction, render_untracked(await untrack_film(interaction, found.id)))

    @app_commands.command(description="The films that this server tracks, by date")
    async def tracked(self, interaction: Interaction) -> None:
        """List what is followed."""
        card = await tracked_card(interaction, 0, interaction.user.id)
        if card is None:
            await refuse(interaction, nothing_tracked())
        else:
            await show(interaction, card)


async def require_right_to_track(interaction: Interaction, action: str) -> None:
    """Refuse who may not follow films here.

    Raises:
        NotInServer, NotAllowed: why.
    """
    subscriber = await find_subscriber(interaction)
    require_tracker(interaction, subscriber, action)
    if subscriber is None:
        await require_membership(interaction)


async def track_film(interaction: Interaction, film_id: int, choice: Choice) -> Card:
    """Follow a film for the server; the card that says what comes."""
    context, now = context_of(interaction), now_of(interaction)
    if choice.channel_id is not None and choice.channel_id != interaction.channel_id:
        await take_time(interaction)
        sight = await see_channel(interaction, choice.channel_id)
        require_forum_rights(sight.kind, choice.channel_id, sight.lacks)
    await context.refresh.freshen(film_id, now)
    tracked = await context.tracking.track(
        place_of(interaction), film_id, choice.channel_id, now, country=choice.country, wanted=choice.wanted
    )
    return await _card_of(interaction, tracked)


async def follow_date(interaction: Interaction, film_id: int, country: str) -> Card:
    """Follow a country's date for one film, from the card of `track_film`; that card as it is then."""
    place, now = place_of(interaction), now_of(interaction)
    tracked = await context_of(interaction).tracking.track(place, film_id, None, now, country=country)
    return await _card_of(interaction, replace(tracked, already=False))


async def tracked_again(interaction: Interaction, film_id: int) -> Card | None:
    """The card of `track_film` as it is after a choice on it; None if the film is no longer tracked."""
    known = await context_of(interaction).tracking.find_tracked(guild_of(interaction), film_id, now_of(interaction))
    return await _card_of(interaction, replace(known, already=False)) if known else None


async def _card_of(interaction: Interaction, tracked: Tracked) -> Card:
    now = now_of(interaction)
    destination = tracked.subscription.channel_id or tracked.subscriber.channel_id
    if destination != interaction.channel_id:
        await take_time(interaction)
    problems = await channel_problems(interaction, destination)
    subscriber = tracked.subscriber
    if tracked.subscription.channel_id is not None and not problems:
        # A film's own channel is not in /settings: naming it again is how its posts go on after a refusal.
        await context_of(interaction).preferences.reopen(subscriber, tracked.subscription.channel_id, now)
    picture = await draw(interaction, picture_of(tracked.film, tracked.counting, today_of(subscriber, now)))
    return render_tracked(tracked, problems, now, picture)


async def untrack_film(interaction: Interaction, film_id: int) -> Film:
    """Stop following a film for the server."""
    return await context_of(interaction).tracking.untrack(guild_of(interaction), film_id, now_of(interaction))


async def tracked_card(interaction: Interaction, page: int, opener_id: int) -> Card | None:
    """A page of what is followed; None if nothing is."""
    context, guild_id = context_of(interaction), guild_of(interaction)
    subscriber, followed = await context.tracking.list_tracked(guild_id)
    follows = await context.following.list_follows(guild_id)
    if subscriber is None or not followed:
        return render_follows(follows) if follows else None
    return render_tracked_list(subscriber, followed, page, now_of(interaction), opener_id, follows_line(follows))
