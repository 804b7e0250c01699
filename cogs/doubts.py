"""[Trust it] and [Wait] under a question about a doubtful date."""

import discord

from bot.domain.doubts import DoubtVerdict
from bot.ui.doubt_posts import answer_in_words, note_answer
from bot.ui.ids import DoubtId
from cogs.context import Interaction, context_of, guild_of, now_of, refuse, require_manager

ACTION = "say whether a doubtful date counts here"


async def answer_doubt(interaction: Interaction, asked: DoubtId) -> None:
    """Take an admin's word: the message says who gave it, for all to see, and the admin what comes of it."""
    require_manager(interaction, ACTION)
    doubting = context_of(interaction).doubting
    say = doubting.trust if asked.verdict is DoubtVerdict.TRUST else doubting.wait
    heard = await say(guild_of(interaction), asked.doubt_id, interaction.user.id, now_of(interaction))
    if interaction.message is not None:
        content, view = note_answer(interaction.message, asked, heard)
        none = discord.AllowedMentions.none()
        await interaction.response.edit_message(content=content, view=view, allowed_mentions=none)
    await refuse(interaction, answer_in_words(heard))
