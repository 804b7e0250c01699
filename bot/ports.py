"""The few seams with more than one adapter. Imports the domain only."""

from datetime import datetime
from typing import Protocol

from bot.domain.messages import Attempt, Message, Parcel
from bot.domain.subscribers import Subscriber


class Clock(Protocol):
    """What time it is: the machine's in production, a virtual one in the sandbox and in tests."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...


class MessageSender(Protocol):
    """Sends what is owed to a destination and says what came of it. Never raises for what Discord answers."""

    async def send(self, parcel: Parcel) -> Attempt:
        """Send `parcel`, with its message's key as nonce and as marker."""
        ...

    async def find(self, message: Message, after: datetime) -> Attempt:
        """Look for `message` in its destination's history since `after`: SENT, NOT_SENT, UNREADABLE or UNKNOWN."""
        ...

    async def correct(self, message: Message, discord_message_id: int) -> None:
        """Mark a message that is in its channel, and is no longer true, as corrected."""
        ...

    async def tell_admins(self, subscriber: Subscriber, channel_id: int, attempt: Attempt) -> None:
        """Tell those who look after a server why posts stopped, or what is uncertain. Never raises."""
        ...
