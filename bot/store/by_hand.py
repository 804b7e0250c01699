"""Posts that failed, or of which nobody can tell, and what a person decides about them."""

from datetime import datetime

from bot.domain.posts import Post, PostState
from bot.store.columns import epoch, epoch_or_none
from bot.store.database import Transaction
from bot.store.posts import read_post


async def list_stuck(tx: Transaction, subscriber_id: int, since: datetime, limit: int) -> list[Post]:
    """List what ended so since then and nobody has decided about, the newest first."""
    rows = await tx.all("list_stuck", subscriber_id=subscriber_id, since=epoch(since), n=limit)
    return [read_post(row) for row in rows]


async def find_post(tx: Transaction, subscriber_id: int, post_id: int) -> Post | None:
    """Find a post of a subscriber; None if it is somebody else's."""
    row = await tx.one("find_post", subscriber_id=subscriber_id, post_id=post_id)
    return read_post(row) if row else None


async def decide_post(tx: Transaction, post: Post, state: PostState, reason: str, settled_at: datetime | None) -> bool:
    """Bring a stuck post into the state that somebody decided on; False if it is stuck no longer."""
    values = {"state": state.value, "reason": reason, "settled_at": epoch_or_none(settled_at)}
    return await tx.one("decide_post", post_id=post.id, subscriber_id=post.subscriber_id, **values) is not None
