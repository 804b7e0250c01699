"""What a check by hand came to, in a sentence or two for who asked."""

from collections.abc import Sequence

from bot.ui.provenance import source_name
from bot.ui.text import escape, listed


def check_in_words(
    asked: Sequence[str], failed: Sequence[tuple[str, str]], changes: int, doubts: int, *, too_soon: bool
) -> str:
    """Say who was asked and what is new ("Asked TMDB and Wikidata just now: nothing new.").

    `failed`: sources that did not answer, each with a clause that says why.
    """
    if too_soon:
        return "This film was checked less than ten minutes ago. Try again in a little while."
    if not asked and not failed:
        return "Marquee has only its own catalogue here: there is nobody to ask."
    silent = [f"{source_name(source)} could not be asked ({escape(reason, 200)})." for source, reason in failed]
    if not asked:
        return " ".join([*silent, "What was known stays."])
    news = listed([part for part in (_counted(changes, "new"), _counted(doubts, "in doubt")) if part])
    names = listed([source_name(source) for source in asked])
    return " ".join([f"Asked {names} just now: {news or 'nothing new'}.", *silent])


def _counted(number: int, what: str) -> str:
    """Of any country: this server's channel may have nothing to be told."""
    return f"{number} {'date is' if number == 1 else 'dates are'} {what}" if number else ""
