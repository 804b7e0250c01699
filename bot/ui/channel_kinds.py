"""What kinds of channels posts can go to, and what is said of the others."""

from collections.abc import Collection

import discord

from bot.domain.channels import ChannelKind
from bot.domain.errors import UserError

KINDS = {
    discord.ChannelType.text: ChannelKind.TEXT,
    discord.ChannelType.news: ChannelKind.NEWS,
    discord.ChannelType.news_thread: ChannelKind.THREAD,
    discord.ChannelType.public_thread: ChannelKind.THREAD,
    discord.ChannelType.private_thread: ChannelKind.THREAD,
    discord.ChannelType.forum: ChannelKind.FORUM,
}
#: Where posts can go: what a person can write in.
POSTABLE = list(KINDS)
#: Where admins can be asked: what a few people can have for themselves.
ASKABLE = [discord.ChannelType.text, discord.ChannelType.public_thread, discord.ChannelType.private_thread]
_NAMES = {
    discord.ChannelType.text: "a text channel",
    discord.ChannelType.news: "an announcement channel",
    discord.ChannelType.news_thread: "a thread that everybody may follow",
    discord.ChannelType.forum: "a forum",
    discord.ChannelType.voice: "a voice channel",
    discord.ChannelType.stage_voice: "a stage",
    discord.ChannelType.category: "a category",
    discord.ChannelType.media: "a media channel",
}


def require_kind(given: discord.ChannelType, allowed: Collection[discord.ChannelType]) -> None:
    """Refuse a channel of a kind that will not do: Discord's own picker hides most of them, an old one does not.

    Raises:
        UserError: which kinds do.
    """
    if given in allowed:
        return
    what = _NAMES.get(given, "such a channel")
    if discord.ChannelType.forum in allowed:
        raise UserError(f"Posts cannot go to {what}. Choose a text or announcement channel, a thread or a forum.")
    raise UserError(f"Questions and troubles cannot go to {what}. Choose a text channel or a thread.")


def require_forum_rights(kind: ChannelKind | None, channel_id: int, lacks: Collection[str]) -> None:
    """Refuse a forum in which no film's post could be opened.

    Raises:
        UserError: what is lacking.
    """
    if kind is ChannelKind.FORUM and lacks:
        said = f"I may not post in <#{channel_id}>: I lack **{', '.join(lacks)}**."
        raise UserError(f"{said} Allow it in the forum's settings under Permissions, then choose it again.")
