"""What the end of a message says of its channel, written down with it: its kind, a film's own post, what to publish."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.messages import Attempt, Message, MessageState, Settlement
from bot.store import channels as channel_store
from bot.store import crossposts as crosspost_store
from bot.store import openings as opening_store
from bot.store.database import Transaction


async def note_arrival(
    tx: Transaction, message: Message, settlement: Settlement, attempt: Attempt, now: datetime
) -> None:
    """Write down, in the transaction that settles `message`, what Discord said of its channel."""
    if attempt.kind is not None:
        await channel_store.set_kind(tx, message.channel_id, attempt.kind, now)
    if attempt.thread_lost and message.forum_id is not None:
        await opening_store.lose_thread(tx, message.forum_id, message.channel_id)
    if settlement.message is not MessageState.SENT:
        return
    if not message.is_opening:
        await note_arrivals(tx, [message], now)
    elif attempt.discord_message_id is not None:
        await opening_store.note_opened(tx, message, attempt.discord_message_id)


async def note_arrivals(tx: Transaction, messages: Sequence[Message], now: datetime) -> None:
    """Write down what there is to be done with messages that arrived, of which Discord said nothing else."""
    await crosspost_store.add_crossposts(tx, messages, now)
