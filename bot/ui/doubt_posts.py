"""The message that asks a server's admins about doubtful dates, and what it says once somebody has answered."""

from collections.abc import Iterator, Sequence

import discord
from discord.ui import Button, View

from bot.domain.dates import ReleaseDate
from bot.domain.doubts import DoubtState, DoubtVerdict, Heard
from bot.domain.films import Doubt, DoubtReason, ReleaseType
from bot.domain.messages import Parcel
from bot.domain.places import country_name
from bot.domain.posts import Post
from bot.domain.why import days_apart
from bot.ui.ids import DoubtId, MarkId
from bot.ui.phrases import TYPES
from bot.ui.provenance import source_name
from bot.ui.text import escape, plain, small, width

_PARAGRAPH = "\n\n"
_QUESTION = "Admins, do you trust it?"
#: A line that says who answered is no longer.
_ANSWER_WIDTH = 60
_TITLES = (200, 80, 40, 20)
_SHORT_TITLE = 34
#: Nothing but trust makes these count.
_FINAL = frozenset({DoubtReason.AGAIN, DoubtReason.FESTIVAL})
_OBJECTIONS = {
    DoubtReason.JUMP: "half a year at once is more often a slip",
    DoubtReason.PAST: "that day is over, and a date in the past is more often a slip",
    DoubtReason.AGAIN: "all it stands on is a re-release",
    DoubtReason.FESTIVAL: "all it stands on is a festival or a preview",
    DoubtReason.DISAGREE: "another source names a date more than a month off",
    DoubtReason.WITHDRAWN: "a source that falls silent is more often a slip",
}


def render_doubts(parcel: Parcel, budget: int) -> str:
    """Say what is in doubt, a paragraph each, in at most `budget` characters with everybody's answers."""
    posts, said = parcel.message.posts, ""
    for title in _TITLES:
        said = _PARAGRAPH.join(_paragraphs(parcel, title))
        if width(said) + len(posts) * _ANSWER_WIDTH <= budget:
            break
    return said


def doubt_buttons(parcel: Parcel) -> View:
    """A row of two for each doubt; every one carries the message's key."""
    posts, view = parcel.message.posts, View(timeout=None)
    view.stop()
    for place, post in enumerate(posts):
        film = parcel.films.get(post.film_id or 0)
        whose = f" · {plain(film.title, _SHORT_TITLE) or 'Untitled'}" if film and len(posts) > 1 else ""
        for verdict, label in ((DoubtVerdict.TRUST, "Trust it"), (DoubtVerdict.WAIT, "Wait")):
            custom_id = str(DoubtId(verdict, post.doubt_id or 0, place, parcel.message.message_key))
            style = discord.ButtonStyle.primary if verdict is DoubtVerdict.TRUST else discord.ButtonStyle.secondary
            view.add_item(Button[View](label=label + whose, custom_id=custom_id, style=style, row=place))
    return view


def note_answer(message: discord.Message, asked: DoubtId, heard: Heard) -> tuple[str, View]:
    """The message after `asked` was answered: who said what, under its paragraph, and the buttons still of use.

    A server that waits may trust later. Where no button is left, one that does nothing keeps the message's key.
    """
    may_trust = heard.state is DoubtState.OPEN and heard.answer and heard.answer.verdict is DoubtVerdict.WAIT
    paragraphs = message.content.split(_PARAGRAPH)
    if asked.place < len(paragraphs):
        lines = [line for line in paragraphs[asked.place].splitlines() if not line.startswith(small(""))]
        if not may_trust:
            lines[0] = lines[0].removesuffix(_QUESTION).rstrip()
        paragraphs[asked.place] = "\n".join([*lines, small(_note(heard))])
    view = View(timeout=None)
    view.stop()
    for row, children in enumerate(_rows(message)):
        for child in children:
            found = DoubtId.parse(child.custom_id or "")
            answered = found is not None and found.doubt_id == asked.doubt_id
            if answered and not (may_trust and found and found.verdict is DoubtVerdict.TRUST):
                continue
            button = Button[View](label=child.label, custom_id=child.custom_id, style=child.style, row=row)
            button.disabled = child.disabled
            view.add_item(button)
    if not view.children:
        view.add_item(Button[View](label="Answered", custom_id=str(MarkId(asked.message_key)), disabled=True))
    return _PARAGRAPH.join(paragraphs), view


