"""The bell, and what follows: reminders by direct message, putting them off, stopping them."""

import logging
from typing import Any

import discord

from bot.domain.errors import MessagesClosed, UserError
from bot.ui.answers import Trouble
from bot.ui.person_ids import BellAction, BellId, SnoozeId
from bot.ui.reminder_cards import (
    back_again,
    greeting,
    render_put_off,
    render_reminder,
    render_snooze,
    render_stopped,
)
from cogs.answering import answers
from cogs.context import Interaction, context_of, now_of, person_of, replace, show, take_time

log = logging.getLogger(__name__)
_NOT_NOW = "Discord does not answer just now, so nothing has been changed. Try again in a minute."


@answers(BellId)
async def press_bell(interaction: Interaction, bell_id: BellId, _: list[Any]) -> None:
    """[Remind me] on a card, or [Stop] on its answer."""
    if bell_id.action is BellAction.REMIND:
        await remind(interaction, bell_id.film_id)
        return
    film = await context_of(interaction).reminding.stop(interaction.user.id, bell_id.film_id, now_of(interaction))
    await replace(interaction, render_stopped(film))


@answers(SnoozeId)
async def put_off(interaction: Interaction, snooze_id: SnoozeId, _: list[Any]) -> None:
    """A day on the card that [Snooze] opened."""
    reminding, now, user_id = context_of(interaction).reminding, now_of(interaction), interaction.user.id
    until = await reminding.snooze(user_id, snooze_id.film_id, snooze_id.until, interaction.id, now)
    tracked, options = await reminding.list_snoozes(user_id, snooze_id.film_id, now)
    card = render_snooze(tracked, options, now) if until is None else render_put_off(tracked, until, now)
    await replace(interaction, card)


async def remind(interaction: Interaction, film_id: int) -> None:
    """Remind whoever pressed the bell of a film, or show what comes of it if they are reminded already.

    Nothing is stored before a direct message has arrived: the first reminder would be the one that is missed.
    """
    context, now, user_id = context_of(interaction), now_of(interaction), interaction.user.id
    reachable = await context.reminding.find_open(user_id)
    channel_id = reachable.channel_id if reachable else None
    if channel_id is None:
        await take_time(interaction, private=True)
        known = await context.reminding.find_person(user_id)
        film = (await context.films.look_at(user_id, film_id)).film
        channel_id = await reach(interaction, back_again() if known and known.channel_id else greeting(film))
        if known is not None:
            await context.preferences.reopen(known, channel_id, now)
    await context.refresh.freshen(film_id, now)
    tracked = await context.reminding.remind(person_of(interaction), film_id, channel_id, now)
    again = (await context.reminding.list_reminders(person_of(interaction), now)).put_off.get(film_id)
    await show(interaction, render_reminder(tracked, again, guessed_from(interaction), now), private=True)


async def offer_snooze(interaction: Interaction, film_id: int) -> None:
    """[Snooze] on a direct message: ask until when."""
    now = now_of(interaction)
    tracked, options = await context_of(interaction).reminding.list_snoozes(interaction.user.id, film_id, now)
    await show(interaction, render_snooze(tracked, options, now), private=True)


async def stop_reminding(interaction: Interaction, film_id: int) -> None:
    """[Stop] on a direct message: for this person alone."""
    film = await context_of(interaction).reminding.stop(interaction.user.id, film_id, now_of(interaction))
    await show(interaction, render_stopped(film), private=True)


async def reach(interaction: Interaction, said: str) -> int:
    """Write a direct message to whoever clicked or typed; the channel in which it arrived.

    Raises:
        MessagesClosed: Discord delivers none to them.
        UserError: Discord does not answer.
    """
    try:
        messages = await interaction.client.create_dm(discord.Object(interaction.user.id))
        await messages.send(said, allowed_mentions=discord.AllowedMentions.none())
    except discord.Forbidden as error:
        log.info("User %s takes no direct messages: %s", interaction.user.id, error)
        raise MessagesClosed from error
    except Trouble as error:
        log.warning("User %s could not be written to: %s", interaction.user.id, error)
        raise UserError(_NOT_NOW) from error
    return messages.id


def guessed_from(interaction: Interaction) -> str:
    """Where a guess about a person came from, as they are told."""
    return "from your Discord" if interaction.guild_id is None else "from this server"
