"""Holds the books against Discord: what design.md promises, whatever was killed on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence

from bot.ui.ids import marker_of
from tests.chaos.ledger import BookedMessage
from tests.chaos.seeding import Seat
from tests.chaos.stage import Stage
from tests.standin.records import Message

#: What a post ends in that is due and stays true.
ENDS = frozenset({"sent", "failed", "skipped", "uncertain"})


def marker(message: Message) -> str | None:
    """The key that a message carries in the history; None if it is no post."""
    return marker_of(message.custom_ids[-1]) if message.custom_ids else None


async def audit(
    stage: Stage, seats: Sequence[Seat], *, untold: Collection[int] = (), ends: Collection[str] = ENDS
) -> dict[int, list[Message]]:
    """Check every invariant, with the bot stopped; the bot's messages by channel.

    Every seat's titles have to be told, each in exactly one message, but in the channels of `untold`.
    """
    listed = await asyncio.gather(*(stage.standin.list_messages(seat.channel_id) for seat in seats))
    bot_id = (await stage.standin.get_status()).bot_id
    there = {
        seat.channel_id: [message for message in messages if message.author_id == bot_id]
        for seat, messages in zip(seats, listed, strict=True)
    }
    assert stage.ledger.list_open() == []
    _check_messages(stage.ledger.list_messages(), [message for messages in there.values() for message in messages])
    _check_posts(stage, ends)
    for seat in seats:
        times = 0 if seat.channel_id in untold else 1
        content = "\n".join(message.content for message in there[seat.channel_id])
        assert {title: content.count(f"**{title}**") for title in seat.titles} == dict.fromkeys(seat.titles, times)
        assert "late" not in content.lower()
    return there


def _check_messages(booked: Sequence[BookedMessage], there: Sequence[Message]) -> None:
    """What the books call sent is there, what is there the books call sent, and no post is in it twice."""
    last_of_key = {(message.channel_id, message.message_key): message for message in booked}
    meant = [last_of_key[message.channel_id, marker(message) or ""] for message in there]
    told = Counter(post for message in meant for post in message.dedup_keys)
    assert [post for post, times in told.items() if times > 1] == [], "told twice"
    for message, last in zip(there, meant, strict=True):
        assert marker(message) == message.nonce
        assert (last.state, last.discord_message_id) in {("sent", message.id), ("uncertain", None)}, last
    ids = {message.id for message in there}
    assert [message for message in booked if message.state == "sent" and message.discord_message_id not in ids] == []


def _check_posts(stage: Stage, ends: Collection[str]) -> None:
    """Each post has ended: skipped, in no message but one that met a closed channel, or as its one message ended."""
    states = {message.message_key: message.state for message in stage.ledger.list_messages()}
    for post in stage.ledger.list_posts():
        assert post.state in ends, post
        if post.state in {"skipped", "cancelled"}:
            assert {states[key] for key in post.message_keys} <= {"failed"}, post
            assert post.reason, post
        else:
            assert [states[key] for key in post.message_keys] == [post.state], post
