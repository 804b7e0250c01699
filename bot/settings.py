"""The settings, read from the environment and `.env` when asked to; a wrong one is told in one sentence.

No sentence repeats a value: what stands in the wrong place may be a secret.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, cast, get_args
from urllib.parse import unquote, unquote_plus, urlsplit

from bot.domain.shards import Shards, ShardsUnclear, read_shards
from bot.setting_values import (
    Found,
    Secret,
    SettingsError,
    Values,
    address,
    file,
    folder,
    one_of,
    read_dotenv,
    secret,
    split,
)

__all__ = ["LogFormat", "LogLevel", "Secret", "Settings", "SettingsError", "SourceSettings", "load_settings"]

LogFormat = Literal["text", "json"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

DEFAULT_DATABASE_URL: Final = "sqlite:///marquee.db"
TITLES_NAME: Final = "titles.sqlite"

#: A little below Discord's 50 requests/s, which the pace keeps to in any case; commands go before posts.
DEFAULT_POST_RATE: Final = 48
#: https://discord.com/developers/docs/topics/rate-limits: 50 requests/s for one bot, all its processes together.
MAX_POST_RATE: Final = 50

_WHERE_TOKENS_ARE: Final = "Discord's Developer Portal shows it under Bot, Reset Token"
_WHERE_TMDB_TOKENS_ARE: Final = "themoviedb.org, your account's settings, API"


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Where film facts are asked for on the network."""

    #: None: TMDB is not asked.
    tmdb_token: Secret | None
    #: None: TMDB's own.
    tmdb_url: str | None
    #: Whether Wikidata is asked.
    wikidata: bool
    #: None: Wikidata's own.
    wikidata_url: str | None
    #: Whom a source may write to about Marquee; empty if nobody.
    contact: str


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
    #: Of Discord's shards, those of this process; None: as many as Discord recommends, all of them.
    shards: Shards | None
    sources: SourceSettings

    @property
    def titles_path(self) -> Path:
        """Where the side file of film titles is, or would be: named, or beside the SQLite database, or here."""
        scheme, _, file = self.database_url.partition(":///")
        folder = Path(unquote(file)).parent if scheme == "sqlite" else Path()
        return self.titles or folder / TITLES_NAME

    @property
    def part_of_shards(self) -> tuple[int, ...]:
        """The numbers of this process's shards, if there are others; none if it has them all."""
        return () if self.shards is None or self.shards.is_all else self.shards.ids

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What no log may show, wherever it turns up."""
        url = urlsplit(self.database_url)
        pairs = (pair.partition("=") for pair in url.query.split("&"))
        passwords = {url.password or "", *(text for name, _, text in pairs if name in ("password", "sslpassword"))}
        texts = {token.reveal() for token in (self.token, self.sources.tmdb_token) if token}
        texts |= {spelling for text in passwords for spelling in (text, unquote(text), unquote_plus(text))}
        return tuple(Secret(text) for text in sorted(texts) if text)


def load_settings(environ: Mapping[str, str], dotenv: Path | None, *, need_token: bool) -> Settings:
    """Read and check every setting; `environ` wins over the file `dotenv`, which need not exist. Empty means unset.

    Raises:
        SettingsError: at the first setting that is missing or malformed.
    """
    values = Values(environ, read_dotenv(dotenv) if dotenv else {})
    return Settings(
        token=_discord_token(secret(values, "DISCORD_TOKEN")) if need_token else None,
        database_url=_database_url(values.get("DATABASE_URL") or DEFAULT_DATABASE_URL),
        api_url=address(values, "DISCORD_API_URL", ("https", "http"), "https://discord.com/api/v10"),
        gateway_url=address(values, "DISCORD_GATEWAY_URL", ("wss", "ws"), "wss://gateway.discord.gg"),
        log_level=cast(LogLevel, one_of(values, "LOG_LEVEL", get_args(LogLevel), "INFO")),
        log_format=cast(LogFormat, one_of(values, "LOG_FORMAT", get_args(LogFormat), "text")),
        catalogue=folder(values, "MARQUEE_DATA"),
        titles=file(values, "MARQUEE_TITLES"),
        post_rate=_post_rate(values.get("POST_RATE")),
        shards=_shards(values),
        sources=_sources(values),
    )


def _sources(values: Values) -> SourceSettings:
    web = ("https", "http")
    return SourceSettings(
        tmdb_token=_tmdb_token(secret(values, "TMDB_TOKEN")),
        tmdb_url=address(values, "TMDB_URL", web, "https://api.themoviedb.org/3"),
        wikidata=one_of(values, "WIKIDATA", ("on", "off"), "on") == "on",
        wikidata_url=address(values, "WIKIDATA_URL", web, "https://www.wikidata.org/w/api.php"),
        contact=_contact(values.get("MARQUEE_CONTACT")),
    )


def _discord_token(found: Found | None) -> Secret:
    """Catch what people paste by mistake, so that Discord is not asked with it and no one hunts a 401."""
    if found is None:
        raise SettingsError(
            f"DISCORD_TOKEN is not set; put the bot's token into .env, as in DISCORD_TOKEN=… ({_WHERE_TOKENS_ARE})."
        )
    token, where = found.text, found.where
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


def _tmdb_token(found: Found | None) -> Secret | None:
    """Catch what TMDB would answer with a 401, of its two keys the wrong one above all."""
    if found is None:
        return None
    if re.fullmatch(r"[0-9a-fA-F]{32}", found.text):
        raise SettingsError(
            f"What stands in {found.where} is TMDB's short API key; Marquee needs the long API Read Access Token "
            f"({_WHERE_TMDB_TOKENS_ARE})."
        )
    if not re.fullmatch(r"[\x21-\x7e]+", found.text):
        raise SettingsError(
            f"The token in {found.where} has a space, a line break or a foreign letter in it; copy it again "
            f"({_WHERE_TMDB_TOKENS_ARE})."
        )
    return Secret(found.text)


def _contact(value: str | None) -> str:
    """What goes into a header, in brackets: an e-mail address, or a page's."""
    if value is None or (re.fullmatch(r"[\x21-\x27\x2a-\x7e]{3,200}", value) and ("@" in value or "://" in value)):
        return value or ""
    raise SettingsError("MARQUEE_CONTACT must be an e-mail address or a page's, as in MARQUEE_CONTACT=you@example.org.")


