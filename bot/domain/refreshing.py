"""How soon a source is asked about a film again: the nearer its release, the oftener. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.films import Doubt, Release
from bot.domain.gate import SETTLES
from bot.domain.releases import may_count

#: Within a week of a release a date still moves by days, and people wait for it.
NEAR, NEAR_EVERY = timedelta(days=7), timedelta(hours=6)
QUARTER, QUARTER_EVERY = timedelta(days=90), timedelta(days=2)
FAR_EVERY = timedelta(days=7)
#: What a source could not answer is asked again after this, doubled with each failure in a row by its own back-off.
FAILED_AFTER = timedelta(minutes=30)
#: A film that a source does not have may be added to it.
UNKNOWN_EVERY = timedelta(days=7)
#: Films of one interval are spread over this part of it, so that those tracked at once are not asked about at once.
SPREAD = 0.2


def next_check(releases: Iterable[Release], doubts: Iterable[Doubt], now: datetime, share: float) -> datetime:
    """When to ask about a film again that was asked about at `now` (aware UTC).

    `share` (0 to 1, any) is where in the spread it falls. A doubt is looked at again once a day has passed: the same
    word settles it then.
    """
    every = interval(releases, now)
    due_at = now + every * (1 - SPREAD * share)
    settles = [doubt.first_seen_at + SETTLES + timedelta(minutes=1) for doubt in doubts]
    return min([due_at, *(at for at in settles if at > now)])


def interval(releases: Iterable[Release], now: datetime) -> timedelta:
    """How often a film with these releases is asked about."""
    days = [release.date.day for release in releases if may_count(release) and release.date.day]
    ahead = [day - now.date() for day in days if day >= now.date() - timedelta(days=1)]
    nearest = min(ahead, default=timedelta.max)
    if nearest <= NEAR:
        return NEAR_EVERY
    return QUARTER_EVERY if nearest <= QUARTER else FAR_EVERY
