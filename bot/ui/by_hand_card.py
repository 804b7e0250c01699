"""What to do about a post that failed or may be there: the select of `/schedule`, the question, and what came of it."""

from datetime import datetime

import discord
from discord.ui import ActionRow, LayoutView, Select

from bot.domain.answers import Agenda
from bot.domain.by_hand import Decided, Ending, Remedy, Stuck, decided_by, remedies
from bot.domain.posts import Post, PostKind, PostState
from bot.ui.card import Accent, Card, Part, build_card, button, rows, text
from bot.ui.ids import RemedyId, StuckId
from bot.ui.phrases import channel, local_time, post_name
from bot.ui.text import escape, plain

_LABELS = {Remedy.AGAIN: "Send again", Remedy.THERE: "It is there", Remedy.LEAVE: "Leave it"}
_MAX_OPTION = 100


def stuck_select(agenda: Agenda, now: datetime) -> list[Part]:
    """A select of what somebody is to decide about; nothing if there is nothing."""
    if not agenda.stuck:
        return []
    options = [
        discord.SelectOption(label=_option(post, agenda, now), value=str(post.id), description=_state(post))
        for post in agenda.stuck
    ]
    select = Select[LayoutView](custom_id=str(StuckId()), placeholder="What to do about …", options=options)
    return [ActionRow[LayoutView](select)]


def render_stuck(stuck: Stuck, now: datetime) -> Card:
    """Ask what to do about a post; what became of it, if that is decided."""
    post = stuck.post
    choices = remedies(post)
    if not choices:
        return _said(_too_late(stuck))
    when = local_time(post.settled_at or post.due_at, stuck.subscriber.zone, now)
    parts = [text(f"**{_name(stuck)}** · {when} · {channel(post.channel_id)}", _what_is_known(post))]
    return build_card([*parts, *rows([button(_LABELS[r], RemedyId(r, post.id)) for r in choices])], Accent.REFUSED)


def render_decided(decided: Decided, now: datetime) -> Card:
    """Say in a sentence what came of somebody's word."""
    return _said(_sentence(decided, now))


def _said(sentence: str) -> Card:
    return build_card([text(sentence)], Accent.UNKNOWN)


def _option(post: Post, agenda: Agenda, now: datetime) -> str:
    title = agenda.titles.get(post.film_id or 0)
    when = local_time(post.settled_at or post.due_at, agenda.subscriber.zone, now)
    tail = f"{post_name(post)} · {when}"
    return f"{plain(title, _MAX_OPTION - len(tail) - 3)} · {tail}" if title else tail


def _state(post: Post) -> str:
    return "it may be there or not" if post.state is PostState.UNCERTAIN else "Discord refused it"


def _name(stuck: Stuck) -> str:
    name = post_name(stuck.post)
    return f"{escape(stuck.title, 100)}: {name}" if stuck.title else name


def _what_is_known(post: Post) -> str:
    reason = escape(post.reason, 600)
    if post.state is not PostState.UNCERTAIN:
        return f"It was not sent. {reason}"
    advice = "Look into the channel: is it there?"
    if post.kind is PostKind.LIVE:
        advice = "If it is there, delete it first: Marquee does not know that message, and will not edit it."
    return f"It may be there or not; nobody can tell. {reason} {advice}"


def _sentence(decided: Decided, now: datetime) -> str:
    name = f"**{_name(decided.stuck)}**"
    match decided.ending:
        case Ending.TOO_LATE:
            return _too_late(decided.stuck)
        case Ending.OVER:
            return f"{name} is not sent again: its day is over."
        case Ending.UNTRUE:
            moved = decided.stuck.post.kind.names_a_day
            why = "it is about a date that has moved, or" if moved else "it"
            return f"{name} is not sent again: {why} is not wanted here any more."
        case Ending.UNTRACKED:
            return f"{name} is not sent again: the film is no longer tracked here. `/track` it first."
        case Ending.PAUSED:
            return f"{name} is not sent again: posts are paused. `/resume` first."
        case Ending.CLOSED:
            reason = escape(decided.reason, 300)
            return f"{name} is not sent again: its channel is closed. {reason} Choose one in `/settings` first."
        case Ending.DONE:
            return _done(decided, now)


def _done(decided: Decided, now: datetime) -> str:
    name = f"**{_name(decided.stuck)}**"
    if decided.remedy is Remedy.THERE:
        return f"Noted: {name} is there. It is not sent again."
    if decided.remedy is Remedy.LEAVE:
        return f"Noted: {name} is left as it is. It is not sent again."
    subscriber = decided.stuck.subscriber
    loud_at = subscriber.when_loud(now)
    when = f"after the quiet hours, {local_time(loud_at, subscriber.zone, now)}" if loud_at > now else "within a minute"
    return f"{name} is sent again {when}, or once the day's cap allows. If it is late, it says so."


def _too_late(stuck: Stuck) -> str:
    """What became of it."""
    post, name = stuck.post, f"**{_name(stuck)}**"
    whose = f"<@{who}>" if (who := decided_by(post)) is not None else ""
    match post.state:
        case PostState.PLANNED | PostState.BUNDLED:
            return f"{name} is on its way again: {whose or 'somebody'} said so."
        case PostState.SENT:
            return f"{name} is there: {whose} said so." if whose else f"{name} is there: it was sent."
        case PostState.FAILED | PostState.UNCERTAIN if whose:
            return f"{name} is left as it is: {whose} said so."
        case PostState.FAILED | PostState.UNCERTAIN:
            return f"{name} cannot be decided so. `/schedule` says what it is about now."
        case _:
            return f"{name} is not sent any more: {escape(post.reason, 200) or post.state.value}."
