"""How dates, countries and types of release are worded wherever they are shown."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.dates import days_in_words, weekday_date
from bot.domain.films import Film, Release, ReleaseType
from bot.domain.places import country_name, flag
from bot.domain.posts import Post, PostKind
from bot.domain.releases import counting_release
from bot.domain.subscribers import Subscriber, Subscription, Wanted
from bot.ui.text import plain

#: Discord's limit for the name of a choice.
_MAX_CHOICE = 100
TYPES = {
    ReleaseType.PREMIERE: "premiere",
    ReleaseType.LIMITED: "limited release",
    ReleaseType.THEATRICAL: "in cinemas",
    ReleaseType.DIGITAL: "digital",
    ReleaseType.PHYSICAL: "on disc",
    ReleaseType.TV: "on TV",
}


def country_with_flag(code: str) -> str:
    """A country with its flag before it."""
    return f"{flag(code)} {country_name(code)}".strip()


def release_line(release: Release, today: date) -> str:
    """Whose date, which type, how sure: "🇺🇸 United States · in cinemas · **Fri 6 June 2025**, in 10 days"."""
    day = release.date.day
    when = f"**{weekday_date(day)}**, {days_in_words((day - today).days)}" if day else f"**{release.date.in_words()}**"
    return f"{country_with_flag(release.country)} · {TYPES[release.type]} · {when}"


def film_choice(film: Film, country: str) -> str:
    """A film in a list of choices: "Ballerina (2025) · 6 June 2025, US"; the date is the one that counts here."""
    counting = counting_release(film, country)
    release = counting.main or counting.elsewhere
    tail = f" · {release.date.in_words()}, {release.country}" if release else ""
    return plain(film.label, _MAX_CHOICE - len(tail)) + tail


def found_choice(label: str, original_title: str, hint: str) -> str:
    """A film that is not in the store yet, in a list: "Ballerina (2016) · Éric Summer", "Leap! · Ballerina"."""
    title = label.rsplit(" (", 1)[0]
    more = hint or (original_title if original_title not in ("", title) else "")
    tail = f" · {plain(more, 40)}" if more else ""
    return plain(label, _MAX_CHOICE - len(tail)) + tail


def wanted_in_words(wanted: frozenset[Wanted]) -> str:
    """The ways of release that count: "cinema, digital"."""
    return ", ".join(way.value for way in Wanted if way in wanted)


def local_time(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """An instant as clocks in `zone` show it: "Tue 3 June 09:00"; "Wed 18 November 2026, 09:00" if `now` is in 2025."""
    local = instant.astimezone(zone)
    day = weekday_date(local.date())
    if local.year != now.astimezone(zone).year:
        return f"{day}, {local:%H:%M}"
    return f"{day.rsplit(' ', 1)[0]} {local:%H:%M}"


def city(zone: str) -> str:
    """A time zone as a place: "New York" of America/New_York."""
    return zone.rpartition("/")[2].replace("_", " ")


def pause_line(subscriber: Subscriber, subscription: Subscription, now: datetime) -> str:
    """That nothing is posted about a film at present, and until when; empty if no pause is on."""
    pauses = [pause for pause in (subscriber.pause, subscription.pause) if pause and pause.covers(now)]
    if not pauses:
        return ""
    ends = [pause.until for pause in pauses if pause.until]
    # Of the server's pause and the film's the later end counts.
    until = local_time(max(ends), subscriber.zone, now) if len(ends) == len(pauses) else "`/resume`"
    return f"⏸️ Posts are paused until {until}."


def channel(channel_id: int | None) -> str:
    """A channel as a mention; Discord shows its name."""
    return f"<#{channel_id}>" if channel_id else "no channel yet"


def post_name(post: Post) -> str:
    """What a post is about, without its film: "7 days to go", "release day", "date change"."""
    match post.kind:
        case PostKind.COUNTDOWN:
            return "1 day to go" if post.milestone_days == 1 else f"{post.milestone_days} days to go"
        case PostKind.RELEASE:
            return "release day"
        case PostKind.DATE_CHANGE:
            return "date change"
        case PostKind.RESUME:
            return "what a pause kept back"
        case PostKind.FOLLOWED:
            return "tracked by itself" if post.film_id else "no room for new films"
        case PostKind.DOUBT:
            return "a date in doubt"
        case PostKind.LIVE:
            return "live countdown"
        case PostKind.REMINDER:
            return "a reminder that was put off"
        case PostKind.DIGEST:
            return "weekly digest"
        case PostKind.OPENING:
            return "its own post in the forum"
