"""How soon a source is asked about a film again: the nearer its release, the oftener. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from bot.domain.dates import Precision, ReleaseDate
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
#: A list of changes goes by whole days, and names a film until its day is over: it is asked about again after this.
LISTED_EVERY = timedelta(hours=6)
#: Films of one interval are spread over this part of it, so that those asked about at once drift apart.
SPREAD = 0.2


def next_check(
    releases: Iterable[Release], doubts: Iterable[Doubt], now: datetime, share: float, *, first: bool = False
) -> datetime:
    """When to ask about a film again that was asked about at `now` (aware UTC).

    `share` (0 to 1, any) is where in the spread it falls. After the `first` answer that is the whole interval: films
    that were tracked all at once are to be asked about evenly from then on. A film is not left to its longer interval
    when it comes nearer meanwhile. A doubt is looked at again once a day has passed: the same word settles it then.
    """
    dates = [release.date for release in releases if may_count(release)]
    due_at = now + _interval(dates, now.date()) * (1 - (1 if first else SPREAD) * share)
    settles = [doubt.first_seen_at + SETTLES + timedelta(minutes=1) for doubt in doubts]
    return min([due_at, *_nearer(dates, now, share), *(at for at in settles if at > now)])


def interval(releases: Iterable[Release], now: datetime) -> timedelta:
    """How often a film with these releases is asked about."""
    return _interval([release.date for release in releases if may_count(release)], now.date())


def _interval(dates: Iterable[ReleaseDate], today: date) -> timedelta:
    every = FAR_EVERY
    for each in dates:
        if each.first is None or each.last is None or each.last < today - timedelta(days=1):
            continue
        if each.precision is Precision.DAY and each.first - today <= NEAR:
            return NEAR_EVERY
        # A month or a quarter that is close is to become a day; a mere year says nothing of how close it is.
        if each.precision is not Precision.YEAR and each.first - today <= QUARTER:
            every = QUARTER_EVERY
    return every


def _nearer(dates: Iterable[ReleaseDate], now: datetime, share: float) -> list[datetime]:
    """When each date comes near enough for a shorter interval: within the first one, spread over it."""
    today, tz = now.date(), now.tzinfo
    return [
        datetime.combine(each.day - near, time(), tz) + every * share
        for each in dates
        if each.day is not None
        for near, every in ((NEAR, NEAR_EVERY), (QUARTER, QUARTER_EVERY))
        if each.day - near > today
    ]
