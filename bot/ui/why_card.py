"""The tab that `/why` opens: why this date, each source's word, what is not believed yet, and what the date was."""

from bot.domain.dates import Precision, weekday_date
from bot.domain.films import DateChange, DoubtReason, Release
from bot.domain.languages import language_name
from bot.domain.merge import BUNDLED
from bot.domain.places import country_name, the_country
from bot.domain.releases import change_in_words, is_again
from bot.domain.sources import AnswerState
from bot.domain.subscribers import Wanted
from bot.domain.why import Basis, Standing, Why, Word, explain
from bot.ui.card import Part, gap, text
from bot.ui.doubt_lines import doubt_line, settling
from bot.ui.film_view import FilmView, TabBody, dated
from bot.ui.phrases import TYPES, country_with_flag, local_time
from bot.ui.provenance import ago, looked_up, source_name
from bot.ui.text import escape, small, within

_HISTORY = 8
#: Discord takes 4,000 characters a message; the card's head and small print need some.
_WORDS_BUDGET, _DOUBTS_BUDGET, _HISTORY_BUDGET = 1200, 900, 900
_ASIDE = 2
_NONE_COUNTS = {
    DoubtReason.AGAIN: "Only a re-release is known there, and that never counts.",
    DoubtReason.FESTIVAL: "Only a premiere, festival or preview is known there, and that never counts.",
}


def render_why(view: FilmView) -> TabBody:
    """Why the film has the date it has for this server."""
    why = explain(view.film, view.country, view.counting, view.wanted, view.asked, view.trusted)
    parts: list[Part] = [text(*_answer(view, why))]
    if why.words:
        lines = within((line for word in why.words for line in _word(view, why, word)), _WORDS_BUDGET)
        parts += [gap(), text("**What each source says**", *lines, small(_next_look(view, why)))]
    doubts = [line for doubt in why.open_doubts for line in (doubt_line(doubt), small(_settling(view, why, doubt.id)))]
    if doubts:
        parts += [gap(), text(*within(doubts, _DOUBTS_BUDGET))]
    parts += [gap(), text("**What it was before**", *_history(why))]
    return TabBody(tuple(parts))


def _answer(view: FilmView, why: Why) -> list[str]:
    """The date in force, which release counts, and whose word it is: a sentence each."""
    release, here = why.release, the_country(why.country)
    if release is None:
        nothing = (
            _NONE_COUNTS[why.not_here] if why.not_here else "No source names a date that counts, here or elsewhere."
        )
        return [f"### No date for {country_with_flag(why.country)} yet", nothing, *_passed_over(view, why)]
    when = dated(release.date, view.today)
    whose = f"{country_with_flag(release.country)} · {TYPES[release.type]}"
    if not why.here:
        return [
            f"### No date for {country_with_flag(why.country)} yet",
            _NONE_COUNTS[why.not_here] if why.not_here else f"No source names a {_ways(view)} date for {here}.",
            *_passed_over(view, why),
            f"**Nearest** {whose} · {when}",
            f"**Whose word** {_whose_word(why, release)}",
            small("Nothing is counted down to another country's date, unless `/track` chose that country."),
        ]
    own = why.country != (view.subscriber.country if view.subscriber else why.country)
    return [
        f"### {when[:1].upper()}{when[1:]}",
        f"{whose}{' · this country was chosen for this film' if own else ''}",
        f"**Which release** {_which(view, why)}",
        *_passed_over(view, why),
        f"**Whose word** {_whose_word(why, release)}",
    ]


def _which(view: FilmView, why: Why) -> str:
    """The rule that chose the release, in a sentence."""
    wide, others = view.counting.wide, view.counting.others
    match why.basis:
        case Basis.LIMITED:
            everywhere = f" ({dated(wide.date, view.today)})" if wide else ""
            said = f"The limited release comes before the wide one{everywhere}, so it counts."
        case Basis.ANY:
            said = "No source knows of a cinema release anywhere, so its first release of any kind counts."
        case Basis.CHOSEN:
            said = f"This server waits for {_ways(view)}: the first such release counts."
        case _:
            said = "The first day on which the public can see it in cinemas counts."
    if others:
        named = ", ".join(_other(view, release) for release in others[:_ASIDE])
        said += f" Of several days the earliest: there is also {named}."
    return said


def _ways(view: FilmView) -> str:
    return " or ".join(way.value for way in Wanted if way in view.wanted)


def _other(view: FilmView, release: Release) -> str:
    marks = [language_name(release.language) if release.language else "", escape(release.note, 30)]
    mark = ", ".join(part for part in marks if part)
    return f"{dated(release.date, view.today)}{f' ({mark})' if mark else ''}"


def _whose_word(why: Why, release: Release) -> str:
    source = source_name(release.source)
    if why.standing is Standing.TRUSTED:
        return f"{source}: an admin here trusts it"
    if why.standing is Standing.KEPT:
        return f"{source}'s earlier word: what is said now is not believed yet"
    return f"{source}: {why.clause}"


