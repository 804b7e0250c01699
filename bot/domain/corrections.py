"""Which messages in a channel say what is true no longer, what they are to say, and when to try again. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.dates import TBA, ReleaseDate
from bot.domain.films import Film, ReleaseType
from bot.domain.messages import Attempt, Message, Outcome
from bot.domain.plan import names_its_day
from bot.domain.posts import Post, PostKind
from bot.domain.releases import counting_for, may_count
from bot.domain.subscribers import Subscriber, Subscription

#: News says what moved, and stays true of its day; these say when a film comes out.
NAMES_A_DAY = frozenset({PostKind.COUNTDOWN, PostKind.RELEASE})
#: An older message has left everybody's screen; the notice of the new date has not.
CORRECTED_FOR = timedelta(days=60)
#: The reason of a sent post whose line is struck out.
STRUCK = "struck out: its day is the film's no longer"
_GIVEN_UP = "not corrected: "
#: 2, 4, 8 … seconds, then an hour each: about a day in all.
_LONGEST_WAIT, _LAST_ATTEMPT = timedelta(hours=1), 34


@dataclass(frozen=True, slots=True)
class Told:
    """A countdown or an alert that is in a channel, or on its way there."""

    message_id: int
    post: Post


@dataclass(frozen=True, slots=True)
class Correction:
    """A message that is to say what is true now."""

    message: Message  #: sent, with its posts
    attempt: int  #: 1 for the first; after that the channel may show what an earlier one wrote


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a correction and of the reasons of its posts."""

    retry_at: datetime | None  #: None: it is over
    reasons: Mapping[int, str]  #: of those posts whose reason changes, by id
    given_up: bool = False


def to_correct(told: Iterable[Told], films: Mapping[int, Film]) -> list[int]:
    """List the messages that are to be edited, by id: `told` is what a subscriber was told of `films`, by film id.

    The latest of each film and type of release, if it names a day that is the film's no longer; and any whose struck
    line has become true again. One that could not be corrected is left alone.
    """
    told = list(told)
    latest: dict[tuple[int | None, ReleaseType | None], int] = {}
    for each in told:
        latest[_story(each.post)] = max(latest.get(_story(each.post), 0), each.message_id)
    return sorted({each.message_id for each in told if _is_due(each, films, latest[_story(each.post)])})


def moved_days(
    posts: Iterable[Post],
    films: Mapping[int, Film],
    subscriber: Subscriber,
    subscriptions: Sequence[Subscription],
) -> dict[int, ReleaseDate | None]:
    """Map each of `posts` whose day is its film's no longer to the day that is: post id → date.

    `films`: by the film id of a post, as everybody has them; a film that is followed counts as the subscriber has it.
    TBA: no day is known any more. None: there is no one day to name, as of a film that now comes out in another way.
    """
    followed = {subscription.film.id: subscription for subscription in subscriptions}
    moved: dict[int, ReleaseDate | None] = {}
    for post in posts:
        film = films.get(post.film_id or 0)
        if post.kind not in NAMES_A_DAY or film is None:
            continue
        subscription = followed.get(film.id)
        film = subscription.film if subscription else film
        if not names_its_day(post, film):
            moved[post.id] = _new_day(post, film, subscriber, subscription)
    return moved


def changed_reasons(posts: Iterable[Post], moved: Mapping[int, ReleaseDate | None]) -> dict[int, str]:
    """The reasons that posts get by a message that strikes out `moved` and nothing else; only those that change."""
    changed: dict[int, str] = {}
    for post in posts:
        if post.id in moved and post.reason != STRUCK:
            changed[post.id] = STRUCK
        elif post.id not in moved and (post.reason == STRUCK or _is_given_up(post)):
            changed[post.id] = ""
    return changed


def settle_correction(
    correction: Correction, attempt: Attempt, moved: Mapping[int, ReleaseDate | None], now: datetime
) -> Settled:
    """Decide what an attempt to edit comes to. Editing twice is harmless: whatever may pass is tried again."""
    reasons = changed_reasons(correction.message.posts, moved)
    if attempt.outcome is Outcome.SENT:
        return Settled(None, reasons)
    passing = attempt.outcome in {Outcome.NOT_SENT, Outcome.UNAUTHORISED, Outcome.UNKNOWN}
    if passing and correction.attempt < _LAST_ATTEMPT:
        wait = min(timedelta(seconds=2 ** min(correction.attempt, 12)), _LONGEST_WAIT)
        return Settled(now + max(attempt.retry_after, wait), {})
    return Settled(None, dict.fromkeys(reasons, _GIVEN_UP + attempt.reason), given_up=True)


def _story(post: Post) -> tuple[int | None, ReleaseType | None]:
    return (post.film_id, post.type)


def _is_due(told: Told, films: Mapping[int, Film], latest_id: int) -> bool:
    film = films.get(told.post.film_id or 0)
    if film is None or _is_given_up(told.post):
        return False
    if names_its_day(told.post, film):
        return told.post.reason == STRUCK
    return told.post.reason != STRUCK and told.message_id == latest_id


def _is_given_up(post: Post) -> bool:
    return post.reason.startswith(_GIVEN_UP)


def _new_day(post: Post, film: Film, subscriber: Subscriber, subscription: Subscription | None) -> ReleaseDate | None:
    """The day that counts here now, else the only one of that country and type."""
    wanted = (post.country, post.type)
    owed = counting_for(subscriber, subscription).owed if subscription else ()
    counting = [release.date for release in owed if (release.country, release.type) == wanted]
    here = [r for r in film.releases if r.country == post.country and may_count(r) and r.date.first]
    days = counting[:1] or list({release.date for release in here if release.type is post.type})
    if len(days) == 1:
        return days[0]
    return None if here else TBA
