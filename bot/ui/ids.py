"""The grammar of custom_ids: what a button or select carries, so that one handler a verb serves every message.

`mq:<verb>:<arg>:<arg>…`, at most 100 characters. One class a verb; its `template` is for discord.ui.DynamicItem.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from bot.domain.by_hand import Remedy
from bot.domain.doubts import DoubtVerdict
from bot.ui.custom_id import ARG, ID, KEY, MAX_CUSTOM_ID, NAME, PAGE, PLACE, CustomId, any_of
from bot.ui.person_ids import BellId, MyId, PingMeId, SnoozeId

__all__ = ["MAX_CUSTOM_ID", "CustomId"]


class Tab(StrEnum):
    """The tabs of a film's card, in the order in which they are shown."""

    OVERVIEW = "overview"
    CAST = "cast"
    TRIVIA = "trivia"
    RELEASES = "releases"
    TIMELINE = "timeline"
    COUNTDOWN = "countdown"
    WATCH = "watch"
    WHY = "why"


class PostAction(StrEnum):
    """The buttons on a post."""

    CAST = "cast"
    TRIVIA = "trivia"
    DETAILS = "details"
    WHY = "why"
    REMIND = "remind"  #: the bell: whoever presses it is reminded by direct message
    SNOOZE = "snooze"  #: in direct messages: tell it again later
    PING = "ping"  #: gives and takes the role that is pinged
    STOP = "stop"


class Purpose(StrEnum):
    """What a film is picked for."""

    TRACK = "track"
    FILM = "film"
    CAST = "cast"
    TRIVIA = "trivia"
    WHY = "why"


@dataclass(frozen=True, slots=True)
class TabId(CustomId):
    """Show a tab of a film's card. `arg`: which fact, page or order of the tab."""

    template: ClassVar[str] = f"mq:tab:(?P<film_id>{ID}):(?P<tab>{any_of(Tab)}):(?P<opener_id>{ID}):(?P<arg>{ARG})"
    film_id: int
    tab: Tab
    opener_id: int
    arg: str = ""


@dataclass(frozen=True, slots=True)
class PostId(CustomId):
    """A button on a post; it also marks the message as `message_key`."""

    template: ClassVar[str] = f"mq:post:(?P<action>{any_of(PostAction)}):(?P<film_id>{ID}):(?P<message_key>{KEY})"
    action: PostAction
    film_id: int
    message_key: str


@dataclass(frozen=True, slots=True)
class PickId(CustomId):
    """The select on a post about several films; it also marks the message as `message_key`."""

    template: ClassVar[str] = f"mq:pick:(?P<message_key>{KEY})"
    message_key: str


@dataclass(frozen=True, slots=True)
class MarkId(CustomId):
    """A disabled button that does nothing but mark the message as `message_key`."""

    template: ClassVar[str] = f"mq:mark:(?P<message_key>{KEY})"
    message_key: str


@dataclass(frozen=True, slots=True)
class DoubtId(CustomId):
    """An admin's word on the doubt in a message's paragraph `place`; it also marks the message as `message_key`."""

    template: ClassVar[str] = (
        f"mq:doubt:(?P<verdict>{any_of(DoubtVerdict)}):(?P<doubt_id>{ID}):(?P<place>{PLACE}):(?P<message_key>{KEY})"
    )
    verdict: DoubtVerdict
    doubt_id: int
    place: int
    message_key: str


@dataclass(frozen=True, slots=True)
class ChooseId(CustomId):
    """The select of a picker: several films fit what was typed."""

    template: ClassVar[str] = f"mq:choose:(?P<purpose>{any_of(Purpose)}):(?P<opener_id>{ID})"
    purpose: Purpose
    opener_id: int


@dataclass(frozen=True, slots=True)
class PageId(CustomId):
    """Show a page of a list. `page` counts from 0; `arg` is the list's own."""

    template: ClassVar[str] = f"mq:page:(?P<list_name>{NAME}):(?P<page>{PAGE}):(?P<opener_id>{ID}):(?P<arg>{ARG})"
    list_name: str
    page: int
    opener_id: int
    arg: str = ""


@dataclass(frozen=True, slots=True)
class ChangeId(CustomId):
    """Change what Marquee guessed: the country, the zone, the channel."""

    template: ClassVar[str] = "mq:change"


@dataclass(frozen=True, slots=True)
class ZoneId(CustomId):
    """The select of time zones, in a country with several. `film_id`: whose `/track` asked; 0: the settings' card."""

    template: ClassVar[str] = f"mq:zone:(?P<film_id>{ID})"
    film_id: int


@dataclass(frozen=True, slots=True)
class DateOfId(CustomId):
    """Follow a country's date for one film."""

    template: ClassVar[str] = f"mq:date:(?P<film_id>{ID}):(?P<country>[A-Z]{{2}})"
    film_id: int
    country: str


@dataclass(frozen=True, slots=True)
class StopId(CustomId):
    """Stop tracking a film."""

    template: ClassVar[str] = f"mq:stop:(?P<film_id>{ID})"
    film_id: int


class SettingName(StrEnum):
    """The controls of the settings' card."""

    CHANNEL = "channel"
    ROLE = "role"
    WANTED = "wanted"
    ADMINS = "admins"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SettingId(CustomId):
    """A control of the settings' card."""

    template: ClassVar[str] = f"mq:set:(?P<name>{any_of(SettingName)})"
    name: SettingName


@dataclass(frozen=True, slots=True)
class CheckId(CustomId):
    """Ask the sources about a film now."""

    template: ClassVar[str] = f"mq:check:(?P<film_id>{ID})"
    film_id: int


@dataclass(frozen=True, slots=True)
class OpenId(CustomId):
    """Open a film's card, privately, from an answer about something else."""

    template: ClassVar[str] = f"mq:open:(?P<film_id>{ID}):(?P<tab>{any_of(Tab)})"
    film_id: int
    tab: Tab


@dataclass(frozen=True, slots=True)
class FollowId(CustomId):
    """The select of a picker: several franchises or people fit what was typed."""

    template: ClassVar[str] = f"mq:follow:(?P<kind>franchise|person):(?P<opener_id>{ID})"
    kind: str
    opener_id: int


@dataclass(frozen=True, slots=True)
class PreviewId(CustomId):
    """Show the next message before it is due."""

    template: ClassVar[str] = "mq:preview"


@dataclass(frozen=True, slots=True)
class StuckId(CustomId):
    """The select of posts that failed, or may be there or not: choose one to do something about it."""

    template: ClassVar[str] = "mq:stuck"


@dataclass(frozen=True, slots=True)
class RemedyId(CustomId):
    """What somebody decides about such a post."""

    template: ClassVar[str] = f"mq:remedy:(?P<remedy>{any_of(Remedy)}):(?P<post_id>{ID})"
    remedy: Remedy
    post_id: int


#: Every verb there is.
VERBS: tuple[type[CustomId], ...] = (
    TabId, PostId, PickId, MarkId, DoubtId, ChooseId, PageId, ChangeId, ZoneId, StopId, SettingId, OpenId, PreviewId,
    FollowId, DateOfId, CheckId, BellId, SnoozeId, MyId, PingMeId, StuckId, RemedyId,
)  # fmt: skip
#: The verbs that mark a message.
MARKERS: tuple[type[PostId] | type[PickId] | type[MarkId] | type[DoubtId], ...] = (PostId, PickId, MarkId, DoubtId)


def marker_of(custom_id: str) -> str | None:
    """The message_key that a custom_id marks its message with; None if it marks none."""
    for verb in MARKERS:
        if found := verb.parse(custom_id):
            return found.message_key
    return None
