"""The kinds of channels that posts can go to. Pure."""

from enum import StrEnum


class ChannelKind(StrEnum):
    """What a destination is on Discord."""

    TEXT = "text"
    NEWS = "news"  #: an announcement channel: its messages can be published to those that follow it
    THREAD = "thread"
    FORUM = "forum"  #: every film has a post of its own there
    DM = "dm"
