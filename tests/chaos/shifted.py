"""`python -m tests.chaos.shifted run`: Marquee on a machine whose clock goes wrong by what a file says, in seconds."""

import os
import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import bot.app
from bot.cli import main

VARIABLE = "CHAOS_CLOCK"


class _AnyDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class Shifted(datetime, metaclass=_AnyDatetime):
    """The wall clock, as far as Marquee and APScheduler look at it. What counts seconds is not touched."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The wrong time."""
        return datetime.now(tz) + timedelta(seconds=float(Path(os.environ[VARIABLE]).read_text()))


if __name__ == "__main__":
    assert bot.app  # all that is to be changed is there
    for name, module in list(sys.modules.items()):
        is_meant = name in {"bot.clock", "bot.scheduler"} or name.startswith("apscheduler.")
        if is_meant and getattr(module, "datetime", None) is datetime:
            setattr(module, "datetime", Shifted)  # noqa: B010 - a module's type has no such attribute
    sys.exit(main())
