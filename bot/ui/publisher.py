"""Publisher on discord.py: messages of announcement channels, to the channels that follow them."""

import discord

from bot.domain.channels import ChannelKind
from bot.domain.messages import Attempt, Message, Outcome
from bot.ui.answers import Trouble, editing_of

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
_PUBLISHED_ALREADY = 40033
#: The channel is not one of announcements; 50068: nor is the message one that can be published.
_NO_NEWS = frozenset({50008, 50024, 50068})


class DiscordPublisher:
    """Publishes as the bot that `client` is."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def publish(self, message: Message) -> Attempt:
        """Publish a message that is in its channel. SENT: it is published, or deleted."""
        channel = self._client.get_partial_messageable(message.channel_id)
        try:
            await channel.get_partial_message(message.discord_message_id or 0).publish()
        except discord.HTTPException as error:
            if error.code == _PUBLISHED_ALREADY:
                return Attempt(Outcome.SENT, message.discord_message_id)
            if error.code in _NO_NEWS:
                return Attempt(Outcome.REJECTED, reason="It is no announcement channel.", kind=ChannelKind.TEXT)
            return editing_of(error)
        except (*Trouble, ValueError, KeyError, TypeError) as error:
            return editing_of(error)
        return Attempt(Outcome.SENT, message.discord_message_id)
