"""What is said of a date that a source names and that is not believed yet: why, and what settles it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.films import Doubt, DoubtReason
from bot.domain.places import country_name
from bot.domain.subscribers import Subscriber
from bot.domain.why import days_apart, settles_at
from bot.ui.phrases import TYPES, local_time
from bot.ui.provenance import source_name

_UTC = ZoneInfo("UTC")


def doubt_line(doubt: Doubt, *, whole: bool = True) -> str:
    """That it is not believed yet, and why: "⚠️ TMDB now says 9 December 2026, 186 days later at once: …".

    `whole`: with its country and type, where what stands around does not say them.
    """
    whose = f" ({TYPES[doubt.type]}, {country_name(doubt.country)})" if whole else ""
    new = doubt.new.in_words() if doubt.new and doubt.new.first else ""
    said = f"now says **{new}**" if new else "names no date any more"
    return f"⚠️ {source_name(doubt.source)} {said}{whose}. Not believed yet: {objection(doubt)}."


def objection(doubt: Doubt) -> str:
    """Why a date is not believed at once, as a clause: "186 days later at once"."""
    match doubt.reason:
        case DoubtReason.JUMP:
            days = days_apart(doubt.old, doubt.new)
            if not days:
                return "more than half a year off at once"
            return f"{abs(days)} days {'later' if days > 0 else 'earlier'} at once"
        case DoubtReason.PAST:
            return "that day is already over"
        case DoubtReason.AGAIN:
            return "all it stands on is a re-release"
        case DoubtReason.FESTIVAL:
            return "all it stands on is a festival or a preview"
        case DoubtReason.DISAGREE:
            return "another source says a date more than a month off"
        case DoubtReason.WITHDRAWN:
            was = f"it said {doubt.old.in_words()}" if doubt.old and doubt.old.first else "it had named one"
            return f"{was}, and silence may be a slip"


def settling(doubt: Doubt, subscriber: Subscriber | None, now: datetime) -> str:
    """What settles it, and when it does so by itself, on the clocks of `subscriber`."""
    at, source = settles_at(doubt), source_name(doubt.source)
    if at is None:
        return "It does not settle by itself: an admin here may trust it, or a source names a date without such a note."
    if at <= now:
        return f"That is over as soon as {source} is asked again and says the same."
    when = local_time(at, subscriber.zone, now) if subscriber else f"{local_time(at, _UTC, now)} UTC"
    if doubt.new is None or doubt.new.first is None:
        return (
            f"The date goes once another source withdraws it too, or by itself if {source} still has none after {when}."
        )
    return f"It counts once another source agrees, or by itself if {source} still says so after {when}."
