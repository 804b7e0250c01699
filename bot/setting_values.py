"""How a setting is read, whatever it is about: from the environment or `.env`, checked, and refused in one sentence.

No sentence repeats a value: what stands in the wrong place may be a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from dotenv.parser import parse_stream

from bot.domain.errors import OperatorError


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


class Values:
    """The environment over the file, with blank values as unset ones."""

    def __init__(self, environ: Mapping[str, str], file: Mapping[str, str | None]) -> None:
        self._environ = environ
        self._file = file

    def get(self, name: str) -> str | None:
        """The setting `name`; None if it is unset."""
        value = self._environ.get(name)
        return (value if value is not None else self._file.get(name) or "").strip() or None


def read_dotenv(path: Path) -> Mapping[str, str | None]:
    """Read a file of settings; it need not exist."""
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


@dataclass(frozen=True, slots=True)
class Found:
    """A secret as it was found, not yet checked for what it is."""

    text: str
    where: str  #: for a sentence: "the file that DISCORD_TOKEN_FILE names"


def secret(values: Values, name: str) -> Found | None:
    """Find a secret in the setting `name`, or in the file that `name`_FILE names; None if neither is set."""
    text, file = values.get(name), values.get(f"{name}_FILE")
    if text and file:
        raise SettingsError(f"{name} and {name}_FILE are both set; keep one of them.")
    if file:
        found = Found(_read_secret(Path(file), f"{name}_FILE"), f"the file that {name}_FILE names")
    elif text:
        found = Found(text, name)
    else:
        return None
    if found.text[0] in "\"'" or found.text[-1] in "\"'":
        raise SettingsError(f"The token in {found.where} has quotes around it; leave them out.")
    if found.text.lower().startswith(("bot ", "bearer ")):
        word = found.text.split(maxsplit=1)[0].capitalize()
        raise SettingsError(f'The token in {found.where} begins with "{word}"; leave that out, Marquee adds it.')
    return found


def _read_secret(path: Path, name: str) -> str:
    # The path is not repeated: a token that was pasted into the setting would be shown.
    example = f"it must name a text file that holds the token alone, as in {name}=/run/secrets/{name[:-5].lower()}"
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError):
        raise SettingsError(f"The file that {name} names cannot be read; {example}.") from None
    if not text:
        raise SettingsError(f"The file that {name} names is empty; {example}.")
    return text


def address(values: Values, name: str, schemes: tuple[str, str], example: str) -> str | None:
    """An address with one of two schemes (the safe one first), without a slash at its end; None if it is unset."""
    url = values.get(name)
    if url is None:
        return None
    parts = split(name, url, f"as in {name}={example}")
    if parts.scheme not in schemes or not parts.hostname:
        raise SettingsError(
            f"{name} must be an address that begins with {schemes[0]}:// or {schemes[1]}://, as in {name}={example}."
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(f"{name} may hold no user, password, ? or #, as in {name}={example}.")
    return url.rstrip("/")


def split(name: str, url: str, example: str) -> SplitResult:
    """Take an address apart; `examples` ends the sentence if it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # parsed only when asked for
    except ValueError:
        raise SettingsError(
            f"{name} is not an address, {example}; in a password, write @ as %40 and / as %2F."
        ) from None
    return parts


def one_of(values: Values, name: str, allowed: tuple[str, ...], default: str) -> str:
    """One of a few words, in any case."""
    value = values.get(name) or default
    for choice in allowed:
        if value.lower() == choice.lower():
            return choice
    raise SettingsError(f"{name} must be one of {', '.join(allowed)}, as in {name}={default}.")


def folder(values: Values, name: str) -> Path | None:
    """A folder that exists; None if it is unset."""
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


def file(values: Values, name: str) -> Path | None:
    """A file, or a place for one, in a folder that exists; None if it is unset."""
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
