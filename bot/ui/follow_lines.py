"""What posts say of films that were tracked by themselves."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.domain.dates import TBA
from bot.domain.messages import Parcel
from bot.domain.posts import Post, PostKind
from bot.domain.releases import counting_release
from bot.domain.subscribers import MAX_FILMS
from bot.ui.text import escape, small

EMOJI = "🆕"
_MAX_NAME = 60


def dated(parcel: Parcel, post: Post) -> Post:
    """A post with the date to speak of: the one that counts now, if it was owed by what somebody did; else its own."""
    film = parcel.films.get(post.film_id or 0)
    if post.kind not in (PostKind.FOLLOWED, PostKind.REMINDER) or film is None:
        return post
    subscriber = parcel.subscriber
    counting = counting_release(film, subscriber.country, wanted=subscriber.wanted)
    release = counting.main or counting.elsewhere
    if release is None:
        return replace(post, country=subscriber.country, date=TBA)
    return replace(post, country=release.country, type=release.type, date=release.date)


@dataclass(frozen=True, slots=True)
class Words:
    """How a film is spoken of in this message."""

    title: Callable[[Post], str]
    sentence: Callable[[Post], str]  #: its title and its date
    item: Callable[[Post], str]  #: the same in a list
    late: str  #: when the posts were due, if that is long ago


def followed_lines(parcel: Parcel, posts: Sequence[Post], words: Words) -> Iterator[str]:
    """Say which films were tracked by themselves and why, and for which there was no room."""
    films = [dated(parcel, post) for post in posts if post.film_id is not None]
    reasons = list(dict.fromkeys(post.note for post in films))
    if len(films) == 1:
        [film] = films
        said = words.sentence(film) if has_date(film) else f"{words.title(film)}. It has no date yet."
        yield f"{EMOJI} Tracked by itself, because you follow {_name(film.note)}: {said}"
    elif films:
        why = f", because you follow {_name(reasons[0])}" if len(reasons) == 1 else ""
        yield f"{EMOJI} Tracked by themselves{why}:"
        for film in films:
            said = words.item(film) if has_date(film) else f"{words.title(film)}: no date yet"
            yield f"- {said}" + ("" if why else f" (you follow {_name(film.note)})")
        if words.late:
            yield small(f"Late: these were due {words.late}.")
    for post in posts:
        if post.film_id is None:
            yield (
                f"{EMOJI} There are new films of {_name(post.note)}, and no room for them: this server tracks "
                f"{MAX_FILMS} films, the most it can. `/untrack` some, and they are tracked by themselves."
                + (f" (late: this was due {words.late})" if words.late and not films else "")
            )


def has_date(post: Post) -> bool:
    """Whether there is a date to speak of, however vague."""
    return post.date is not None and post.date.first is not None


def _name(note: str) -> str:
    return f"**{escape(note, _MAX_NAME) or 'Untitled'}**"
