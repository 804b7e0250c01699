"""Showing a film's card: the one door that `/film`, `/cast`, `/trivia`, `/next`, pickers and buttons go through."""

import logging
from dataclasses import replace

from bot.domain.errors import FilmNotFound, NotTracked, SeveralFilms, UserError
from bot.domain.films import Film
from bot.domain.subscribers import SubscriberKind, today_of
from bot.services.finding import Candidate
from bot.services.search import shown
from bot.ui.card import Card, Picture
from bot.ui.film_card import FilmView, picture_of, render_film_card
from bot.ui.ids import Purpose, Tab
from bot.ui.list_cards import nothing_tracked
from bot.ui.phrases import found_choice
from bot.ui.pictures import PictureSpec
from bot.ui.tracking_card import Option, option_of, render_picker
from cogs.context import (
    Interaction,
    context_of,
    country_of,
    find_reader,
    guild_of,
    is_manager,
    now_of,
    reader_of,
    show,
    take_time,
)

log = logging.getLogger(__name__)


async def film_card(
    interaction: Interaction, film_id: int, tab: Tab, arg: str = "", opener_id: int | None = None
) -> Card:
    """A tab of a film's card, for the server where somebody typed, or for themselves in direct messages."""
    context, now = context_of(interaction), now_of(interaction)
    discord_id, kind = reader_of(interaction)
    look = await context.films.look_at(discord_id, film_id, kind)
    today = today_of(look.subscriber, now)
    view = FilmView(
        film=look.film,
        subscriber=look.subscriber,
        guess=country_of(interaction, look.subscriber),
        subscription=look.subscription,
        today=today,
        now=now,
        tab=tab,
        opener_id=opener_id or interaction.user.id,
        arg=arg,
        shared=look.shared,
        asked=look.asked,
        trusted=look.trusted,
        may_check=kind is SubscriberKind.GUILD and is_manager(interaction),
        personal=kind is SubscriberKind.USER,
    )
    if tab in (Tab.OVERVIEW, Tab.COUNTDOWN):
        view = replace(view, picture=await draw(interaction, picture_of(view.film, view.counting, today)))
    return render_film_card(view)


async def draw(interaction: Interaction, spec: PictureSpec) -> Picture | None:
    """A picture; None if it cannot be drawn: an answer never fails for its picture."""
    try:
        return await context_of(interaction).pictures.get_picture(spec)
    except (OSError, ValueError, MemoryError):
        log.exception("The picture of %s cannot be drawn", spec)
        return None


async def show_film(interaction: Interaction, typed: str | None, tab: Tab, purpose: Purpose) -> None:
    """Show a film's card at a tab; without a name the followed film that comes next; a picker if several fit."""
    if typed is None:
        discord_id, kind = reader_of(interaction)
        film = await context_of(interaction).films.get_next(discord_id, now_of(interaction), kind)
        await show(interaction, await film_card(interaction, film.id, tab))
        return
    film = await resolve(interaction, typed, purpose)
    if film is not None:
        await show(interaction, await film_card(interaction, film.id, tab))


async def resolve(interaction: Interaction, typed: str, purpose: Purpose, arg: str = "") -> Film | None:
    """The film that a submitted text means; None if a picker now asks which. `arg` travels with the picker's choice.

    Raises:
        FilmNotFound: nothing fits.
        SourcesSilent: it is not in the store, and no source that may have it answers.
    """
    subscriber, now = await find_reader(interaction), now_of(interaction)
    country, finding = country_of(interaction, subscriber), context_of(interaction).finding
    found = await finding.resolve(typed, country, now, today_of(subscriber, now))
    if len(found) == 1:
        if found[0].film is None:
            await take_time(interaction)
        return await finding.adopt(found[0], now)
    card = render_picker([picked(one, country) for one in found], purpose, typed, interaction.user.id, arg)
    await show(interaction, card, private=True)
    return None


def picked(candidate: Candidate, country: str) -> Option:
    """A candidate in a picker."""
    if candidate.film is not None:
        return option_of(candidate.film, country)
    return Option(candidate.ref, found_choice(candidate.label, candidate.original_title, candidate.hint))


async def resolve_tracked(interaction: Interaction, typed: str) -> Film:
    """The followed film that a submitted text means.

    Raises:
        UserError: nothing is tracked.
        FilmNotFound: nothing fits.
        NotTracked: a film fits, and is not followed.
        SeveralFilms: more than one fits.
    """
    context = context_of(interaction)
    subscriber, followed = await context.tracking.list_tracked(guild_of(interaction))
    among = {subscription.film.id for subscription in followed}
    if subscriber is None or not among:
        raise UserError(nothing_tracked())
    today = today_of(subscriber, now_of(interaction))
    try:
        found = context.search.resolve(typed, subscriber.country, today, among)
    except FilmNotFound:
        found = context.search.resolve(typed, subscriber.country, today)
    if len(found) == 1 and found[0].id not in among:
        raise NotTracked(found[0].label)
    if len(found) > 1:
        raise SeveralFilms(shown(typed), [film.label for film in found])
    return found[0]
