"""What posts say in words: one sentence for one, lists for several, and never more than a message holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.domain.dates import ReleaseDate, days_in_words, local_day, weekday_date
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.messages import Parcel
from bot.domain.places import country_name
from bot.domain.posts import LATE, Post, PostKind
from bot.domain.releases import ChangeKind, change_in_words, kind_of_change
from bot.domain.subscribers import SubscriberKind
from bot.ui.follow_lines import EMOJI as FOLLOWED_EMOJI
from bot.ui.follow_lines import Words, followed_lines
from bot.ui.phrases import post_name
from bot.ui.reminder_lines import reminder_lines
from bot.ui.text import escape, small, width, within

#: What the channel is told for the first time, or again.
NOTHING_MOVED: Mapping[int, ReleaseDate | None] = {}
#: What a pause kept back is told up to here; the rest is counted.
MAX_SKIPPED = 15
EMOJI = {
    PostKind.RELEASE: "🍿",
    PostKind.DATE_CHANGE: "📅",
    PostKind.COUNTDOWN: "🎬",
    PostKind.RESUME: "▶️",
    PostKind.FOLLOWED: FOLLOWED_EMOJI,
    PostKind.DOUBT: "❔",
}


@dataclass(frozen=True, slots=True)
class _Words:
    """How one type of release is spoken of."""

    ahead: str  #: with {when} ("in 7 days") and {day}
    today: str
    since: str
    place: str  #: in a list: "in cinemas"
    noun: str  #: in brackets: "cinemas"


_WORDS = {
    ReleaseType.PREMIERE: _Words(
        "has its premiere {when}: {day}", "has its premiere today", "had its premiere on", "premiere", "premiere"
    ),
    ReleaseType.LIMITED: _Words(
        "opens in selected cinemas {when}: {day}", "is out today in selected cinemas",
        "has been out in selected cinemas since", "in selected cinemas", "selected cinemas",
    ),
    ReleaseType.THEATRICAL: _Words(
        "opens in cinemas {when}: {day}", "is out today in cinemas", "has been out in cinemas since",
        "in cinemas", "cinemas",
    ),
    ReleaseType.DIGITAL: _Words(
        "can be streamed or rented digitally from {day}, {when}", "can be streamed or rented digitally from today",
        "can be streamed or rented digitally since", "digital", "digital",
    ),
    ReleaseType.PHYSICAL: _Words(
        "comes out on disc {when}: {day}", "is out today on disc", "has been out on disc since", "on disc", "disc"
    ),
    ReleaseType.TV: _Words("is on TV {when}: {day}", "is on TV today", "was first on TV on", "on TV", "TV"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Room:
    """How much is said of each post: what does not fit into a message is said again in less room."""

    title: int  #: characters of a title
    brief: bool = False


_ROOMS = (Room(200), Room(80), Room(60, brief=True), Room(36, brief=True), Room(20, brief=True))


def render_content(parcel: Parcel, budget: int, moved: Mapping[int, ReleaseDate | None] = NOTHING_MOVED) -> str:
    """Say what every post of `parcel` has to tell, in at most `budget` characters, the most pressing first.

    Days are counted from the subscriber's local day at `parcel.now`. What is late says so. The lines of the posts
    `moved`, by id, are struck out, and say their new date.
    """
    lines: list[str] = []
    for room in _ROOMS:
        lines = list(Teller(parcel, room, moved).lines())
        if width("\n".join(lines)) <= budget:
            break
    return "\n".join(within(lines, budget))


@dataclass(frozen=True, slots=True)
class Teller:
    """Words for the posts of one message."""

    parcel: Parcel
    room: Room
    moved: Mapping[int, ReleaseDate | None]

    @property
    def zone(self) -> ZoneInfo:
        """Whose clocks count."""
        return self.parcel.subscriber.zone

    @property
    def today(self) -> date:
        """The day that days are counted from."""
        return local_day(self.parcel.now, self.zone)

    def lines(self) -> Iterator[str]:
        """One line for each post, under a heading wherever several of a kind come together."""
        for kind, of_kind in groupby(self.parcel.message.posts, lambda post: post.kind):
            posts = list(of_kind)
            if kind is PostKind.RESUME:
                yield from self._resumed(posts)
            elif kind is PostKind.FOLLOWED:
                late = late_note(posts[0], self.parcel.now, self.zone)
                words = Words(self.title, self._sentence, self._followed_item, late)
                yield from followed_lines(self.parcel, posts, words)
            elif kind is PostKind.REMINDER:
                late = late_note(posts[0], self.parcel.now, self.zone)
                words = Words(self.title, self._sentence, self._followed_item, late)
                yield from reminder_lines(self.parcel, posts, words)
            elif len(posts) == 1:
                yield f"{EMOJI[kind]} {self.told(posts[0], self._sentence(posts[0]))}"
            else:
                yield from self._listed(kind, posts)

    def told(self, post: Post, line: str) -> str:
        """A line, struck out if it is true no more."""
        if post.id not in self.moved:
            return line
        return f"~~{line}~~ {_moved_to(self.moved[post.id])}"

    def _sentence(self, post: Post) -> str:
        said = f"{self.title(post)} {self._news(post)}."
        note = late_note(post, self.parcel.now, self.zone)
        return f"{said} (late: this was due {note})" if note else said

    def _news(self, post: Post) -> str:
        """What happened, or will: "opens in cinemas tomorrow: Fri 6 June 2025 (United States)"."""
        if post.kind is PostKind.DATE_CHANGE:
            return f"{_change(post.old_date, post.date)} ({_words(post).noun}, {country_name(post.country)})"
        return release_news(post, self.today)

    def _listed(self, kind: PostKind, posts: Sequence[Post]) -> Iterator[str]:
        """A heading with what the posts share, and a line for each."""
        one_type = len({post.type for post in posts}) == 1
        one_country = len({post.country for post in posts}) == 1
        notes = [late_note(post, self.parcel.now, self.zone) for post in posts]
        heading = f"{EMOJI[kind]} {self.heading(kind, posts)}"
        if one_type and kind is not PostKind.DATE_CHANGE:
            heading += f" {_words(posts[0]).place}"
        yield f"{heading} ({country_name(posts[0].country)}):" if one_country else f"{heading}:"
        for post, note in zip(posts, notes, strict=True):
            line = self.item(post, one_type=one_type)
            if not one_country:
                line += f" ({country_name(post.country)})"
            if note and len(set(notes)) > 1:
                line += " (late)" if self.room.brief else f" (late: due {note})"
            yield f"- {self.told(post, line)}"
        if notes[0] and len(set(notes)) == 1:
            yield small(f"Late: these were due {notes[0]}.")

    def heading(self, kind: PostKind, posts: Sequence[Post]) -> str:
        """What the posts of a kind have in common."""
        if kind is PostKind.DATE_CHANGE:
            return "New dates"
        if kind is PostKind.COUNTDOWN:
            return "Coming up"
        return "Out today" if all(post.date and post.date.day == self.today for post in posts) else "Out now"

    def item(self, post: Post, *, one_type: bool) -> str:
        """A post in a list; its heading says the country, and the type if all have the same."""
        title, words = self.title(post), _words(post)
        if post.kind is PostKind.DATE_CHANGE:
            if self.room.brief:
                return f"{title}: {_date(post.old_date)} → {_date(post.date)} ({words.noun})"
            return f"{title} {_change(post.old_date, post.date)} ({words.noun})"
        day = post.date.day if post.date else None
        days = (day - self.today).days if day else 0
        when = ""
        if day is None:
            when = _date(post.date)
        elif days > 0:
            when = f"{days_in_words(days)}, {weekday_date(day)}"
        elif days < 0:
            when = f"since {without_year(day)}"
        detail = " ".join(part for part in ("" if one_type else words.place, when) if part)
        return f"{title}: {detail}" if detail else title

    def _followed_item(self, post: Post) -> str:
        return f"{self.item(post, one_type=False)} ({country_name(post.country)})"

    def _resumed(self, posts: Sequence[Post]) -> Iterator[str]:
        """That posts are back, and what the pause kept back; nothing beside other posts if it kept nothing back."""
        films = {post.film_id for post in posts}
        about = f" about {self.title(posts[0])}" if len(films) == 1 and posts[0].film_id is not None else ""
        skipped = self.parcel.skipped
        if not skipped and len(posts) < len(self.parcel.message.posts):
            return  # the other posts show by themselves that posts are back
        if self.parcel.subscriber.kind is SubscriberKind.USER:
            told = " This was due meanwhile:" if skipped else ""
            yield f"{EMOJI[PostKind.RESUME]} My messages to you are back.{told}"
        else:
            told = " While they were paused, these were held back:" if skipped else ""
            yield f"{EMOJI[PostKind.RESUME]} Posts{about} are back.{told}"
        for post in skipped[:MAX_SKIPPED]:
            day = f" ({_date(post.date)})"
            if post.kind is PostKind.DATE_CHANGE:
                day = f", {_date(post.old_date)} → {_date(post.date)}"
            elif post.kind is PostKind.FOLLOWED:
                day = ""
            yield f"- {self.title(post)}: {post_name(post)}{day}"
        if len(skipped) > MAX_SKIPPED:
            yield f"- and {len(skipped) - MAX_SKIPPED} more"
        if note := late_note(posts[0], self.parcel.now, self.zone):
            yield small(f"Late: this was due {note}.")

    def title(self, post: Post) -> str:
        """A film's title in bold; with its year where another film of this message has the same one."""
        film = self.parcel.films.get(post.film_id or 0)
        if film is None:
            return f"**{escape(post.note, self.room.title)}**" if post.note else "A film"
        title = film.label if self._shares_title(film) else film.title
        return f"**{escape(title, self.room.title) or 'Untitled'}**"

    def _shares_title(self, film: Film) -> bool:
        return any(other.title == film.title and other.id != film.id for other in self.parcel.films.values())


