"""`/pingme` and [Ping me]: who wants to be pinged on release days gives themselves the role, and gives it back."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.domain.errors import UserError
from bot.domain.subscribers import Subscriber
from bot.services.settings import Choices
from bot.ui.person_ids import PingMeId
from bot.ui.role_button import Pinged, find_role_button_problem, give_or_take
from cogs.answering import answers
from cogs.context import Interaction, find_subscriber, guild_of, refuse, take_time

_NO_ROLE = "No role is pinged here. An admin of this server can choose one in `/settings`."
_NOT_ALLOWED = "People do not give themselves the role here. An admin of this server can allow it in `/settings`."


class PingCommands(commands.Cog):
    """Everyone's, where `/settings` allows it."""

    @app_commands.command(description="Be pinged here on release days, or no longer: gives and takes the role")
    async def pingme(self, interaction: Interaction) -> None:
        """Give or take the role."""
        await ping_me(interaction)


@answers(PingMeId)
async def press_ping_me(interaction: Interaction, _: PingMeId, _values: list[Any]) -> None:
    """[Ping me] on an answer."""
    await ping_me(interaction)


async def require_role_to_give(interaction: Interaction, subscriber: Subscriber, choices: Choices) -> None:
    """Refuse to switch the button on for a role that nobody may be given, or to choose such a role while it is on.

    Raises:
        UserError: why the role may not be given, and what to do.
    """
    role_id = choices.get("ping_role_id", subscriber.ping_role_id)
    is_on = choices.get("role_button", subscriber.role_button)
    if role_id is None or not is_on or not {"ping_role_id", "role_button"} & choices.keys():
        return
    if problem := await find_role_button_problem(interaction.client, guild_of(interaction), role_id):
        aside = " Or switch the “Ping me” button off first." if subscriber.role_button else ""
        raise UserError(f"Nothing has been changed. {problem}{aside}")


async def ping_me(interaction: Interaction) -> None:
    """Give whoever asks the role that is pinged, or take it from who has it; said to them alone."""
    guild_id = guild_of(interaction)
    subscriber = await find_subscriber(interaction)
    role_id = subscriber.ping_role_id if subscriber else None
    if subscriber is None or role_id is None:
        await refuse(interaction, _NO_ROLE)
        return
    if not subscriber.role_button:
        await refuse(interaction, _NOT_ALLOWED)
        return
    await take_time(interaction, private=True)
    match await give_or_take(interaction.client, guild_id, interaction.user.id, role_id):
        case Pinged.GIVEN:
            said = f"You will be pinged here on release days: <@&{role_id}> is yours now. Do it again to give it back."
        case Pinged.TAKEN:
            said = f"You will not be pinged here any more: you gave <@&{role_id}> back. Do it again to have it."
        case problem:
            said = f"That does not work yet; tell an admin of this server. {problem}"
    await refuse(interaction, said)
