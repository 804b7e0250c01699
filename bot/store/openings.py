"""Films' own posts in forums: where each is, and the message that opens it."""

from datetime import datetime, timedelta

from bot.domain.allowance import Share
from bot.domain.forums import WHOLE_SERVER, opening_post, wait_before
from bot.domain.messages import Message
from bot.domain.posts import PostState
from bot.store.claims import Opened, remove_messages, seal
from bot.store.columns import epoch
from bot.store.database import Transaction
from bot.store.posts import arm_post, read_post


async def fill_opening(tx: Transaction, message: Opened, now: datetime) -> Message | None:
    """Put into a message that was opened what opens a film's own post; None, and it is gone, if that has to wait.

    Who waits for it stays planned. After one that failed, or of which nobody can tell, comes another one.
    """
    seat = message.seat
    where = {"channel_id": seat.channel_id, "film_id": seat.film_id}
    rows = await tx.all("list_due_in_forum", subscriber_id=seat.subscriber_id, now=epoch(now), **where)
    due = [read_post(row) for row in rows]
    await tx.all("add_forum_post", subscriber_id=seat.subscriber_id, **where)
    known = await tx.one("find_forum_post", **where)
    if not due or known is None or known["thread_id"] is not None:
        await remove_messages(tx, [message.id])
        return None
    opened = known["opened"]
    post = opening_post(due, seat.channel_id, opened, now)
    await arm_post(tx, post)
    stands = await tx.one("find_opening", dedup_key=post.dedup_key)
    if stands is not None and stands["state"] not in {PostState.PLANNED, PostState.BUNDLED}:
        await tx.all("count_opening", **where)
        failed = stands["state"] == PostState.FAILED
        post = opening_post(due, seat.channel_id, opened + 1, now)
        await arm_post(tx, post)
        wait = wait_before(opened) if failed else timedelta()
        await tx.all("put_off_opening", dedup_key=post.dedup_key, not_before_at=epoch(now + wait))
        stands = await tx.one("find_opening", dedup_key=post.dedup_key)
    taken = await tx.one("take_opening", dedup_key=post.dedup_key, fresh_until=epoch(post.fresh_until), now=epoch(now))
    if taken is not None:
        return (await seal(tx, [(message, [taken], Share.ALL)]))[message.id]
    await remove_messages(tx, [message.id])
    until = max(stands["not_before_at"] if stands else 0, epoch(now) + 1)
    await tx.many("wait_for_opening", [{"post_id": waiting.id, "not_before_at": until} for waiting in due])
    return None


async def note_opened(tx: Transaction, message: Message, thread_id: int) -> None:
    """A film's own post is open, in the thread that its opening made."""
    for post in message.posts:
        film_id = post.film_id or WHOLE_SERVER
        await tx.all("note_thread", channel_id=message.channel_id, film_id=film_id, thread_id=thread_id)


async def lose_thread(tx: Transaction, forum_id: int, thread_id: int) -> None:
    """Somebody deleted a film's own post."""
    await tx.all("lose_thread", channel_id=forum_id, thread_id=thread_id)