def answer_in_words(heard: Heard) -> str:
    """What came of an admin's click, for them alone."""
    doubt, title = heard.doubt, f"**{escape(heard.film.label)}**"
    match heard.state:
        case DoubtState.PASSED:
            return f"It went through by itself meanwhile: {title} goes by {_date(doubt.new)}{_whose(doubt)}."
        case DoubtState.DROPPED:
            return f"It came to nothing meanwhile: no source says {_date(doubt.new)} of {title} any more."
        case DoubtState.OPEN:
            pass
    if heard.answer and heard.answer.verdict is DoubtVerdict.TRUST:
        if not heard.news:
            return f"<@{heard.answer.user_id}> has trusted it already: {title} goes by {_date(doubt.new)} here."
        now = f"goes by {_date(doubt.new)}" if _is_dated(doubt.new) else "has no date"
        told = "The channel is told at its posting hour."
        return f"Trusted: {title} {now}{_whose(doubt)} in this server from now on. {told}"
    if heard.answer and not heard.news:
        return f"<@{heard.answer.user_id}> has said so already. Trust it if you know better."
    stays = f"{_date(doubt.old)} counts" if _is_dated(doubt.old) else "it does not count"
    until = "unless somebody trusts it" if doubt.reason in _FINAL else "until a second word says the same"
    return f"Noted: for {title} {stays} {until}."


def _note(heard: Heard) -> str:
    """One line for all to see."""
    if heard.state is DoubtState.PASSED:
        return "It has gone through since."
    if heard.state is DoubtState.DROPPED:
        return "It has come to nothing since."
    if heard.answer is None:
        return ""
    who = f"<@{heard.answer.user_id}>"
    return f"Trusted by {who}." if heard.answer.verdict is DoubtVerdict.TRUST else f"Waiting; {who} said so."


def _paragraphs(parcel: Parcel, title: int) -> Iterator[str]:
    posts = parcel.message.posts
    doubts = [_doubt_of(parcel, post) for post in posts]
    for post, doubt in zip(posts, doubts, strict=True):
        film = parcel.films.get(post.film_id or 0)
        named = f"**{escape(film.label, title) or 'Untitled'}**" if film else "**A film**"
        said = f"❔ {named}: {_claim(post, doubt)} {_objection(doubt)}"
        yield said if len(posts) > 1 else f"{said} {_settling(doubt)} {_QUESTION}"
    if len(posts) > 1:
        yield _shared_settling([doubt for doubt in doubts if doubt]) + " Admins, which do you trust?"


def _doubt_of(parcel: Parcel, post: Post) -> Doubt | None:
    """None: it was settled a moment ago."""
    film = parcel.films.get(post.film_id or 0)
    return next((doubt for doubt in film.doubts if doubt.id == post.doubt_id), None) if film else None


def _claim(post: Post, doubt: Doubt | None) -> str:
    """What a source says now, and what counts here."""
    source = source_name(doubt.source) if doubt else "A source"
    where = f"({TYPES[post.type or ReleaseType.THEATRICAL]}, {country_name(post.country)})"
    old, new = post.old_date, post.date
    if not _is_dated(new):
        return f"{source} names no date any more {where}; {_date(old)} counts here."
    days = days_apart(old, new)
    if days:
        against = f"{abs(days)} days {'later' if days > 0 else 'earlier'} than the {_date(old)} that counts here"
    else:
        against = f"instead of the {_date(old)} that counts here" if _is_dated(old) else "where no date counts so far"
    return f"{source} now says **{_date(new)}** {where}, {against}."


def _objection(doubt: Doubt | None) -> str:
    if doubt is None:
        return "Not believed yet."
    begin = "Not counted" if doubt.reason in _FINAL else "Not believed yet"
    return f"{begin}: {_OBJECTIONS[doubt.reason]}."


def _settling(doubt: Doubt | None) -> str:
    if doubt is None:
        return ""
    if doubt.reason in _FINAL:
        return "That does not settle by itself: it counts here only if it is trusted."
    again = f"{source_name(doubt.source)} a day later"
    return f"It goes through by itself once a second source, or {again}, says the same."


def _shared_settling(doubts: Sequence[Doubt]) -> str:
    said = "These go through by themselves once a second source, or the same one a day later, says the same"
    final = {doubt.reason in _FINAL for doubt in doubts}
    if final == {True}:
        return "These do not settle by themselves: they count here only if they are trusted."
    return f"{said}; a re-release or a festival counts only if it is trusted." if True in final else f"{said}."


def _rows(message: discord.Message) -> Iterator[list[discord.Button]]:
    for row in message.components:
        if isinstance(row, discord.ActionRow):
            yield [child for child in row.children if isinstance(child, discord.Button)]


def _whose(doubt: Doubt) -> str:
    return f" ({TYPES[doubt.type]}, {country_name(doubt.country)})"


def _date(day: ReleaseDate | None) -> str:
    return day.in_words() if day and day.first else "no date"


def _is_dated(day: ReleaseDate | None) -> bool:
    return day is not None and day.first is not None
