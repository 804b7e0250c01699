"""`/me`: a person's own clock and reminders, for their eyes alone."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.delivery_preferences import read_quiet
from bot.domain.errors import MessagesClosed
from bot.domain.preferences import read_country, read_hour, read_milestones, read_zone
from bot.domain.subscribers import Subscriber
from bot.services.settings import Choices
from bot.ui.card import Card
from bot.ui.my_card import render_forgotten, render_mine, render_sure
from bot.ui.person_ids import MyControl, MyId
from bot.ui.reminder_cards import back_again
from bot.ui.setting_lines import quiet_in_words
from cogs.answering import answers
from cogs.context import Interaction, context_of, now_of, person_of, replace, show, take_time
from cogs.reminders import guessed_from, reach

#: What a form asks for → its label, and an example of what to type.
FORM_TEXTS = {
    "country": ("Country", "Germany, DE, or United Kingdom"),
    "timezone": ("Time zone", "Europe/Berlin, or a city: New York"),
    "hour": ("Hour", "9, 18:30 or 9pm"),
    "milestones": ("Days before the release", "7, 1, or none"),
    "quiet": ("Quiet hours", "22-8, 10pm to 8am, or none"),
}


class OwnCommands(commands.Cog):
    """Everyone's, in a server or in direct messages; the answer is private."""

    @app_commands.command(description="Your own reminders by direct message: what comes, when, and how to stop it")
    async def me(self, interaction: Interaction) -> None:
        """Show the person's own card."""
        await take_time(interaction, private=True)
        await show(interaction, await my_card(interaction, said=await _open_again(interaction)), private=True)


async def my_card(interaction: Interaction, page: int = 0, said: str = "") -> Card:
    """The card of whoever typed or clicked; `said`: what has just been done."""
    now = now_of(interaction)
    reminders = await context_of(interaction).reminding.list_reminders(person_of(interaction), now)
    return render_mine(reminders, page, guessed_from(interaction), now, interaction.user.id, said)


@answers(MyId)
async def answer_own(interaction: Interaction, my_id: MyId, values: list[Any]) -> None:
    """A control of a person's own card; whoever pressed it acts on their own reminders alone."""
    reminding, now, user_id = context_of(interaction).reminding, now_of(interaction), interaction.user.id
    match my_id.control:
        case MyControl.SHOW:
            await replace(interaction, await my_card(interaction))
        case MyControl.CHANGE:
            known = (await reminding.list_reminders(person_of(interaction), now)).person
            await interaction.response.send_modal(OwnForm(str(values[0]), known))
        case MyControl.STOP_ONE:
            film = await reminding.stop(user_id, int(values[0]), now)
            await replace(interaction, await my_card(interaction, said=f"No more reminders of {film.label}."))
        case MyControl.STOP_ALL | MyControl.FORGET:
            followed = (await reminding.list_reminders(person_of(interaction), now)).followed
            await replace(interaction, render_sure(my_id.control, len(followed)))
        case MyControl.STOP_ALL_SURELY:
            count = await reminding.stop_all(user_id, now)
            stopped = "1 reminder is" if count == 1 else f"{count} reminders are"
            await replace(interaction, await my_card(interaction, said=f"{stopped} stopped."))
        case MyControl.FORGET_SURELY:
            await reminding.forget(user_id)
            await replace(interaction, render_forgotten())


class OwnForm(discord.ui.Modal):
    """A form with one text, for one's own country, zone, hour, days or quiet hours."""

    def __init__(self, what: str, person: Subscriber) -> None:
        label, example = FORM_TEXTS[what]
        super().__init__(title=f"Change: {label}", timeout=600)
        self._what = what
        self._typed = discord.ui.TextInput[Any](default=_in_force(what, person), max_length=100)
        self.add_item(discord.ui.Label[Any](text=label, description=f"Such as {example}", component=self._typed))

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Read the text, save it, and show the card again."""
        choices = _read(self._what, self._typed.value)
        context, now = context_of(interaction), now_of(interaction)
        person = await context.reminding.get_person(person_of(interaction), now)
        await context.preferences.change(person.id, now, **choices)
        await replace(interaction, await my_card(interaction, said="Saved."))

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:
        """Hand errors to the one handler that all commands have."""
        await interaction.client.answer_error(interaction, error)


async def _open_again(interaction: Interaction) -> str:
    """Try direct messages that had stopped arriving once more; what came of it, empty if nothing was wrong."""
    context, now = context_of(interaction), now_of(interaction)
    reminders = await context.reminding.list_reminders(person_of(interaction), now)
    if not reminders.closed:
        return ""
    try:
        channel_id = await reach(interaction, back_again())
    except MessagesClosed:
        await context.reminding.note_told(reminders.person)
        return ""
    await context.preferences.reopen(reminders.person, channel_id, now)
    return "My direct messages reach you again."


def _in_force(what: str, person: Subscriber) -> str:
    return {
        "country": person.country,
        "timezone": person.timezone,
        "hour": f"{person.posting_time:%H:%M}",
        "milestones": ", ".join(str(day) for day in person.milestones) or "none",
        "quiet": quiet_in_words(person),
    }[what]


def _read(what: str, typed: str) -> Choices:
    match what:
        case "country":
            return {"country": read_country(typed)}
        case "timezone":
            return {"timezone": read_zone(typed)}
        case "hour":
            return {"posting_time": read_hour(typed)}
        case "quiet":
            return {"quiet": read_quiet(typed)}
        case _:
            return {"milestones": read_milestones(typed)}
