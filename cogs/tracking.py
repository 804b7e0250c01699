"""`/track`, `/untrack`, `/tracked`: following films."""

from dataclasses import replace

from discord import app_commands
from discord.ext import commands

from bot.domain.answers import Tracked
from bot.domain.films import Film
from bot.domain.subscribers import today_of
from bot.ui.card import Card
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
    show,
    take_time,
)
from cogs.options import FilmOption, PostChannelOption, TrackedFilmOption
from cogs.showing import draw, resolve, resolve_tracked


class TrackingCommands(commands.Cog):
    """Everyone's, unless `/settings` says otherwise."""

    @app_commands.command(description="Track a film: countdowns and the release day are posted here")
    @app_commands.describe(
        film="Its title; the list shows what fits as you type",
        channel="Post about this film in another channel (needs Manage Server)",
    )
    async def track(
        self,
        interaction: Interaction,
        film: app_commands.Transform[str, FilmOption],
        channel: app_commands.Transform[int, PostChannelOption] | None = None,
    ) -> None:
        """Follow a film."""
        await require_right_to_track(interaction, "track films")
        if channel is not None:
            require_manager(interaction, "choose the channel of a film")
        found = await resolve(interaction, film, Purpose.TRACK, str(channel or ""))
        if found is not None:
            await show(interaction, await track_film(interaction, found.id, channel))

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


async def track_film(interaction: Interaction, film_id: int, channel_id: int | None) -> Card:
    """Follow a film for the server; the card that says what comes."""
    context, now = context_of(interaction), now_of(interaction)
    await context.refresh.freshen(film_id, now)
    tracked = await context.tracking.track(place_of(interaction), film_id, channel_id, now)
    return await _card_of(interaction, tracked)


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
