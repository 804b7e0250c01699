"""Reading what people type for how loud Marquee may be: quiet hours, the day of the weekly digest, messages a day."""

import calendar
import re

from bot.domain.errors import BadSetting, UserError
from bot.domain.preferences import read_hour, shortened
from bot.domain.quiet import QuietHours
from bot.domain.subscribers import MAX_DAILY_CAP

_NOTHING = frozenset({"none", "off", "no", "never"})
_BETWEEN = re.compile(r"\s*(?:[-\u2010-\u2015\u2212>→]+|\bto\b|\buntil\b|\btill\b|\band\b)\s*", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:from|between)\s+", re.IGNORECASE)
_WEEKDAYS = {
    name.casefold(): day for names in (calendar.day_name, calendar.day_abbr) for day, name in enumerate(names)
} | {"tues": 1, "thur": 3, "thurs": 3}


def read_quiet(typed: str) -> QuietHours | None:
    """Read the hours in which nothing is sent: "22-8", "22:00–08:00", "10pm to 8am"; None for "none".

    Raises:
        BadSetting: not two hours.
        UserError: twice the same hour.
    """
    text = " ".join(typed.split())
    if text.casefold() in _NOTHING:
        return None
    parts = _BETWEEN.split(_BEFORE.sub("", text))
    try:
        start, end = (read_hour(part) for part in parts)
    except (BadSetting, ValueError):
        example = "22-8, 10pm to 8am, or none"
        raise BadSetting("a quiet time from one hour to another", shortened(typed), example) from None
    if start == end:
        said = f"From {start:%H:%M} to {end:%H:%M} is no time at all, or the whole day: quiet hours need an end."
        raise UserError(f"{said} For example: 22-8, 10pm to 8am, or none.")
    return QuietHours(start, end)


def read_weekday(typed: str) -> int | None:
    """Read the day of the weekly digest, 0 for Monday: "Monday", "fri", "every Sunday"; None for "none".

    Raises:
        BadSetting: no such day.
    """
    words = [word for word in typed.casefold().split() if word not in ("on", "every")]
    word = words[0].rstrip(".") if len(words) == 1 else ""
    if word in _NOTHING:
        return None
    weekday = _WEEKDAYS.get(word, _WEEKDAYS.get(word.removesuffix("s")))
    if weekday is None:
        raise BadSetting("a day of the week", shortened(typed), "Monday, Fri, or none for no weekly digest")
    return weekday


def suggest_weekdays(typed: str) -> list[str]:
    """The days of the week that fit what has been typed so far, and "none"."""
    text = typed.strip().casefold()
    return [name for name in (*calendar.day_name, "none") if text in name.casefold()]


def read_cap(typed: str) -> int:
    """Read how many messages a channel may get in a day.

    Raises:
        BadSetting: not a whole number, none at all, or too many.
    """
    text = typed.strip()
    if re.fullmatch(r"[0-9]{1,3}", text) and 1 <= int(text) <= MAX_DAILY_CAP:
        return int(text)
    what = f"a number of messages a day, 1 to {MAX_DAILY_CAP}"
    raise BadSetting(what, shortened(typed), "6")
