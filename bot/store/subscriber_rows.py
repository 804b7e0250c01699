"""Rows of subscribers and subscriptions, as the domain's objects and back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from bot.domain.doubts import DoubtAnswer, DoubtVerdict
from bot.domain.films import DateChange, Doubt, Film, Release
from bot.domain.gate import as_trusted
from bot.domain.quiet import QuietHours
from bot.domain.subscribers import (
    NO_LIVE,
    LiveMark,
    Pause,
    Subscriber,
    SubscriberKind,
    Subscription,
    TrackRight,
    Wanted,
)
from bot.store.columns import epoch, epoch_or_none, instant_of, instant_or_none, json_text, numbers_of, texts_of
from bot.store.database import Row
from bot.store.film_rows import brief_film


def read_subscriber(row: Row) -> Subscriber:
    """A row of subscribers."""
    return Subscriber(
        id=row["id"],
        kind=SubscriberKind(row["kind"]),
        discord_id=row["discord_id"],
        channel_id=row["channel_id"],
        country=row["country"],
        timezone=row["timezone"],
        posting_time=_time_of(row["posting_minute"]),
        milestones=numbers_of(row["milestones"]),
        ping_role_id=row["ping_role_id"],
        track_right=TrackRight(row["track_right"]),
        pause=read_pause(row),
        country_chosen=bool(row["country_chosen"]),
        timezone_chosen=bool(row["timezone_chosen"]),
        settings_changed_at=instant_or_none(row["settings_changed_at"]),
        revision=row["revision"],
        wanted=frozenset(map(Wanted, texts_of(row["wanted"]))),
        quiet=_read_quiet(row),
        digest_weekday=row["digest_weekday"],
        live=bool(row["live"]),
        daily_cap=row["daily_cap"],
        role_button=bool(row["role_button"]),
        crosspost=bool(row["crosspost"]),
        admin_channel_id=row["admin_channel_id"],
        left_at=instant_or_none(row["left_at"]),
    )


def settings_columns(subscriber: Subscriber) -> Mapping[str, Any]:
    """Every setting as its columns."""
    return {
        "channel_id": subscriber.channel_id,
        "country": subscriber.country,
        "timezone": subscriber.timezone,
        "posting_minute": _minute_of(subscriber.posting_time),
        "milestones": json_text(subscriber.milestones),
        "ping_role_id": subscriber.ping_role_id,
        "track_right": subscriber.track_right.value,
        "country_chosen": int(subscriber.country_chosen),
        "timezone_chosen": int(subscriber.timezone_chosen),
        "settings_changed_at": epoch_or_none(subscriber.settings_changed_at),
        "wanted": wanted_column(subscriber.wanted),
        "quiet_from": _minute_of(subscriber.quiet.start) if subscriber.quiet else None,
        "quiet_to": _minute_of(subscriber.quiet.end) if subscriber.quiet else None,
        "digest_weekday": subscriber.digest_weekday,
        "live": int(subscriber.live),
        "daily_cap": subscriber.daily_cap,
        "role_button": int(subscriber.role_button),
        "crosspost": int(subscriber.crosspost),
        "admin_channel_id": subscriber.admin_channel_id,
        **pause_columns(subscriber.pause),
    }


def _read_live(row: Row) -> LiveMark:
    if row["live_lost"] is None:  # there never was one
        return NO_LIVE
    return LiveMark(
        there=row["live_message_id"] is not None,
        lost=row["live_lost"],
        lost_at=instant_or_none(row["live_lost_at"]),
        counted_on=date.fromisoformat(row["live_counted_on"]) if row["live_counted_on"] else None,
    )


def _read_quiet(row: Row) -> QuietHours | None:
    if row["quiet_from"] is None:
        return None
    return QuietHours(_time_of(row["quiet_from"]), _time_of(row["quiet_to"]))


def _time_of(minute: int) -> time:
    return time(*divmod(minute, 60))


def _minute_of(at: time) -> int:
    return at.hour * 60 + at.minute


def read_pause(row: Row) -> Pause | None:
    """The pause of a row of subscribers or subscriptions."""
    if row["paused_at"] is None:
        return None
    return Pause(instant_of(row["paused_at"]), instant_or_none(row["paused_until"]))


def pause_columns(pause: Pause | None) -> Mapping[str, Any]:
    """A pause as its columns."""
    return {
        "paused_at": epoch(pause.since) if pause else None,
        "paused_until": epoch_or_none(pause.until) if pause else None,
    }


def wanted_column(wanted: frozenset[Wanted] | None) -> str | None:
    """Ways of release as a list; NULL stays NULL."""
    return None if wanted is None else json_text(way.value for way in Wanted if way in wanted)


def read_subscription(
    row: Row,
    releases: Sequence[Release],
    changes: Sequence[DateChange],
    doubts: Sequence[Doubt],
    answers: Mapping[int, DoubtAnswer],
) -> Subscription:
    """A row of subscriptions with its film's columns, and what that has in other tables."""
    return subscription_of(row, replace(brief_film(row, releases, changes, {}), doubts=tuple(doubts)), answers)


def subscription_of(row: Row, film: Film, answers: Mapping[int, DoubtAnswer]) -> Subscription:
    """A row of subscriptions to `film`, which has its doubts and the changes that this subscriber knows."""
    trusted = [d for d in film.doubts if d.id in answers and answers[d.id].verdict is DoubtVerdict.TRUST]
    return Subscription(
        film=as_trusted(film, trusted),
        tracked_at=instant_of(row["tracked_at"]),
        tracked_by=row["tracked_by"],
        channel_id=row["channel_id"],
        pause=read_pause(row),
        told_change_id=row["told_change_id"] or 0,
        wanted=None if row["wanted"] is None else frozenset(map(Wanted, texts_of(row["wanted"]))),
        country=row["country"],
        chosen_at=instant_or_none(row["chosen_at"]),
        live=_read_live(row),
        answered=frozenset(answers),
    )
