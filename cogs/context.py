"""What every command works with, and how it reads an interaction and answers it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

import discord

from bot.domain.channels import ChannelKind
from bot.domain.errors import NotAllowed, NotInServer
from bot.domain.places import country_of_locale
from bot.domain.subscribers import DEFAULT_COUNTRY, Subscriber, SubscriberKind, TrackRight
from bot.ports import Clock
from bot.services.asking import Asking
from bot.services.by_hand import ByHand
from bot.services.doubting import Doubting
from bot.services.exporting import Exporting
from bot.services.films import Films
from bot.services.finding import Finding
from bot.services.following import Following
from bot.services.refresh import Refresh
from bot.services.reminding import Person, Reminding
from bot.services.schedule import Schedule
from bot.services.search import FilmSearch
from bot.services.settings import Preferences
from bot.services.tracking import Place, Tracking
from bot.ui.access import Sight, look_at_channel
from bot.ui.answers import Trouble
from bot.ui.card import Card
from bot.ui.channel_kinds import KINDS
from bot.ui.permissions import invite_link, missing_permissions
from bot.ui.pictures import PictureShop

log = logging.getLogger(__name__)
Interaction = discord.Interaction[Any]
APPLICATION_COMMAND = discord.InteractionType.application_command


@dataclass(frozen=True, slots=True)
class Context:
    """The services that commands call."""

    clock: Clock
    search: FilmSearch
    finding: Finding
    asking: Asking
    refresh: Refresh
    films: Films
    tracking: Tracking
    preferences: Preferences
    doubting: Doubting
    schedule: Schedule
    pictures: PictureShop
    following: Following
    exporting: Exporting
    reminding: Reminding
    by_hand: ByHand


class _HasContext(Protocol):
    context: Context


def context_of(interaction: Interaction) -> Context:
    """The services, from the client that got the interaction."""
    return cast(_HasContext, interaction.client).context


def now_of(interaction: Interaction) -> datetime:
    """The present instant, by the clock that everything goes by."""
    return context_of(interaction).clock.now()


def guild_of(interaction: Interaction) -> int:
    """The id of the server where somebody typed.

    Raises:
        NotInServer: it was a direct message.
    """
    if interaction.guild_id is None:
        raise NotInServer(
            "This is for a server's channel, where everybody sees the dates: type it there. For yourself, open a film "
            "with `/film` and press “🔔 Remind me”; `/me` lists your reminders."
        )
    return interaction.guild_id


def place_of(interaction: Interaction) -> Place:
    """Where somebody typed, and who.

    Raises:
        NotInServer: it was a direct message.
    """
    locale = interaction.locale.value
    return Place(guild_of(interaction), interaction.channel_id or 0, interaction.user.id, locale)


async def find_subscriber(interaction: Interaction) -> Subscriber | None:
    """The server's settings, if it has any.

    Raises:
        NotInServer: it was a direct message.
    """
    return await context_of(interaction).tracking.find_subscriber(guild_of(interaction))


def reader_of(interaction: Interaction) -> tuple[int, SubscriberKind]:
    """Whose settings count for what is shown: the server's, or in direct messages the person's own."""
    if interaction.guild_id is None:
        return interaction.user.id, SubscriberKind.USER
    return interaction.guild_id, SubscriberKind.GUILD


async def find_reader(interaction: Interaction) -> Subscriber | None:
    """The settings that count for what is shown: the server's, or in direct messages the person's own."""
    context = context_of(interaction)
    if interaction.guild_id is None:
        return await context.reminding.find_person(interaction.user.id)
    return await context.tracking.find_subscriber(interaction.guild_id)


def person_of(interaction: Interaction) -> Person:
    """Who typed or clicked."""
    return Person(interaction.user.id, interaction.guild_id, interaction.locale.value)


async def get_subscriber(interaction: Interaction) -> Subscriber:
    """The server's settings, made from a guess if it has none.

    Raises:
        NotInServer: it was a direct message, or Marquee is not a member of the server.
    """
    subscriber = await find_subscriber(interaction)
    if subscriber is not None:
        return subscriber
    await require_membership(interaction)
    return await context_of(interaction).tracking.get_subscriber(place_of(interaction), now_of(interaction))


async def require_membership(interaction: Interaction) -> None:
    """Refuse where only the commands were added, and not the bot: it could never post.

    Raises:
        NotInServer: Marquee is not a member of this server.
    """
    client = interaction.client
    try:
        await client.http.get_member(guild_of(interaction), client.user.id)
    except (discord.NotFound, discord.Forbidden) as error:
        link = invite_link(client.application_id or client.user.id)
        raise NotInServer(f"I am not a member of this server, so I cannot post here. Add me: {link}") from error
    except Trouble as error:  # nothing is known against it: the first post tells
        log.warning("Discord cannot be asked whether Marquee is in server %s: %s", interaction.guild_id, error)


def country_of(interaction: Interaction, subscriber: Subscriber | None) -> str:
    """Whose dates to show: the server's country, else a guess from the typist's locale."""
    return subscriber.country if subscriber else country_of_locale(interaction.locale.value) or DEFAULT_COUNTRY


def is_manager(interaction: Interaction) -> bool:
    """Whether the person may manage the server."""
    return interaction.permissions.manage_guild or interaction.permissions.administrator


def require_manager(interaction: Interaction, action: str) -> None:
    """Refuse who may not manage the server.

    Raises:
        NotAllowed: names what they wanted to do.
    """
    guild_of(interaction)
    if not is_manager(interaction):
        raise NotAllowed(action)


def require_tracker(interaction: Interaction, subscriber: Subscriber | None, action: str) -> None:
    """Refuse who may not follow films for the server.

    Raises:
        NotAllowed: `/settings` reserves it for managers.
    """
    if subscriber is not None and subscriber.track_right is TrackRight.MANAGERS:
        require_manager(interaction, action)


async def channel_problems(interaction: Interaction, channel_id: int | None) -> Sequence[str]:
    """The permissions that Marquee lacks in a channel of this server; empty when it may post there."""
    return (await see_channel(interaction, channel_id)).lacks if channel_id else ()


async def see_channel(interaction: Interaction, channel_id: int) -> Sight:
    """What a channel of this server is, which is remembered, and what Marquee lacks there."""
    if channel_id == interaction.channel_id:
        kind = KINDS.get(getattr(interaction.channel, "type", discord.ChannelType.text))
        thread = kind is ChannelKind.THREAD
        sight = Sight(tuple(missing_permissions(interaction.app_permissions, thread=thread)), kind)
    else:
        sight = await look_at_channel(interaction.client, guild_of(interaction), channel_id)
    if sight.kind is not None:
        await context_of(interaction).preferences.note_kind(channel_id, sight.kind, now_of(interaction))
    return sight


async def show(interaction: Interaction, card: Card, *, private: bool = False) -> None:
    """Answer with a card, or follow up with it if the interaction has been answered."""
    none = discord.AllowedMentions.none()
    if interaction.response.is_done():
        await interaction.followup.send(view=card.view, files=card.files(), ephemeral=private, allowed_mentions=none)
        return
    await interaction.response.send_message(
        view=card.view, files=card.files(), ephemeral=private, allowed_mentions=none
    )


async def replace(interaction: Interaction, card: Card) -> None:
    """Edit the message that a button or select belongs to."""
    none = discord.AllowedMentions.none()
    if interaction.response.is_done():
        await interaction.edit_original_response(view=card.view, attachments=card.files(), allowed_mentions=none)
    else:
        await interaction.response.edit_message(view=card.view, attachments=card.files(), allowed_mentions=none)


async def take_time(interaction: Interaction, *, private: bool = False) -> None:
    """Tell Discord that the answer takes more than its 3 seconds; `show` and `replace` then follow up."""
    if not interaction.response.is_done():
        await interaction.response.defer(ephemeral=private, thinking=interaction.type is APPLICATION_COMMAND)


async def refuse(interaction: Interaction, sentence: str) -> None:
    """Say one sentence, to the person who asked alone."""
    none = discord.AllowedMentions.none()
    if interaction.response.is_done():
        await interaction.followup.send(sentence, ephemeral=True, allowed_mentions=none)
    else:
        await interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=none)
