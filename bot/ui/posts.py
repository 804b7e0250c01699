"""A post as Discord gets it: a classic message of content, one embed, and buttons whose last one marks it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import discord
from discord.ui import Button, Select, View

from bot.domain.dates import TBA, ReleaseDate, local_day
from bot.domain.digests import Week
from bot.domain.films import Film, Job, Release, ReleaseType
from bot.domain.live import Countdown, Standing
from bot.domain.messages import Parcel
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import SubscriberKind
from bot.ui.brief_lines import render_brief
from bot.ui.card import Accent, Picture
from bot.ui.digest_posts import digest_content, digest_select
from bot.ui.doubt_posts import doubt_buttons, render_doubts
from bot.ui.follow_lines import dated
from bot.ui.live_lines import live_content, live_detail
from bot.ui.openings import opening_content, opening_lines, opening_name, opening_spec
from bot.ui.phrases import release_line
from bot.ui.pictures import PictureSpec, spec_of
from bot.ui.post_buttons import MAX_ROWS, post_buttons
from bot.ui.post_lines import NOTHING_MOVED, render_content
from bot.ui.provenance import sources_of_list
from bot.ui.text import escape, small, width

MAX_CONTENT = 2000  # Discord's limit
_NAMES_SHOWN = 3
_CORRECTION = small("Corrected: what is struck out has changed since. `/film` shows what is known now.")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message, ready to send."""

    content: str
    embeds: tuple[discord.Embed, ...]
    view: View  #: stopped, so that discord.py does not keep it: its buttons are DynamicItems by their custom_ids
    allowed_mentions: discord.AllowedMentions
    pictures: tuple[Picture, ...] = ()
    silent: bool = False  #: nobody's phone rings
    title: str = ""  #: the name of a film's own post in a forum

    def files(self) -> list[discord.File]:
        """Make the attachments of one message: discord.py closes them with the send."""
        return [picture.file() for picture in self.pictures]

    @property
    def last_custom_id(self) -> str:
        """Where the marker is; empty if there is no component."""
        last = self.view.children[-1] if self.view.children else None
        return last.custom_id or "" if isinstance(last, Button | Select) else ""


def render_message(parcel: Parcel, picture: Picture | None = None) -> Rendered:
    """Render what a parcel's posts have to tell. A `plain` message is its text and its marker.

    Call it inside a running event loop: discord.py's views want one.
    """
    if _is_question(parcel):
        return _question(parcel)
    if parcel.week is not None:
        return _digest(parcel, parcel.week)
    if parcel.countdown is not None:
        return _live(parcel, parcel.countdown, picture)
    mention, mentions = _ping(parcel)
    opens = parcel.message.is_opening
    title = opening_name(parcel) if opens else ""
    content = opening_content(parcel) if opens else mention + content_of(parcel, MAX_CONTENT - len(mention))
    films = films_of(parcel)
    if parcel.message.plain:
        return Rendered(content, (), post_buttons(parcel, ()), mentions, title=title)
    embed = _embed(parcel, films, picture)
    pictures = (picture,) if picture else ()
    return Rendered(content, (embed,) if embed else (), post_buttons(parcel, films), mentions, pictures, title=title)


def _live(parcel: Parcel, countdown: Countdown, picture: Picture | None) -> Rendered:
    """A live countdown, new or edited, which rings nobody's phone. Details only while it counts: nobody mends them."""
    films = () if parcel.message.plain else films_of(parcel)
    embed = _embed(parcel, films, picture) if countdown.standing is Standing.COUNTING else None
    pictures = (picture,) if picture and embed else ()
    content, nobody = live_content(parcel, countdown), discord.AllowedMentions.none()
    return Rendered(content, (embed,) if embed else (), post_buttons(parcel, films), nobody, pictures, silent=True)


def content_of(parcel: Parcel, budget: int, moved: Mapping[int, ReleaseDate | None] = NOTHING_MOVED) -> str:
    """What a message says in words."""
    render = render_brief if parcel.message.digest else render_content
    return render(parcel, budget, moved)


def _digest(parcel: Parcel, week: Week) -> Rendered:
    """A week's digest: words and a select; nobody is called for it."""
    view = post_buttons(parcel, ()) if parcel.message.plain else digest_select(parcel, week)
    return Rendered(digest_content(parcel, week, MAX_CONTENT), (), view, discord.AllowedMentions.none())


def _is_question(parcel: Parcel) -> bool:
    return all(post.kind is PostKind.DOUBT for post in parcel.message.posts)


def _question(parcel: Parcel) -> Rendered:
    """What admins are asked: words and buttons, which ring nobody's phone. As plain text it only marks itself."""
    view = post_buttons(parcel, ()) if parcel.message.plain else doubt_buttons(parcel)
    nobody = discord.AllowedMentions.none()
    return Rendered(render_doubts(parcel, MAX_CONTENT), (), view, nobody, silent=True)


