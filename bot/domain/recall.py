"""Which posts are in their channel although the store knows nothing of it: it is a copy that was put back. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bot.domain.messages import HISTORY_MARGIN, Message, message_key
from bot.domain.posts import Post, PostKind


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of Marquee's in a channel's history."""

    discord_message_id: int
    message_key: str
    film_ids: frozenset[int]  #: those that its buttons and options name
    sent_at: datetime


#: Where posts that the books did not know of were told, by their ids.
Found = Mapping[int, Seen]
NOTHING: Found = MappingProxyType({})


def recall(message: Message, seen: Sequence[Seen], known: Collection[str]) -> Found:
    """Find where the posts of `message`, by id, were told already. `known`: the keys of messages that are in the books.

    The key of the same posts tells it for certain. They may have gone out in other company too: then a message that the
    books do not know names the post's film, and came after the post was due.
    """
    found: dict[int, Seen] = {}
    for post in message.posts:
        keys = {message.message_key, message_key(message.channel_id, [post.dedup_key])}
        for candidate in seen:
            if candidate.message_key in keys or (candidate.message_key not in known and _may_tell(candidate, post)):
                found[post.id] = candidate
                break
    return found


def _may_tell(seen: Seen, post: Post) -> bool:
    # A live countdown goes alone: it has its own key, or it is not there.
    alone = post.kind is PostKind.LIVE
    return not alone and post.film_id in seen.film_ids and seen.sent_at >= post.due_at - HISTORY_MARGIN
