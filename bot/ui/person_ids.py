"""The custom_ids of what people do for themselves: reminders, their own card, the role that is pinged."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from bot.domain.reminders import Snooze
from bot.ui.custom_id import ID, CustomId, any_of


class BellAction(StrEnum):
    """What a bell does for whoever presses it."""

    REMIND = "remind"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class BellId(CustomId):
    """Remind whoever presses it of a film, or no longer."""

    template: ClassVar[str] = f"mq:bell:(?P<action>{any_of(BellAction)}):(?P<film_id>{ID})"
    action: BellAction
    film_id: int


@dataclass(frozen=True, slots=True)
class SnoozeId(CustomId):
    """Tell whoever presses it of a film again later."""

    template: ClassVar[str] = f"mq:snooze:(?P<film_id>{ID}):(?P<until>{any_of(Snooze)})"
    film_id: int
    until: Snooze


class MyControl(StrEnum):
    """The controls of a person's own card."""

    SHOW = "show"
    CHANGE = "change"
    STOP_ONE = "stop_one"
    STOP_ALL = "stop_all"
    STOP_ALL_SURELY = "stop_all_surely"
    FORGET = "forget"
    FORGET_SURELY = "forget_surely"


@dataclass(frozen=True, slots=True)
class MyId(CustomId):
    """A control of a person's own card: their settings and reminders."""

    template: ClassVar[str] = f"mq:me:(?P<control>{any_of(MyControl)})"
    control: MyControl


@dataclass(frozen=True, slots=True)
class PingMeId(CustomId):
    """Give whoever presses it the role that is pinged on release days, or take it."""

    template: ClassVar[str] = "mq:pingme"
