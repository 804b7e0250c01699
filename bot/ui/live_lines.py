"""What a live countdown says: the film's day, how far it is, and that the message is kept up to date."""

from datetime import date

from bot.domain.films import Release
from bot.domain.live import Countdown, Standing
from bot.domain.messages import Parcel
from bot.domain.places import the_country
from bot.ui.phrases import TYPES, channel, country_with_flag, release_line
from bot.ui.post_lines import release_news, release_place
from bot.ui.text import escape, small

_TITLE = 200
_CELLS = 10


def live_content(parcel: Parcel, countdown: Countdown) -> str:
    """The whole message: a sentence for each release that counts, and a line of small print."""
    films = [parcel.films.get(post.film_id or 0) for post in parcel.message.posts]
    title = f"**{escape(films[0].title, _TITLE) if films and films[0] else 'A film'}**"
    lead = countdown.lead
    if countdown.standing is Standing.ENDED:
        return f"🎬 {title} is no longer tracked here: this countdown has ended."
    if lead is None or lead.date.first is None:
        said = f"📅 {title} has no release date in {the_country(countdown.country)} at present."
        return f"{said}\n{small(_fine_print(countdown, parcel))}"
    if countdown.standing is Standing.RESTING or lead.date.day is None:
        lines = [f"📅 {title} {release_place(lead)}.", *(f"{_capital(release_place(r))}." for r in _others(countdown))]
    else:
        emoji = "🎬" if lead.date.day > countdown.today else "🍿"
        lines = [f"{emoji} {title} {release_news(lead, countdown.today)}."]
        lines += [_beside(release, countdown.today) for release in _others(countdown)]
    return "\n".join([*lines, small(_fine_print(countdown, parcel))])


def live_detail(release: Release, countdown: Countdown) -> str:
    """The release in the embed; how far it is only as long as tomorrow's edit corrects that."""
    if countdown.counts:
        return release_line(release, countdown.today)
    return f"{country_with_flag(release.country)} · {TYPES[release.type]} · **{release.date.in_words()}**"


def _others(countdown: Countdown) -> list[Release]:
    """The other releases that count and that have a date."""
    return [r for r in countdown.releases if r is not countdown.lead and r.date.first is not None]


def _beside(release: Release, today: date) -> str:
    return f"It {release_news(release, today)}." if release.date.day else f"{_capital(release_place(release))}."


def _fine_print(countdown: Countdown, parcel: Parcel) -> str:
    """What becomes of this message."""
    if countdown.elsewhere is not None:
        return f"This countdown goes on in {channel(countdown.elsewhere)}."
    if countdown.standing is Standing.RESTING:
        return "This countdown is no longer updated."
    if not countdown.counts:
        return (
            "The countdown is over." if countdown.is_over else "The countdown goes on here as soon as there is a day."
        )
    at = parcel.subscriber.posts_at
    if countdown.lead is not None and countdown.lead.date.day == countdown.today:
        return _bar(countdown)
    return f"{_bar(countdown)} updated every day at {at:%H:%M}"


def _bar(countdown: Countdown) -> str:
    """How much of the wait is over, from the first milestone to the day; full on the day alone."""
    lead = countdown.lead
    day = lead.date.day if lead else None
    left = max((day - countdown.today).days, 0) if day else countdown.longest
    waited = _CELLS * (countdown.longest - left) // max(countdown.longest, 1)
    full = min(max(waited, 0), _CELLS - 1) if left else _CELLS
    return "▰" * full + "▱" * (_CELLS - full)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
