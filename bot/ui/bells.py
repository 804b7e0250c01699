"""The bell: the button that makes Marquee remind whoever presses it."""

from discord.ui import Button, LayoutView

from bot.ui.card import button
from bot.ui.person_ids import BellAction, BellId

#: The words on every bell.
BELL = "🔔 Remind me"


def bell(film_id: int) -> Button[LayoutView]:
    """A bell on a card."""
    return button(BELL, BellId(BellAction.REMIND, film_id))
