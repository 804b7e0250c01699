"""The digest beyond a day's cap: everything that is due in brief, release days first and never left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.domain.dates import ReleaseDate
from bot.domain.messages import Parcel
from bot.domain.places import country_name
from bot.domain.posts import Post, PostKind
from bot.ui.follow_lines import dated
from bot.ui.post_lines import EMOJI, NOTHING_MOVED, Room, Teller, late_note
from bot.ui.text import width

_HEAD = "📋 There is much to tell today. In brief:"
_MORE = "… and {} more: `/schedule`"
_ROOMS = (Room(60, brief=True), Room(30, brief=True), Room(16, brief=True), Room(8, brief=True))


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    posts: int  #: how many it tells of; a heading: none


def render_brief(parcel: Parcel, budget: int, moved: Mapping[int, ReleaseDate | None] = NOTHING_MOVED) -> str:
    """Say in at most `budget` characters what every post of `parcel` has to tell; what does not fit is counted.

    Titles are cut before a release day would be. What is late says so, and the posts `moved`, by id, are struck out.
    """
    lines: list[_Line] = []
    first: list[str] = []
    for room in _ROOMS:
        teller = Teller(parcel, room, moved)
        released, others = _parted(parcel.message.posts)
        first = [_HEAD, *_released(teller, released)]
        lines = list(_told(teller, others))
        if width("\n".join([*first, *(line.text for line in lines)])) <= budget:
            return "\n".join([*first, *(line.text for line in lines)])
        if room is not _ROOMS[-1] and width("\n".join([*first, _MORE.format(len(others))])) <= budget // 2:
            break  # release days take little room: cut the others, not the titles
    return "\n".join([*first, *_cut(lines, budget - width("\n".join(first)))])


def _parted(posts: Sequence[Post]) -> tuple[list[Post], list[Post]]:
    released = [post for post in posts if post.kind is PostKind.RELEASE]
    return released, [post for post in posts if post.kind is not PostKind.RELEASE]


def _released(teller: Teller, posts: Sequence[Post]) -> Iterator[str]:
    """The release days, in a list; one after the other on a line if there are many."""
    if not posts:
        return
    heading = f"{EMOJI[PostKind.RELEASE]} {teller.heading(PostKind.RELEASE, posts)}{_country(posts)}:"
    if teller.room is _ROOMS[-1]:
        yield f"{heading} {', '.join(teller.told(post, teller.title(post)) + _late(teller, post) for post in posts)}"
        return
    yield heading
    yield from (_item(teller, post, posts) for post in posts)


def _told(teller: Teller, posts: Sequence[Post]) -> Iterator[_Line]:
    for kind, of_kind in groupby(posts, lambda post: post.kind):
        group = list(of_kind)
        if kind is PostKind.RESUME:
            held_back = " `/schedule` says what was held back." if teller.parcel.skipped else ""
            yield _Line(f"{EMOJI[kind]} Posts are back.{held_back}{_late(teller, group[0])}", len(group))
            continue
        yield _Line(f"{EMOJI.get(kind, '·')} {_heading(teller, kind, group)}{_country(group)}:", 0)
        for post in group:
            yield _Line(_item(teller, dated(teller.parcel, post), group), 1)


def _heading(teller: Teller, kind: PostKind, posts: Sequence[Post]) -> str:
    return "Tracked by themselves" if kind is PostKind.FOLLOWED else teller.heading(kind, posts)


def _item(teller: Teller, post: Post, among: Sequence[Post]) -> str:
    line = teller.item(post, one_type=False) if post.date is not None else teller.title(post)
    if not _country(among) and post.country:
        line += f" ({country_name(post.country)})"
    return f"- {teller.told(post, line)}{_late(teller, post)}"


def _country(posts: Sequence[Post]) -> str:
    """The country that all of `posts` are about, in brackets."""
    countries = {post.country for post in posts}
    return f" ({country_name(posts[0].country)})" if len(countries) == 1 and posts[0].country else ""


def _late(teller: Teller, post: Post) -> str:
    return " (late)" if late_note(post, teller.parcel.now, teller.zone) else ""


def _cut(lines: Sequence[_Line], budget: int) -> list[str]:
    """The first of `lines` that fit, none of them a heading over nothing, and how many posts the others tell of."""
    left = sum(line.posts for line in lines)
    kept: list[_Line] = []
    for line in lines:
        shown = [*(one.text for one in kept), line.text, _MORE.format(left - line.posts)]
        if width("\n".join(["", *shown])) > budget:
            break
        kept.append(line)
        left -= line.posts
    while kept and not kept[-1].posts:
        kept.pop()
    return [*(line.text for line in kept), *([_MORE.format(left)] if left else [])]
