"""What `/schedule` shows: the next posts, the last ones with their outcome, and why something does not go out."""

from datetime import datetime

from bot.domain.answers import Agenda
from bot.domain.by_hand import decided_by
from bot.domain.dates import local_day
from bot.domain.living import LiveMessage
from bot.domain.posts import Post, PostState
from bot.ui.by_hand_card import stuck_select
from bot.ui.card import Accent, Card, Part, build_card, button, gap, rows, text
from bot.ui.ids import PreviewId
from bot.ui.phrases import channel, local_time, post_name
from bot.ui.post_lines import without_year
from bot.ui.text import escape, small, within

#: Discord takes 4,000 characters a message; these leave room for the headings.
_WARNINGS_BUDGET, _NEXT_BUDGET, _LIVE_BUDGET, _LAST_BUDGET = 800, 1200, 500, 1300
_MARKS = {
    PostState.SENT: "✅",
    PostState.SKIPPED: "⏭️",
    PostState.FAILED: "❌",
    PostState.UNCERTAIN: "❔",
}


def render_schedule(agenda: Agenda, now: datetime) -> Card:
    """The agenda of a server, in its own time."""
    subscriber = agenda.subscriber
    zone = subscriber.timezone.replace("_", " ")
    coming = [_coming(post, agenda, now) for post in agenda.coming] or [
        "Nothing is due. `/track` a film that is still to come."
    ]
    settled = [_settled(post, agenda, now) for post in agenda.settled] or ["Nothing has been posted yet."]
    warnings = [
        f"⚠️ Posts to {channel(closed.channel_id)} are paused: {escape(closed.reason)}" for closed in agenda.closed
    ]
    if subscriber.pause is not None and subscriber.pause.covers(now):
        warnings.append(f"⏸️ This server is paused {_until(subscriber.pause.until, agenda, now)}. `/resume` ends it.")
    if agenda.paused_films:
        warnings.append(f"⏸️ Paused films: {', '.join(escape(film) for film in agenda.paused_films[:5])}.")
    live = [each for each in agenda.live if each.due_at is not None]
    warnings += [_left_alone(each, agenda) for each in agenda.live if each.due_at is None]
    parts: list[Part] = [text("## Schedule", small(f"Times of {zone}."))]
    if warnings:
        parts += [text(*within(warnings, _WARNINGS_BUDGET)), gap()]
    more = f"… and {agenda.more} more" if agenda.more else ""
    parts += [text("**Next**", *within([*coming, *([more] if more else [])], _NEXT_BUDGET)), gap()]
    if live:
        parts.append(text("**Live countdowns**", *within([_live(each, agenda, now) for each in live], _LIVE_BUDGET)))
    parts.append(text("**Last**", *within(settled, _LAST_BUDGET)))
    parts += stuck_select(agenda, now)
    parts += rows([button("Preview the next post", PreviewId(), disabled=not agenda.coming)])
    return build_card(parts, Accent.REFUSED if warnings else Accent.UPCOMING)


def _coming(post: Post, agenda: Agenda, now: datetime) -> str:
    when = local_time(post.due_at, agenda.subscriber.zone, now)
    where = "held back by a pause" if post.dedup_key in agenda.held_back else channel(post.channel_id)
    return f"- {when} · {_about(post, agenda)} · {where}"


def _live(live: LiveMessage, agenda: Agenda, now: datetime) -> str:
    """Since when a message counts down, and when it is edited next."""
    zone = agenda.subscriber.zone
    since = without_year(local_day(live.since or now, zone))
    next_edit = local_time(live.due_at or now, zone, now)
    title = escape(agenda.titles.get(live.film_id, "A film"), 60)
    return f"- **{title}** · since {since} · next edit {next_edit} · {channel(live.channel_id)}"


def _left_alone(live: LiveMessage, agenda: Agenda) -> str:
    title = escape(agenda.titles.get(live.film_id, "A film"), 60)
    return (
        f"⚠️ The live countdown of **{title}** was deleted {live.lost} times in {channel(live.channel_id)}: it is not "
        "posted there again. `/track` it into another channel to have it there."
    )


def _settled(post: Post, agenda: Agenda, now: datetime) -> str:
    when = local_time(post.settled_at or post.due_at, agenda.subscriber.zone, now)
    reason = post.reason.partition(". ")[0]  # the sentences after it say what to do, as /settings does
    colon = "," if reason.startswith("paused: ") else ":"  # "skipped, paused: Marquee lacks a permission"
    why = f" · {post.state.value}{colon} {escape(reason, 70)}" if post.state is not PostState.SENT else ""
    if (who := decided_by(post)) is not None:
        why += f" · <@{who}> said so" if post.state is PostState.SENT else f" · <@{who}> left it so"
    return f"{_MARKS.get(post.state, '·')} {when} · {_about(post, agenda)}{why}"


def _about(post: Post, agenda: Agenda) -> str:
    title = agenda.titles.get(post.film_id or 0)
    return f"**{escape(title, 60)}**: {post_name(post)}" if title else post_name(post)


def _until(until: datetime | None, agenda: Agenda, now: datetime) -> str:
    return f"until {local_time(until, agenda.subscriber.zone, now)}" if until else "until somebody resumes it"
