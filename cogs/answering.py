"""How a click finds its handler: one DynamicItem a verb of the custom_id grammar, so that buttons outlive a restart."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

from discord.ui import DynamicItem, Item

from bot.ui.ids import CustomId
from cogs.context import Interaction

Id = TypeVar("Id", bound=CustomId)
#: Gets the interaction, what the custom_id says, and the values that were chosen (none for a button).
Handler = Callable[[Interaction, Id, list[Any]], Awaitable[None]]
#: Everything that has to be registered with the client, in the order of its definition.
ITEMS: list[type[DynamicItem[Any]]] = []


def answers(verb: type[Id]) -> Callable[[Handler[Id]], Handler[Id]]:
    """Make a function the handler of every button or select whose custom_id has this verb."""

    def register(handler: Handler[Id]) -> Handler[Id]:
        class Answering(DynamicItem[Any], template=verb.template):
            def __init__(self, item: Item[Any], custom_id: Id) -> None:
                super().__init__(item)
                self._says = custom_id

            @classmethod
            async def from_custom_id(cls, interaction: Interaction, item: Item[Any], match: re.Match[str], /) -> Self:
                return cls(item, verb.of(match))

            async def callback(self, interaction: Interaction) -> None:
                try:
                    await handler(interaction, self._says, list(getattr(self.item, "values", ())))
                    interaction.client.dispatch("click_completion", interaction)
                except Exception as error:  # the rim: discord.py would log it, and leave the click unanswered
                    await interaction.client.answer_error(interaction, error)

        ITEMS.append(Answering)
        return handler

    return register
