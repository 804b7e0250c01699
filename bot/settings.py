"""The settings, read from the environment and `.env` when asked to; a wrong one is told in one sentence.

No sentence repeats a value: what stands in the wrong place may be a secret.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, cast, get_args
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit

from dotenv.parser import parse_stream

from bot.domain.errors import OperatorError

LogFormat = Literal["text", "json"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

DEFAULT_DATABASE_URL: Final = "sqlite:///marquee.db"
TITLES_NAME: Final = "titles.sqlite"

#: Below Discord's 50 requests/s for one bot: edits, reactions to clicks and history reads need room as well.
DEFAULT_POST_RATE: Final = 45
#: https://discord.com/developers/docs/topics/rate-limits: 50 requests/s for one bot, all its processes together.
MAX_POST_RATE: Final = 50

_WHERE_TOKENS_ARE: Final = "Discord's Developer Portal shows it under Bot, Reset Token"


class SettingsError(OperatorError):
    """A setting is missing or malformed; `str()` says which and how it should look, never what it held."""


class Secret:
    """A text that is handed on but never shown: `repr`, `str` and formatting hide it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text itself; only to what needs it, never to a log."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class Settings:
    """What one start of Marquee runs with."""

    #: None where none was asked for, as in the sandbox: a wrong one is no obstacle there.
    token: Secret | None
    #: `sqlite:///…` or `postgresql://…`; it may hold a password, hence not in the repr.
    database_url: str = field(repr=False)
    #: None: Discord's own.
    api_url: str | None
    gateway_url: str | None
    log_level: LogLevel
    log_format: LogFormat
    #: The folder of the catalogue; None: the one that comes with Marquee.
    catalogue: Path | None
    #: The side file of film titles; None: see `titles_path`.
    titles: Path | None
    #: Messages per second that this process sends at most, all servers together.
    post_rate: int

    @property
    def titles_path(self) -> Path:
        """Where the side file of film titles is, or would be: named, or beside the SQLite database, or here."""
        scheme, _, file = self.database_url.partition(":///")
        folder = Path(unquote(file)).parent if scheme == "sqlite" else Path()
        return self.titles or folder / TITLES_NAME

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What no log may show, wherever it turns up."""
        url = urlsplit(self.database_url)
        pairs = (pair.partition("=") for pair in url.query.split("&"))
        passwords = {url.password or "", *(text for name, _, text in pairs if name in ("password", "sslpassword"))}
        texts = {self.token.reveal() if self.token else ""}
        texts |= {spelling for text in passwords for spelling in (text, unquote(text), unquote_plus(text))}
        return tuple(Secret(text) for text in sorted(texts) if text)


def load_settings(environ: Mapping[str, str], dotenv: Path | None, *, need_token: bool) -> Settings:
    """Read and check every setting; `environ` wins over the file `dotenv`, which need not exist. Empty means unset.

    Raises:
        SettingsError: at the first setting that is missing or malformed.
    """
    values = _Values(environ, _read_dotenv(dotenv) if dotenv else {})
    return Settings(
        token=_token(values) if need_token else None,
        database_url=_database_url(values.get("DATABASE_URL") or DEFAULT_DATABASE_URL),
        api_url=_address(values, "DISCORD_API_URL", ("https", "http"), "https://discord.com/api/v10"),
        gateway_url=_address(values, "DISCORD_GATEWAY_URL", ("wss", "ws"), "wss://gateway.discord.gg"),
        log_level=cast(LogLevel, _one_of(values, "LOG_LEVEL", get_args(LogLevel), "INFO")),
        log_format=cast(LogFormat, _one_of(values, "LOG_FORMAT", get_args(LogFormat), "text")),
        catalogue=_folder(values, "MARQUEE_DATA"),
        titles=_file(values, "MARQUEE_TITLES"),
        post_rate=_post_rate(values.get("POST_RATE")),
    )


class _Values:
    """The environment over the file, with blank values as unset ones."""

    def __init__(self, environ: Mapping[str, str], file: Mapping[str, str | None]) -> None:
        self._environ = environ
        self._file = file

    def get(self, name: str) -> str | None:
        value = self._environ.get(name)
        return (value if value is not None else self._file.get(name) or "").strip() or None


def _read_dotenv(path: Path) -> Mapping[str, str | None]:
    try:
        if not path.exists():
            return {}
        with path.open(encoding="utf-8-sig") as text:
            bindings = list(parse_stream(text))
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text; save it again as UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    for binding in bindings:
        if binding.error or (binding.key is not None and binding.value is None):
            line = binding.original.line
            raise SettingsError(f"Line {line} of {path} is not a setting; a line is NAME=value, as in LOG_LEVEL=INFO.")
    return {binding.key: binding.value for binding in bindings if binding.key is not None}


def _token(values: _Values) -> Secret:
    token, file = values.get("DISCORD_TOKEN"), values.get("DISCORD_TOKEN_FILE")
    if token and file:
        raise SettingsError("DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set; keep one of them.")
    if file:
        return _checked_token(_read_token(Path(file)), "the file that DISCORD_TOKEN_FILE names")
    if token:
        return _checked_token(token, "DISCORD_TOKEN")
    raise SettingsError(
        f"DISCORD_TOKEN is not set; put the bot's token into .env, as in DISCORD_TOKEN=… ({_WHERE_TOKENS_ARE})."
    )


def _read_token(path: Path) -> str:
    # The path is not repeated: a token that was pasted into DISCORD_TOKEN_FILE would be shown.
    example = "it must name a text file that holds the token alone, as in DISCORD_TOKEN_FILE=/run/secrets/discord_token"
    try:
        token = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError):
        raise SettingsError(f"The file that DISCORD_TOKEN_FILE names cannot be read; {example}.") from None
    if not token:
        raise SettingsError(f"The file that DISCORD_TOKEN_FILE names is empty; {example}.")
    return token


def _checked_token(token: str, where: str) -> Secret:
    """Catch what people paste by mistake, so that Discord is not asked with it and no one hunts a 401."""
    if token[0] in "\"'" or token[-1] in "\"'":
        raise SettingsError(f"The token in {where} has quotes around it; leave them out.")
    if token.lower().startswith(("bot ", "bearer ")):
        raise SettingsError(f'The token in {where} begins with a word like "Bot"; leave that out, Marquee adds it.')
    if re.search(r"\s", token):
        raise SettingsError(
            f"The token in {where} has a space or a line break in it; copy it again ({_WHERE_TOKENS_ARE})."
        )
    if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII):
        raise SettingsError(
            f"What stands in {where} is not a bot's token, which is three parts with dots between them, and neither "
            f"the application's id, its public key nor its client secret ({_WHERE_TOKENS_ARE})."
        )
    return Secret(token)


def _database_url(url: str) -> str:
    examples = f"as in DATABASE_URL={DEFAULT_DATABASE_URL} or DATABASE_URL=postgresql://user:password@localhost/marquee"
    parts = _split("DATABASE_URL", url, examples)
    if parts.scheme == "sqlite" and re.fullmatch(r"sqlite:///[^/?#].*|sqlite:////.+", url):
        return url
    if parts.scheme == "sqlite":
        raise SettingsError(f"DATABASE_URL names no file; after sqlite: come three slashes and a path, {examples}.")
    if parts.scheme != "postgresql":
        raise SettingsError(f"DATABASE_URL must begin with sqlite:/// or postgresql://, {examples}.")
    if not parts.path.strip("/"):
        raise SettingsError(f"DATABASE_URL names no database after the host, {examples}.")
    return url


def _address(values: _Values, name: str, schemes: tuple[str, str], example: str) -> str | None:
    url = values.get(name)
    if url is None:
        return None
    parts = _split(name, url, f"as in {name}={example}")
    if parts.scheme not in schemes or not parts.hostname:
        raise SettingsError(
            f"{name} must be an address that begins with {schemes[0]}:// or {schemes[1]}://, as in {name}={example}."
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(f"{name} may hold no user, password, ? or #, as in {name}={example}.")
    return url.rstrip("/")


def _split(name: str, url: str, example: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # parsed only when asked for
    except ValueError:
        raise SettingsError(
            f"{name} is not an address, {example}; in a password, write @ as %40 and / as %2F."
        ) from None
    return parts


def _one_of(values: _Values, name: str, allowed: tuple[str, ...], default: str) -> str:
    value = values.get(name) or default
    for choice in allowed:
        if value.lower() == choice.lower():
            return choice
    raise SettingsError(f"{name} must be one of {', '.join(allowed)}, as in {name}={default}.")


def _folder(values: _Values, name: str) -> Path | None:
    value = values.get(name)
    if value is None:
        return None
    try:
        path = Path(value).expanduser()
        if path.is_dir():
            return path
    except (OSError, RuntimeError):  # too long to be a path, not ours to read, or the home of an unknown user
        pass
    raise SettingsError(f"{name} must name a folder that exists, as in {name}=/srv/marquee/data.")


def _file(values: _Values, name: str) -> Path | None:
    value = values.get(name)
    if value is None:
        return None
    try:
        path = Path(value).expanduser()
        if path.name and not path.is_dir() and path.parent.is_dir():
            return path
    except (OSError, RuntimeError, ValueError):  # as above, or a NUL in it
        pass
    raise SettingsError(f"{name} must name a file in a folder that exists, as in {name}=/srv/marquee/titles.sqlite.")


def _post_rate(value: str | None) -> int:
    if value is None:
        return DEFAULT_POST_RATE
    if re.fullmatch(r"[0-9]{1,3}", value) and 1 <= int(value) <= MAX_POST_RATE:
        return int(value)
    raise SettingsError(
        f"POST_RATE must be a whole number from 1 to {MAX_POST_RATE}, as in POST_RATE={DEFAULT_POST_RATE}."
    )
