"""The grammar of custom_ids: `mq:<verb>:<arg>:<arg>…`, at most 100 characters. Its verbs are in ids.py."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import ClassVar, Self, cast

MAX_CUSTOM_ID = 100  # Discord's limit
ID = "[0-9]{1,19}"  # a snowflake, or a row of ours: both fit in 63 bits
KEY = "[A-Za-z0-9_-]{1,25}"  # a message_key has 24 characters of base64url; Discord allows a nonce of 25
NAME = "[a-z_]{1,16}"
PAGE = "[0-9]{1,4}"
PLACE = "[0-9]"
ARG = "[^:\x00-\x1f\x7f]{0,40}"


@dataclass(frozen=True, slots=True)
class CustomId:
    """A custom_id as a value; `str()` is its text."""

    template: ClassVar[str]  #: a regular expression with one named group a field, in the fields' order

    def __str__(self) -> str:
        verb = self.template.split(":")[1]
        text = ":".join(("mq", verb, *(str(getattr(self, name)) for name in _names(type(self)))))
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


@cache
def _names(verb: type[CustomId]) -> tuple[str, ...]:
    """The fields of a verb: a post has four buttons, and looking them up each time took longer than the rest."""
    return tuple(field.name for field in fields(verb))


def any_of(choices: type[StrEnum]) -> str:
    """A pattern for one of them."""
    return "|".join(choices)
