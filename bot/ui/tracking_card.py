"""What `/track` and `/untrack` answer: whose date, which type, how sure, and the first post."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import discord
from discord.ui import ActionRow, Button, LayoutView, Select

from bot.domain.answers import Tracked
from bot.domain.dates import Precision
from bot.domain.films import Film, Release
from bot.domain.live import is_live
from bot.domain.merge import BUNDLED
from bot.domain.places import country_name, the_country
from bot.domain.posts import PostKind
from bot.domain.subscribers import DEFAULT_WANTED, in_force, today_of
from bot.ui.bells import bell
from bot.ui.card import Accent, Card, Part, Picture, build_card, button, gap, rows, shown, text
from bot.ui.ids import ChangeId, ChooseId, DateOfId, OpenId, Purpose, StopId, Tab, ZoneId
from bot.ui.person_ids import PingMeId
from bot.ui.phrases import (
    TYPES,
    channel,
    city,
    country_with_flag,
    film_choice,
    local_time,
    pause_line,
    release_line,
    wanted_in_words,
)
from bot.ui.provenance import with_age
from bot.ui.text import escape, plain, small
from bot.ui.zone_choice import zone_choice


def render_tracked(tracked: Tracked, problems: Sequence[str], now: datetime, picture: Picture | None = None) -> Card:
    """The answer to `/track`. `problems`: permissions that Marquee lacks where it is to post."""
    film = tracked.film
    today = today_of(tracked.subscriber, now)
    heading = "already tracked" if tracked.already else "tracked"
    parts: list[Part] = [shown(picture)] if picture else []
    parts += [
        text(f"## {escape(film.label)} is {heading}", *release_lines(tracked, today)),
        text(*_posts_lines(tracked, now)),
    ]
    if problems:
        parts.append(text(_problem_line(tracked, problems)))
    settings = _settings_line(tracked)
    parts += [gap(), text(small(settings), small(_source_line(tracked, today, now)))]
    if len(tracked.zones) > 1:
        parts += zone_choice(tracked.zones, tracked.subscriber.timezone, ZoneId(film.id))
    parts += rows(_date_buttons(tracked, today))
    parts += rows(
        [
            button("Details", OpenId(film.id, Tab.OVERVIEW), discord.ButtonStyle.primary),
            button("Cast", OpenId(film.id, Tab.CAST)),
            button("Trivia", OpenId(film.id, Tab.TRIVIA)),
            bell(film.id),
            *([button("Ping me", PingMeId())] if tracked.subscriber.may_ping_themselves else []),
            button("Change", ChangeId()),
            button("Stop tracking", StopId(film.id)),
        ]
    )
    return build_card(parts, Accent.UPCOMING if tracked.posts else Accent.UNKNOWN, (picture,) if picture else ())


def render_untracked(film: Film) -> Card:
    """The answer to `/untrack`."""
    said = f"**{escape(film.label)}** is no longer tracked here; nothing more will be posted about it."
    return build_card([text(said, small("`/track` brings it back."))], Accent.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Option:
    """A film in a picker."""

    ref: str  #: "id:12", or "tmdb:541671" for one that is not in the store yet
    label: str
    description: str | None = None


def option_of(film: Film, country: str) -> Option:
    """A film of the store in a picker, told from its namesakes by its date here and its director."""
    return Option(f"id:{film.id}", film_choice(film, country), _director(film))


def render_picker(options: Sequence[Option], purpose: Purpose, typed: str, opener_id: int, arg: str = "") -> Card:
    """Several films fit what was typed: which? `arg` travels with the choice."""
    choices = [
        discord.SelectOption(label=option.label, value=f"{option.ref}|{arg}", description=option.description)
        for option in options[:25]
    ]
    select = Select[LayoutView](
        custom_id=str(ChooseId(purpose, opener_id)), placeholder="Pick the film you mean", options=choices
    )
    said = f"Several films fit “{escape(typed, 80)}”. Which one do you mean?"
    return build_card([text(said), ActionRow[LayoutView](select)], Accent.UNKNOWN)


def release_lines(tracked: Tracked, today: date) -> list[str]:
    """Whose date, which type, how sure; and what else is known."""
    counting, country = tracked.counting, in_force(tracked.subscriber, tracked.subscription).country
    if counting.main is None:
        said = f"{country_with_flag(country)} · no date yet."
        if counting.elsewhere is None:
            return [said]
        return [said, f"The nearest that is known: {release_line(counting.elsewhere, today)}."]
    main = counting.main
    if main.date.is_out(today) and main.date.day != today:
        said = [f"Out since {main.date.in_words()}: {country_with_flag(main.country)} · {TYPES[main.type]}."]
        said += [f"Still to come: {release_line(owed, today)}." for owed in counting.owed if _is_coming(owed, today)]
        return said
    lines = [release_line(main, today)]
    if counting.wide is not None:
        lines.append(f"Everywhere: {release_line(counting.wide, today)}.")
    lines += [f"Then: {release_line(owed, today)}." for owed in counting.owed if owed is not main]
    return lines


def _is_coming(release: Release, today: date) -> bool:
    return release.date.last is None or release.date.last >= today


def _posts_lines(tracked: Tracked, now: datetime) -> list[str]:
    paused = pause_line(tracked.subscriber, tracked.subscription, now)
    return [paused, *([_first_post(tracked, now)] if tracked.posts or not paused else [])]


def _first_post(tracked: Tracked, now: datetime) -> str:
    subscriber, posts = tracked.subscriber, tracked.posts
    if posts and ((tracked.subscription.live.there and is_live(subscriber)) or posts[0].kind is PostKind.LIVE):
        return _live_line(tracked, now)
    if posts:
        first = posts[0]
        when, where = local_time(first.due_at, subscriber.zone, now), channel(first.channel_id)
        more = len(posts) - 1
        rest = f", then {more} more" if more else ""
        which = "Next" if tracked.already else "First"
        return f"{which} post **{when}** in {where}{rest}."
    today = today_of(subscriber, now)
    owed = tracked.counting.ahead(today) if tracked.counting.owed else None
    if owed is not None and owed.date.day == today:
        return "It is out today, so there is nothing left to count down. If the date moves, I will say so."
    is_over = owed.date.is_out(today) if owed is not None else tracked.counting.main is not None
    if is_over:
        return "Nothing more is due here. If a new date appears, I will say so."
    if owed is not None and owed.date.day is not None:
        return "No further post is due before it. If the date moves, I will say so."
    known = (
        f"only {owed.date.in_words()} is known"
        if owed is not None and owed.date.precision is not Precision.TBA
        else "no day is known here"
    )
    return f"So far {known}. I will say so when the day is set, and count down from then on."


def _live_line(tracked: Tracked, now: datetime) -> str:
    """Where it is counted down to, in one message."""
    first, where = tracked.posts[0], channel(tracked.posts[0].channel_id)
    alert = "The release day gets a post of its own."
    if first.kind is not PostKind.LIVE:
        return f"The live countdown in {where} is updated every day. {alert}"
    when = local_time(first.due_at, tracked.subscriber.zone, now)
    return f"A live countdown begins **{when}** in {where}: one message, updated every day. {alert}"


def _settings_line(tracked: Tracked) -> str:
    """Whose dates count, which releases, and by whose clock; for this film alone if somebody chose so."""
    subscriber, own = in_force(tracked.subscriber, tracked.subscription), tracked.subscription
    at = f"{subscriber.posts_at:%H:%M} {city(subscriber.timezone)}"
    ways = f" ({wanted_in_words(subscriber.wanted)})" if subscriber.wanted != DEFAULT_WANTED else ""
    if own.country is not None:
        here = f"the others here go by {the_country(tracked.subscriber.country)}"
        return f"Following {_date_of(own.country)}{ways} for this film, {at}; {here}."
    dates = f"{country_name(subscriber.country)} dates{ways}, {at}"
    return dates if subscriber.country_chosen else f"{dates}: guessed from your language. Not right? Press Change."


def _date_buttons(tracked: Tracked, today: date) -> list[Button[LayoutView]]:
    """Where the country has no date: to follow the nearest one; where another's is followed: to go back."""
    film, elsewhere = tracked.film, tracked.counting.elsewhere
    if tracked.subscription.country is not None:
        country = tracked.subscriber.country
        return [button(f"Follow {_date_of(country)} again", DateOfId(film.id, country))]
    if elsewhere is None or elsewhere.date.is_out(today):
        return []
    return [button(f"Follow {_date_of(elsewhere.country)}", DateOfId(film.id, elsewhere.country))]


def _date_of(country: str) -> str:
    """A country's date, in few words: "the US date", "Iceland's date"."""
    short = {"US": "US", "GB": "UK", "AE": "UAE"}.get(country)
    return f"the {short} date" if short else f"{country_name(country)}'s date"


def _source_line(tracked: Tracked, today: date, now: datetime) -> str:
    """Whose word the date is, and how old."""
    release = tracked.counting.main or tracked.counting.elsewhere
    source = release.source if release else BUNDLED
    return f"{'Date' if release else 'Facts'}: {with_age(source, tracked.film, tracked.asked, today, now)}"


def _problem_line(tracked: Tracked, problems: Sequence[str]) -> str:
    where = channel(tracked.subscription.channel_id or tracked.subscriber.channel_id)
    return (
        f"⚠️ I may not post in {where}: I lack **{', '.join(problems)}**. "
        "Allow it in the channel's settings under Permissions, or choose another channel with `/settings`."
    )


def _director(film: Film) -> str | None:
    titles = [film.original_title, *film.alternative_titles]
    other = next((title for title in titles if title and title != film.title), None)
    return plain(other, 100) if other else None
