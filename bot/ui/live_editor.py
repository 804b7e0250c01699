"""LiveEditor on discord.py: makes a live countdown in its channel say what it says now."""

import discord

from bot.domain.messages import Attempt, Outcome, Parcel
from bot.ui.answers import Trouble, editing_of, locked
from bot.ui.gate import leaving_the_gate_open
from bot.ui.pictures import PictureShop
from bot.ui.posts import picture_of, render_message
from bot.ui.threads import ThreadLocked, awake

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
_UNKNOWN_MESSAGE = 10008


class DiscordLiveEditor:
    """Edits as the bot that `client` is."""

    def __init__(self, client: discord.Client, pictures: PictureShop) -> None:
        self._client = client
        self._pictures = pictures

    async def edit(self, parcel: Parcel) -> Attempt | None:
        """Put words, details and picture of now in the place of those that are there; the buttons stay. None: gone.

        Raises:
            ValueError: nobody knows which message of Discord's it is.
        """
        message = parcel.message
        if message.discord_message_id is None:
            raise ValueError(f"message {message.id} is not known to be in its channel")
        shown = render_message(parcel, await self._pictures.find_picture(picture_of(parcel)))
        there = self._client.get_partial_messageable(message.channel_id).get_partial_message(message.discord_message_id)

        async def edit() -> None:
            await there.edit(
                content=shown.content,
                embeds=list(shown.embeds),
                attachments=shown.files(),
                allowed_mentions=shown.allowed_mentions,
            )

        try:
            with leaving_the_gate_open(self._client):
                await awake(self._client, message.channel_id, edit)
        except ThreadLocked:
            return locked()
        except (*Trouble, ValueError, KeyError, TypeError) as error:  # the last three: an answer that cannot be read
            gone = isinstance(error, discord.NotFound) and error.code == _UNKNOWN_MESSAGE
            return None if gone else editing_of(error)
        return Attempt(Outcome.SENT, message.discord_message_id)
