"""The grammar of custom_ids: what a button or select carries, so that one handler a verb serves every message.

`mq:<verb>:<arg>:<arg>…`, at most 100 characters. One class a verb; its `template` is for discord.ui.DynamicItem.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import ClassVar, Self, cast

from bot.domain.doubts import DoubtVerdict

MAX_CUSTOM_ID = 100  # Discord's limit
_ID = "[0-9]{1,19}"  # a snowflake, or a row of ours: both fit in 63 bits
_KEY = "[A-Za-z0-9_-]{1,25}"  # a message_key has 24 characters of base64url; Discord allows a nonce of 25
_NAME = "[a-z_]{1,16}"
_PAGE = "[0-9]{1,4}"
_PLACE = "[0-9]"
_ARG = "[^:\x00-\x1f\x7f]{0,40}"


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
    STOP = "stop"


class Purpose(StrEnum):
    """What a film is picked for."""

    TRACK = "track"
    FILM = "film"
    CAST = "cast"
    TRIVIA = "trivia"
    WHY = "why"


@dataclass(frozen=True, slots=True)
class CustomId:
    """A custom_id as a value; `str()` is its text."""

    template: ClassVar[str]  #: a regular expression with one named group a field, in the fields' order

    def __str__(self) -> str:
        verb = self.template.split(":")[1]
        text = ":".join(("mq", verb, *(str(getattr(self, field.name)) for field in fields(self))))
        if len(text) > MAX_CUSTOM_ID or not re.fullmatch(self.template, text):
            raise ValueError(f"{text!r} does not fit {self.template!r}")
        return text

    @classmethod
    def parse(cls, custom_id: str) -> Self | None:
        """Read a custom_id of this verb; None if it is none."""
        match = re.fullmatch(cls.template, custom_id)
        return cls.of(match) if match and len(custom_id) <= MAX_CUSTOM_ID else None

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Make the value from a match of `template`, the way DynamicItem.from_custom_id hands it over."""
        readers = {field.name: cast(Callable[[str], object], field.type) for field in fields(cls)}
        return cls(**{name: read(match[name]) for name, read in readers.items()})


def _any_of(choices: type[StrEnum]) -> str:
    return "|".join(choices)


@dataclass(frozen=True, slots=True)
class TabId(CustomId):
    """Show a tab of a film's card. `arg`: which fact, page or order of the tab."""

    template: ClassVar[str] = f"mq:tab:(?P<film_id>{_ID}):(?P<tab>{_any_of(Tab)}):(?P<opener_id>{_ID}):(?P<arg>{_ARG})"
    film_id: int
    tab: Tab
    opener_id: int
    arg: str = ""


@dataclass(frozen=True, slots=True)
class PostId(CustomId):
    """A button on a post; it also marks the message as `message_key`."""

    template: ClassVar[str] = f"mq:post:(?P<action>{_any_of(PostAction)}):(?P<film_id>{_ID}):(?P<message_key>{_KEY})"
    action: PostAction
    film_id: int
    message_key: str


@dataclass(frozen=True, slots=True)
class PickId(CustomId):
    """The select on a post about several films; it also marks the message as `message_key`."""

    template: ClassVar[str] = f"mq:pick:(?P<message_key>{_KEY})"
    message_key: str


@dataclass(frozen=True, slots=True)
class MarkId(CustomId):
    """A disabled button that does nothing but mark the message as `message_key`."""

    template: ClassVar[str] = f"mq:mark:(?P<message_key>{_KEY})"
    message_key: str


@dataclass(frozen=True, slots=True)
class DoubtId(CustomId):
    """An admin's word on the doubt in a message's paragraph `place`; it also marks the message as `message_key`."""

    template: ClassVar[str] = (
        f"mq:doubt:(?P<verdict>{_any_of(DoubtVerdict)}):(?P<doubt_id>{_ID}):(?P<place>{_PLACE}):(?P<message_key>{_KEY})"
    )
    verdict: DoubtVerdict
    doubt_id: int
    place: int
    message_key: str


@dataclass(frozen=True, slots=True)
class ChooseId(CustomId):
    """The select of a picker: several films fit what was typed."""

    template: ClassVar[str] = f"mq:choose:(?P<purpose>{_any_of(Purpose)}):(?P<opener_id>{_ID})"
    purpose: Purpose
    opener_id: int


@dataclass(frozen=True, slots=True)
class PageId(CustomId):
    """Show a page of a list. `page` counts from 0; `arg` is the list's own."""

    template: ClassVar[str] = f"mq:page:(?P<list_name>{_NAME}):(?P<page>{_PAGE}):(?P<opener_id>{_ID}):(?P<arg>{_ARG})"
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

    template: ClassVar[str] = f"mq:zone:(?P<film_id>{_ID})"
    film_id: int


@dataclass(frozen=True, slots=True)
class DateOfId(CustomId):
    """Follow a country's date for one film."""

    template: ClassVar[str] = f"mq:date:(?P<film_id>{_ID}):(?P<country>[A-Z]{{2}})"
    film_id: int
    country: str


@dataclass(frozen=True, slots=True)
class StopId(CustomId):
    """Stop tracking a film."""

    template: ClassVar[str] = f"mq:stop:(?P<film_id>{_ID})"
    film_id: int


class SettingName(StrEnum):
    """The controls of the settings' card."""

    CHANNEL = "channel"
    ROLE = "role"
    WANTED = "wanted"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SettingId(CustomId):
    """A control of the settings' card."""

    template: ClassVar[str] = f"mq:set:(?P<name>{_any_of(SettingName)})"
    name: SettingName


@dataclass(frozen=True, slots=True)
class CheckId(CustomId):
    """Ask the sources about a film now."""

    template: ClassVar[str] = f"mq:check:(?P<film_id>{_ID})"
    film_id: int


@dataclass(frozen=True, slots=True)
class OpenId(CustomId):
    """Open a film's card, privately, from an answer about something else."""

    template: ClassVar[str] = f"mq:open:(?P<film_id>{_ID}):(?P<tab>{_any_of(Tab)})"
    film_id: int
    tab: Tab


@dataclass(frozen=True, slots=True)
class FollowId(CustomId):
    """The select of a picker: several franchises or people fit what was typed."""

    template: ClassVar[str] = f"mq:follow:(?P<kind>franchise|person):(?P<opener_id>{_ID})"
    kind: str
    opener_id: int


@dataclass(frozen=True, slots=True)
class PreviewId(CustomId):
    """Show the next message before it is due."""

    template: ClassVar[str] = "mq:preview"


#: Every verb there is.
VERBS: tuple[type[CustomId], ...] = (
    TabId, PostId, PickId, MarkId, DoubtId, ChooseId, PageId, ChangeId, ZoneId, StopId, SettingId, OpenId, PreviewId,
    FollowId, DateOfId, CheckId,
)  # fmt: skip
#: The verbs that mark a message.
MARKERS: tuple[type[PostId] | type[PickId] | type[MarkId] | type[DoubtId], ...] = (PostId, PickId, MarkId, DoubtId)


def marker_of(custom_id: str) -> str | None:
    """The message_key that a custom_id marks its message with; None if it marks none."""
    for verb in MARKERS:
        if found := verb.parse(custom_id):
            return found.message_key
    return None