def release_news(release: Post | Release, today: date) -> str:
    """What a release does, as the rest of a sentence: "opens in cinemas tomorrow: Fri 6 June 2025 (United States)"."""
    words, country = _words(release), country_name(release.country)
    day = release.date.day if release.date else None
    if day is None:
        return f"{words.place}: {_date(release.date)} ({country})"
    days = (day - today).days
    if days > 0:
        return f"{words.ahead.format(when=days_in_words(days), day=weekday_date(day))} ({country})"
    return f"{words.today if days == 0 else f'{words.since} {without_year(day)}'} ({country})"


def release_place(release: Post | Release) -> str:
    """A release and its date, whatever day it is: "in cinemas: Fri 6 June 2025 (United States)"."""
    day = release.date.day if release.date else None
    when = weekday_date(day) if day else _date(release.date)
    return f"{_words(release).place}: {when} ({country_name(release.country)})"


def without_year(day: date) -> str:
    """A day that is near: "Fri 6 June"."""
    return weekday_date(day).rsplit(" ", 1)[0]


def _words(post: Post | Release) -> _Words:
    return _WORDS[post.type or ReleaseType.THEATRICAL]


def _date(day: ReleaseDate | None) -> str:
    return day.in_words() if day and day.first else "no date"


def _change(old: ReleaseDate | None, new: ReleaseDate | None) -> str:
    """What a date did, as the rest of a sentence that begins with the title."""
    kind = kind_of_change(old, new)
    if kind in {ChangeKind.DELAYED, ChangeKind.MOVED_UP}:
        return f"was {change_in_words(old, new)}"
    if kind is ChangeKind.WITHDRAWN:
        return f"has no date any more: it was {_date(old)}"
    if kind is ChangeKind.VAGUE:
        return f"is now only dated {_date(new)}: it was {_date(old)}"
    until_now = f", until now {_date(old)}" if kind is ChangeKind.PRECISE else ""
    return f"has a date: {_date(new)}{until_now}"


def _moved_to(day: ReleaseDate | None) -> str:
    """What is said behind a line that is struck out."""
    if day is None:
        return "That has changed."
    if day.first is None:
        return "It has no date any more."
    return f"Moved to **{day.in_words()}**." if day.day else f"Now dated **{day.in_words()}**."


def late_note(post: Post, now: datetime, zone: ZoneInfo) -> str:
    """When a late post was due, on local clocks: "at 09:00 today"; empty if it is in time."""
    if now - post.due_at <= LATE:
        return ""
    due = post.due_at.astimezone(zone)
    return f"at {due:%H:%M} {'today' if due.date() == local_day(now, zone) else f'on {without_year(due.date())}'}"
