"""When posts that would fall into quiet hours go instead, and how long they are worth sending then. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber

#: Worth sending on their own day alone: the next one says something else.
_OF_ONE_DAY = frozenset({PostKind.COUNTDOWN, PostKind.LIVE})


def out_of_quiet(subscriber: Subscriber, posts: Iterable[Post]) -> Iterator[Post]:
    """Move what falls into the subscriber's quiet hours to their end, and what it is fresh for with it.

    What tells of its own day alone is dropped if that is over by then.
    """
    for post in posts:
        due_at = subscriber.when_loud(post.due_at)
        if due_at == post.due_at:
            yield post
        elif post.kind not in _OF_ONE_DAY:
            yield replace(post, due_at=due_at, fresh_until=post.fresh_until + (due_at - post.due_at))
        elif due_at < post.fresh_until:
            yield replace(post, due_at=due_at)
