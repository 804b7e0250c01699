"""What to do about a post that failed or may be there: asked in `/schedule` of those who manage the server."""

from bot.ui.by_hand_card import render_decided, render_stuck
from bot.ui.ids import RemedyId
from cogs.context import Interaction, context_of, guild_of, now_of, replace, require_manager, show

ACTION = "decide about posts that did not arrive"
_LONG = 19  # digits that a database takes no more


async def ask_about(interaction: Interaction, chosen: str) -> None:
    """Ask what to do about the chosen post."""
    require_manager(interaction, ACTION)
    post_id = int(chosen) if chosen.isdecimal() and len(chosen) < _LONG else 0
    stuck = await context_of(interaction).by_hand.get_stuck(guild_of(interaction), post_id)
    await show(interaction, render_stuck(stuck, now_of(interaction)), private=True)


async def take_word(interaction: Interaction, asked: RemedyId) -> None:
    """Do what was decided, and say in its place what came of it."""
    require_manager(interaction, ACTION)
    now = now_of(interaction)
    by_hand = context_of(interaction).by_hand
    decided = await by_hand.decide(guild_of(interaction), asked.post_id, asked.remedy, interaction.user.id, now)
    await replace(interaction, render_decided(decided, now))
