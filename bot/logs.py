"""Logging: one line a record for people, or one JSON object a record for machines, in UTC, and never a secret."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, TextIO

from pythonjsonlogger.json import JsonFormatter

from bot.settings import LogFormat, LogLevel, Secret

#: Libraries speak up from here on, whatever our own level is.
LIBRARY_LEVELS: Final = {
    # At DEBUG discord.py writes every payload, with what people typed in it.
    "discord": logging.INFO,
    # INFO is two lines a second for the dispatch job; WARNING tells that a burst outlasts its second, which is no news.
    "apscheduler": logging.ERROR,
    "aiosqlite": logging.INFO,
    "asyncio": logging.WARNING,
    "PIL": logging.INFO,
}

_MASK: Final = "[hidden]"

_SECRETS: Final = (
    # A bot's token: its id, a time and a signature, each in URL-safe base64.
    re.compile(r"(?<![\w-])[\w-]{18,40}\.[\w-]{5,8}\.[\w-]{25,}"),
    # The password of a URL, which may hold anything but a blank or a slash; an "@" in it belongs to it.
    re.compile(r"(?<=://)(?P<user>[^\s:/@\"']*):[^\s/\"']+@"),
    # An interaction's token or a webhook's: whoever has it may speak in our name.
    re.compile(r"(?P<path>/(?:interactions|webhooks)/\d+/)[\w-]{20,}"),
)

#: A shorter one would be found inside common words, and masking those would give it away.
_MIN_SECRET_LENGTH: Final = 6

#: What every record has; the rest came in as `extra`.
_STANDARD_FIELDS: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def set_up_logging(
    level: LogLevel, log_format: LogFormat, secrets: Iterable[Secret] = (), *, stream: TextIO | None = None
) -> None:
    """Send every record of `level` and above to `stream` (stderr if None), in place of an earlier set-up.

    `secrets` are masked wherever they turn up, besides all that looks like a token or a password in a URL.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    mask = Mask(secrets)
    handler.setFormatter(TextFormatter(mask) if log_format == "text" else JsonLinesFormatter(mask))
    handler.set_name("marquee")
    root = logging.getLogger()
    for earlier in [handler for handler in root.handlers if handler.get_name() == "marquee"]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(level)
    for name, floor in LIBRARY_LEVELS.items():
        logging.getLogger(name).setLevel(max(floor, root.level))


class Mask:
    """Hides secrets in a finished line, so that none slips through an argument, an extra or a traceback."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        plain = {secret.reveal() for secret in secrets}
        spellings = plain | {json.dumps(text)[1:-1] for text in plain} | {repr(text)[1:-1] for text in plain}
        # The longest first: of two secrets, one may begin with the other.
        known = sorted((text for text in spellings if len(text) >= _MIN_SECRET_LENGTH), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, line: str) -> str:
        """Give `line` with `[hidden]` for each secret."""
        if self._known:
            line = self._known.sub(_MASK, line)
        token, password, path = _SECRETS
        line = token.sub(_MASK, line)
        line = password.sub(rf"\g<user>:{_MASK}@", line)
        return path.sub(rf"\g<path>{_MASK}", line)


class TextFormatter(logging.Formatter):
    """`2025-05-27 09:00:00Z INFO    bot.app: Stopped`, then any `extra` as ` (name=value)`, then any traceback."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """Make the record's line; line breaks in the message are escaped, so that what someone typed forges none."""
        at = datetime.fromtimestamp(record.created, UTC)
        line = f"{at:%Y-%m-%d %H:%M:%S}Z {record.levelname:<7} {record.name}: {record.getMessage()}"
        extras = [f"{name}={value}" for name, value in vars(record).items() if name not in _STANDARD_FIELDS]
        if extras:
            line += f" ({' '.join(extras)})"
        line = line.replace("\r", r"\r").replace("\n", r"\n")
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        if record.stack_info:
            line += "\n" + self.formatStack(record.stack_info)
        return self._mask(line)


class JsonLinesFormatter(JsonFormatter):
    """One JSON object a line: `time` (ISO 8601, UTC), `level`, `logger`, `message`, the extras, `exc_info`."""

    def __init__(self, mask: Mask) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]: its json_serializer is an untyped callable
            "%(levelname)s%(name)s%(message)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="time",
        )
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """Make the record's object."""
        return self._mask(super().format(record))