def _passed_over(view: FilmView, why: Why) -> list[str]:
    """What is known of this country and does not count, a line for all."""
    if not why.passed_over:
        return []
    named = [_aside(release) for release in why.passed_over[:3]]
    more = f" and {len(why.passed_over) - 3} more" if len(why.passed_over) > 3 else ""
    return [small(f"Not counted: {'; '.join(named)}{more}.")]


def _aside(release: Release) -> str:
    kind = "re-release" if is_again(release) else TYPES[release.type]
    note = escape(release.note, 40)
    return f"{kind}, {release.date.in_words()}{f' ({note})' if note else ''}"


def _word(view: FilmView, why: Why, word: Word) -> list[str]:
    """What one source says; below it since when, when it was last checked, and what is wrong with asking it."""
    asked, source = word.asked, source_name(word.asked.source)
    if asked.record is None:
        return [f"▫️ **{source}** {_silence(word)}"]
    parts: list[str] = []
    if word.since is not None and asked.source != BUNDLED and word.said is not None:
        day = word.since.date()
        told = f"{day.day} {day:%B %Y}"
        parts.append(f"at least since {told}" if word.as_ever else f"since {told}")
    if asked.source == BUNDLED:
        parts.append(looked_up(asked.looked_up, view.today) if asked.looked_up else "")
    elif asked.checked_at is not None:
        parts.append(f"{'last answered' if asked.is_stale else 'checked'} {ago(asked.checked_at, view.now)}")
    checked = " · ".join(part for part in parts if part)
    said = f"{'✅' if word.agrees else '▫️'} **{source}** {_said(view, why, word)}"
    return [said, *(small(line) for line in (checked[:1].upper() + checked[1:], _trouble(word)) if line)]


def _said(view: FilmView, why: Why, word: Word) -> str:
    said, here = word.said, the_country(why.country)
    aside = "; ".join(_aside(release) for release in word.aside[:_ASIDE])
    only = f", only: {aside}" if aside else ""
    if said is None:
        return f"names no date any more{only}" if word.took_back else f"names no date that counts for {here}{only}"
    if said.country != why.country:
        abroad = f"{country_name(said.country)}: {dated(said.date, view.today)}"
        return f"{abroad} · for {here} none that counts{only}"
    type_ = "" if why.release and said.type is why.release.type else f" · {TYPES[said.type]}"
    if said.date.precision is Precision.TBA:
        return "says that no date is announced"
    return f"{dated(said.date, view.today)}{type_}{', which fits' if word.fits else ''}"


def _trouble(word: Word) -> str:
    """What is wrong with asking it; its last word stands meanwhile."""
    reason = escape(word.asked.reason, 120)
    match word.asked.state:
        case AnswerState.GONE:
            return "⚠️ It has removed the film; its last word is kept."
        case AnswerState.UNKNOWN:
            return "⚠️ It does not have the film any more under the ids that are known; its last word is kept."
        case _:
            return f"⚠️ It gives no usable answer at present ({reason}); its last word is kept." if reason else ""


def _silence(word: Word) -> str:
    """What to say of a source that never said anything."""
    reason = escape(word.asked.reason, 120)
    if word.asked.state in (AnswerState.UNKNOWN, AnswerState.GONE):
        return "does not know this film"
    return f"has not answered yet ({reason})" if reason else "has not been heard yet: it will be asked"


def _next_look(view: FilmView, why: Why) -> str:
    online = [word.asked for word in why.words if word.asked.source != BUNDLED]
    if not online:
        return "Other sources are asked about a film once somebody tracks it."
    zone = view.subscriber.zone if view.subscriber else None
    ahead = [(each.next_check_at, each.source) for each in online if each.next_check_at]
    if not ahead:
        return "Nobody tracks the film, so sources are not asked about it regularly."
    at, source = min(ahead)
    if at <= view.now:
        return f"{source_name(source)} is about to be asked again."
    when = local_time(at, zone, view.now) if zone else f"{weekday_date(at.date())}, {at:%H:%M} UTC"
    return f"{source_name(source)} is asked again on {when}."


def _settling(view: FilmView, why: Why, doubt_id: int) -> str:
    doubt = next(doubt for doubt in why.open_doubts if doubt.id == doubt_id)
    return settling(doubt, view.subscriber, view.now)


def _history(why: Why) -> list[str]:
    if not why.history:
        return ["It has not changed since Marquee knows it." if why.release else "Nothing is known."]
    lines = [_change(why, change) for change in why.history[:_HISTORY]]
    more = len(why.history) - _HISTORY
    return [*within(lines, _HISTORY_BUDGET), *([f"… and {more} earlier"] if more > 0 else [])]


def _change(why: Why, change: DateChange) -> str:
    """A change of date: when it was learnt, old → new, whose word."""
    when = f"{change.known_at.day} {change.known_at:%B %Y}" if change.known_at else "before Marquee knew it"
    same = why.release is not None and (change.country, change.type) == (why.release.country, why.release.type)
    whose = "" if same else f" ({TYPES[change.type]}, {country_name(change.country)})"
    return f"- {when}: {change_in_words(change.old, change.new)}{whose} · {source_name(change.source)}"