def _database_url(url: str) -> str:
    examples = f"as in DATABASE_URL={DEFAULT_DATABASE_URL} or DATABASE_URL=postgresql://user:password@localhost/marquee"
    parts = split("DATABASE_URL", url, examples)
    if parts.scheme == "sqlite" and re.fullmatch(r"sqlite:///[^/?#].*|sqlite:////.+", url):
        return url
    if parts.scheme == "sqlite":
        raise SettingsError(f"DATABASE_URL names no file; after sqlite: come three slashes and a path, {examples}.")
    if parts.scheme != "postgresql":
        raise SettingsError(f"DATABASE_URL must begin with sqlite:/// or postgresql://, {examples}.")
    if not parts.path.strip("/"):
        raise SettingsError(f"DATABASE_URL names no database after the host, {examples}.")
    return url


def _post_rate(value: str | None) -> int:
    if value is None:
        return DEFAULT_POST_RATE
    if re.fullmatch(r"[0-9]{1,3}", value) and 1 <= int(value) <= MAX_POST_RATE:
        return int(value)
    raise SettingsError(
        f"POST_RATE must be a whole number from 1 to {MAX_POST_RATE}, as in POST_RATE={DEFAULT_POST_RATE}."
    )


def _shards(values: Values) -> Shards | None:
    ids, count = values.get("SHARDS"), values.get("SHARD_COUNT")
    if ids is None and count is None:
        return None
    if ids is None or count is None:
        raise SettingsError(
            "SHARDS and SHARD_COUNT (--shards and --shard-count) go together, as in --shards 0-3 --shard-count 16; "
            "without both, Marquee has as many shards as Discord recommends."
        )
    try:
        return read_shards(ids, count)
    except ShardsUnclear as error:
        raise SettingsError(
            f"SHARDS and SHARD_COUNT (--shards and --shard-count) say nothing that can be: {error}; "
            "as in --shards 0-3,8 --shard-count 16."
        ) from None