def render_correction(
    parcel: Parcel, moved: Mapping[int, ReleaseDate | None], picture: Picture | None = None
) -> Rendered:
    """Render a message that was sent once more: the lines of the posts `moved` struck out, their details gone.

    Without the ping: nobody is called for what is told no more.
    """
    end = f"\n{_CORRECTION}" if moved else ""
    content = content_of(parcel, MAX_CONTENT - width(end), moved) + end
    true = still_true(parcel, moved)
    films = films_of(true)
    embed = None if parcel.message.plain else _embed(true, films, picture)
    nobody = discord.AllowedMentions.none()
    return Rendered(content, (embed,) if embed else (), post_buttons(parcel, ()), nobody, (picture,) if picture else ())


def still_true(parcel: Parcel, moved: Collection[int]) -> Parcel:
    """A parcel without the posts `moved`, by id."""
    posts = tuple(post for post in parcel.message.posts if post.id not in moved)
    return replace(parcel, message=replace(parcel.message, posts=posts))


def picture_of(parcel: Parcel, moved: Collection[int] = ()) -> PictureSpec | None:
    """The picture that goes with a message: its most pressing film's; None for text alone, or a long list.

    It is not one of the posts `moved`, by id: a picture names the day.
    """
    if parcel.message.plain or len(films_of(parcel)) > MAX_ROWS or _is_question(parcel):
        return None
    if parcel.countdown is not None and parcel.countdown.standing is not Standing.COUNTING:
        return None
    parcel = still_true(parcel, moved)
    films = films_of(parcel)
    if not films:
        return None
    if parcel.message.is_opening:
        return opening_spec(films[0])
    return spec_of(films[0], _release(_first_post(parcel, films[0]), films[0]), _today(parcel))


def films_of(parcel: Parcel) -> tuple[Film, ...]:
    """The films that a message's posts are about, the most pressing first."""
    told = (post for post in parcel.message.posts if post.kind is not PostKind.RESUME)
    ids = dict.fromkeys(post.film_id for post in told if post.film_id is not None)
    return tuple(parcel.films[film_id] for film_id in ids if film_id in parcel.films)


def _ping(parcel: Parcel) -> tuple[str, discord.AllowedMentions]:
    """The role's mention, on release day alone, and what Discord may notify: that role and nobody else."""
    role_id = parcel.subscriber.ping_role_id
    is_release = any(post.kind is PostKind.RELEASE for post in parcel.message.posts)
    if role_id is None or not is_release or parcel.subscriber.kind is not SubscriberKind.GUILD:
        return "", discord.AllowedMentions.none()
    role = discord.Object(role_id)
    return f"<@&{role_id}> ", discord.AllowedMentions(roles=[role], everyone=False, users=False, replied_user=False)


def _embed(parcel: Parcel, films: Sequence[Film], picture: Picture | None) -> discord.Embed | None:
    """The picture and where the dates come from; for a film alone also whose date it is, and who made it."""
    if not films:
        return None
    today = _today(parcel)
    releases = [_release(_first_post(parcel, film), film) for film in films]
    embed = discord.Embed(colour=int(_accent(releases[0], today)))
    if len(films) == 1:
        lines = opening_lines(films[0]) if parcel.message.is_opening else [release_line(releases[0], today)]
        if parcel.countdown is not None:
            lines = [live_detail(releases[0], parcel.countdown)]
        embed.description = "\n".join([*lines, *_makers(films[0])])
    if source := sources_of_list(films, releases):
        embed.set_footer(text=source)
    if picture:
        embed.set_image(url=f"attachment://{picture.filename}")
    return embed if embed.description or source or picture else None


def _makers(film: Film) -> list[str]:
    """Director and cast, a line each."""
    lines: list[str] = []
    for words, job in (("Directed by", Job.DIRECTOR), ("With", Job.CAST)):
        names = [escape(credit.name, 50) for credit in film.people(job)[:_NAMES_SHOWN]]
        if names:
            lines.append(f"{words} {', '.join(names)}")
    return lines


def _accent(release: Release, today: date) -> Accent:
    if release.date.first is None:
        return Accent.UNKNOWN
    return Accent.OUT if release.date.is_out(today) else Accent.UPCOMING


def _release(post: Post, film: Film) -> Release:
    """The release that a post is about, with its note and source if the film still has it."""
    wanted = (post.country, post.type, post.date)
    known = next((r for r in film.releases if (r.country, r.type, r.date) == wanted), None)
    if known is not None:
        return known
    # A date that this server alone trusts is among the doubts still.
    trusted = next((d.source for d in film.doubts if (d.country, d.type, d.new) == wanted), "")
    return Release(post.country, post.type or ReleaseType.THEATRICAL, post.date or TBA, source=trusted)


def _first_post(parcel: Parcel, film: Film) -> Post:
    posts = (post for post in parcel.message.posts if post.kind is not PostKind.RESUME)
    return dated(parcel, next(post for post in posts if post.film_id == film.id))


def _today(parcel: Parcel) -> date:
    return local_day(parcel.now, parcel.subscriber.zone)
