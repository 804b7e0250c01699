"""What `/about` says: what Marquee is, how asking its sources goes, and the credits that they ask for."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.answers import SourceState
from bot.domain.merge import BUNDLED
from bot.ui.card import Accent, Card, build_card, gap, text
from bot.ui.provenance import ago, in_order, source_name
from bot.ui.text import escape, small

#: In TMDB's own words (https://developer.themoviedb.org/docs/faq), which may not be changed.
TMDB_NOTICE = "This product uses TMDB and the TMDB APIs but is not endorsed, certified, or otherwise approved by TMDB."
_ABOUT = {
    BUNDLED: "films looked up by hand, each with the pages that state its facts",
    "tmdb": "[TMDB](https://www.themoviedb.org/): dates by country, people, where to watch",
    "wikidata": "[Wikidata](https://www.wikidata.org/): dates, people, titles; CC0",
}
_CREDITS = (
    TMDB_NOTICE,
    "Where to watch: data by [JustWatch](https://www.justwatch.com/), through TMDB.",
    "Wikidata's facts are in the public domain ([CC0](https://creativecommons.org/publicdomain/zero/1.0/)).",
    "Our catalogue's facts come from the pages that each film's card links; the sentences are ours.",
)


def render_about(version: str, films: int, sources: Sequence[SourceState], now: datetime) -> Card:
    """What Marquee is, its sources and how asking them goes, and the credits."""
    known = {state.source: state for state in sources}
    lines = [_source(source, known.get(source), now) for source in in_order({*_ABOUT, *known})]
    return build_card(
        [
            text(
                "## About Marquee",
                f"Marquee {version} tells what is coming to the cinema, and when. It knows {films:,} films.",
                "Every date says whose it is, of which type, how sure, who says so and since when. `/why` tells more.",
            ),
            gap(),
            text("**Where facts come from**", *lines),
            gap(),
            text(*(small(line) for line in _CREDITS)),
        ],
        Accent.UPCOMING,
    )


def _source(source: str, state: SourceState | None, now: datetime) -> str:
    """A source, for how many films, its last good answer, and whether it fails."""
    about = _ABOUT.get(source, "")
    name = source_name(source)
    what = about if f"[{name}]" in about else f"{name}: {about}"
    if state is None or (state.checked_at is None and not state.failing):
        return f"- {what}\n{small('Not asked yet: it is asked about tracked films, where it is set up.')}"
    said = [f"{state.films:,} film{'' if state.films == 1 else 's'}"]
    if state.checked_at is not None and source != BUNDLED:
        said.append(f"last answer {ago(state.checked_at, now)}")
    if state.failing:
        reason = f" ({escape(state.reason, 100)})" if state.reason else ""
        said.append(f"⚠️ no usable answer about {state.failing:,} at the last try{reason}")
    return f"- {what}\n{small(' · '.join(said))}"
