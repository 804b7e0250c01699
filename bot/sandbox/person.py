"""The person at the page, who may also type a whole command as text and press Enter."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
import simcord
from discord import app_commands
from discord.app_commands import Parameter

_LINE = re.compile(r"/([a-z0-9_-]+)(?:\s+(.*))?", re.DOTALL)
_OPTION = re.compile(r"([a-z0-9_-]+):\s*(.*)", re.DOTALL)
_TYPED_AS_TEXT = {
    discord.AppCommandOptionType.string: str,
    discord.AppCommandOptionType.integer: int,
    discord.AppCommandOptionType.number: float,
}


class Person(simcord.MemberActor):
    """A member for whom "/track ballerina", sent as a message, is the command.

    The page offers a command's option only to someone who picks the command from its list; a line typed in one go, or
    pasted, would be an ordinary message that no bot answers.
    """

    def __init__(
        self,
        env: simcord.Env,
        guild: simcord.GuildHandle,
        user: simcord.UserHandle,
        tree: app_commands.CommandTree[Any],
    ) -> None:
        super().__init__(env, guild, user)
        self._tree = tree
        #: What the application does by itself once a button, a select or a form was answered; the world waits for it.
        self.afterwards: Callable[[], Awaitable[None]] = _nothing

    async def send(
        self,
        channel: simcord.ChannelHandle,
        content: str = "",
        *,
        reply_to: discord.Message | simcord.ResponseMessage | None = None,
        attachments: Sequence[tuple[str, bytes]] = (),
    ) -> discord.Message:
        """Send the message, then run the command that it spells, if it spells one."""
        message = await super().send(channel, content, reply_to=reply_to, attachments=attachments)
        if line := _LINE.fullmatch(content.strip()):
            command = self._tree.get_command(line[1])
            if isinstance(command, app_commands.Command):
                try:
                    await self.slash(channel, line[1], **_read_options(command.parameters, line[2] or ""))
                except (simcord.OptionError, ValueError):
                    return message  # not what the command takes: it stays a message
        return message

    async def click(
        self,
        message: discord.Message | simcord.ResponseMessage,
        *,
        label: str | None = None,
        custom_id: str | None = None,
    ) -> simcord.InteractionResult:
        """Press a button, then let happen what it made due."""
        result = await super().click(message, label=label, custom_id=custom_id)
        await self.afterwards()
        return result

    async def select(
        self, message: discord.Message | simcord.ResponseMessage, values: Sequence[Any], *, custom_id: str | None = None
    ) -> simcord.InteractionResult:
        """Choose in a select, then let happen what that made due."""
        result = await super().select(message, values, custom_id=custom_id)
        await self.afterwards()
        return result

    async def submit_modal(self, shown: simcord.InteractionResult, values: dict[str, Any]) -> simcord.InteractionResult:
        """Send a form, then let happen what it made due."""
        result = await super().submit_modal(shown, values)
        await self.afterwards()
        return result


async def _nothing() -> None:
    pass


def _read_options(parameters: Sequence[Parameter], text: str) -> dict[str, str | int | float]:
    """The first option, and its value, that `text` spells: "ballerina" or "film: ballerina"; none when it is empty."""
    text = text.strip()
    if not text or not parameters:
        return {}
    named = {parameter.display_name: parameter for parameter in parameters}
    parameter = parameters[0]
    if (match := _OPTION.fullmatch(text)) and match[1] in named:
        parameter, text = named[match[1]], match[2]
    return {parameter.display_name: _TYPED_AS_TEXT.get(parameter.type, str)(text)}
