"""What `/follow` and `/unfollow` answer, and the line that says what is followed."""

from collections.abc import Sequence
from datetime import date, datetime

import discord
from discord.ui import ActionRow, LayoutView, Select

from bot.domain.films import Film
from bot.domain.follows import Candidate, Follow, Followed, FollowKind
from bot.domain.places import the_country
from bot.domain.releases import counting_release
from bot.domain.subscribers import MAX_FILMS, Subscriber, today_of
from bot.ui.card import Accent, Card, Part, build_card, gap, text
from bot.ui.ids import FollowId
from bot.ui.phrases import channel, release_line
from bot.ui.text import escape, listed, plain, small

#: Films that are only named, beside those that were tracked.
_NAMED = 5
_FOLLOWS_NAMED = 10
_MAX_NAME = 40
_MAX_VALUE = 100  # Discord's limit
_SOURCES = {"tmdb": "TMDB", "wikidata": "Wikidata"}


def render_followed(followed: Followed, problems: Sequence[str], now: datetime) -> Card:
    """The answer to `/follow`. `problems`: permissions that Marquee lacks where it is to post."""
    follow, subscriber = followed.follow, followed.subscriber
    today = today_of(subscriber, now)
    verb = "already followed" if followed.already else "followed"
    where = channel(follow.channel_id or subscriber.channel_id)
    whose = f"films that {_name(follow)} directs or leads" if follow.kind is FollowKind.PERSON else "films"
    parts: list[Part] = [
        text(
            f"## {_name(follow)} is {verb}",
            f"New {whose} are tracked by themselves, as long as they are unreleased; one notice each in {where}.",
        ),
        text(*_film_lines(followed, today)),
    ]
    if followed.silent:
        names = listed([_SOURCES.get(source, source) for source in followed.silent])
        parts.append(text(f"⚠️ {names} did not answer just now: I look again within a few hours."))
    if problems:
        lacking = f"⚠️ I may not post in {where}: I lack **{', '.join(problems)}**."
        parts.append(text(f"{lacking} Allow it in the channel's settings, or choose another with `/settings`."))
    parts += [gap(), text(small("`/unfollow` ends it; `/untrack` drops one film, which then does not come back."))]
    return build_card(parts, Accent.UPCOMING if followed.tracked or followed.before else Accent.UNKNOWN)


def render_unfollowed(follow: Follow) -> Card:
    """The answer to `/unfollow`."""
    said = f"**{_name(follow)}** is no longer followed here; new films are not tracked by themselves any more."
    return build_card([text(said, small("What is tracked stays so: `/tracked` lists it."))], Accent.UNKNOWN)


def render_follow_picker(candidates: Sequence[Candidate], typed: str, channel_id: int | None, opener_id: int) -> Card:
    """Several franchises or people fit what was typed: which? The channel travels with the choice."""
    options = [
        discord.SelectOption(
            label=plain(candidate.name, 100) or "?",
            value=choice_value(candidate, channel_id),
            description=plain(", ".join(candidate.known_for), 100) or None,
        )
        for candidate in candidates[:25]
    ]
    kind = candidates[0].kind
    select = Select[LayoutView](
        custom_id=str(FollowId(kind.value, opener_id)), placeholder="Pick the one you mean", options=options
    )
    said = f"“{escape(typed, 80)}” fits more than one {kind}. Which one do you mean?"
    return build_card([text(said), ActionRow[LayoutView](select)], Accent.UNKNOWN)


def choice_value(candidate: Candidate, channel_id: int | None) -> str:
    """What a choice of the picker says: its name goes along, for who is not in the store yet."""
    which = f"{channel_id or ''}|{candidate.refs[0]}|"
    return which + plain(candidate.name, _MAX_VALUE - len(which))


def read_choice(value: str) -> tuple[int | None, str, str]:
    """The channel, the ref and the name of `choice_value`."""
    channel_id, ref, name = value.split("|", 2)
    return int(channel_id) if channel_id else None, ref, name


def follows_line(follows: Sequence[Follow]) -> str:
    """What is followed beside films, in small print; empty if nothing is."""
    if not follows:
        return ""
    names = [f"**{_name(follow)}**" for follow in follows[:_FOLLOWS_NAMED]]
    more = len(follows) - len(names)
    listed_names = listed([*names, f"{more} more"] if more else names)
    return small(f"Followed: {listed_names}. Their new films are tracked by themselves; `/unfollow` ends that.")


def render_follows(follows: Sequence[Follow]) -> Card:
    """`/tracked` where something is followed, and no film tracked yet."""
    return build_card([text("## No film is tracked here yet"), text(follows_line(follows))], Accent.UNKNOWN)


def exported_line(films: int, follows: int, *, csv: bool) -> str:
    """What comes with the file of `/export`."""
    what = f"{films} film{'' if films == 1 else 's'}" + (f" and {follows} followed" if follows else "")
    if not csv:
        return f"Everything that this server tracks: {what}."
    note = small("A title that a spreadsheet would take for a formula begins with an apostrophe: '=.")
    return f"Everything that this server tracks: {what}.\n{note}"


def _film_lines(followed: Followed, today: date) -> list[str]:
    lines: list[str] = []
    subscriber = followed.subscriber
    if followed.tracked:
        count = len(followed.tracked)
        lines.append(f"**Tracked just now: {count} film{'s' if count > 1 else ''}**")
        lines += [f"- {_film_line(film, subscriber, today)}" for film in followed.tracked]
    if followed.before:
        lines.append(f"Tracked already: {_named(followed.before)}.")
    if followed.left:
        lines.append(f"Also to come, and too many at once: {_named(followed.left)}. `/track` those that you want.")
    if followed.full:
        lines.append(
            f"No room for {_named(followed.full)}: this server tracks {MAX_FILMS} films, the most it can. "
            "`/untrack` some, and they are tracked by themselves."
        )
    if lines:
        return lines
    return [f"Nothing new is to come in {the_country(subscriber.country)}, as far as I know."]


def _film_line(film: Film, subscriber: Subscriber, today: date) -> str:
    counting = counting_release(film, subscriber.country, wanted=subscriber.wanted)
    release = counting.main or counting.elsewhere
    when = release_line(release, today) if release else "no date yet"
    return f"**{escape(film.label, 100)}** · {when}"


def _named(films: Sequence[Film]) -> str:
    names = [f"**{escape(film.label, 60)}**" for film in films[:_NAMED]]
    more = len(films) - len(names)
    return listed([*names, f"{more} more"] if more else names)


def _name(follow: Follow) -> str:
    return escape(follow.name, _MAX_NAME) or "Untitled"
