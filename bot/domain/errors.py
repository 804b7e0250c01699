"""Every error that Marquee raises on purpose.

    MarqueeError
    ├── UserError            someone typed something: the sentence is shown to them, privately
    │   ├── FilmNotFound         with the nearest titles
    │   ├── SeveralFilms         where no picker can ask which
    │   ├── FilmNotNamed
    │   ├── NotTracked
    │   ├── TooManyFilms
    │   ├── NothingPaused
    │   ├── BadSetting           a zone, hour, date, country or milestone that does not exist
    │   ├── NotAllowed
    │   └── NotInServer
    └── OperatorError        the person who runs Marquee must act: one sentence on stderr, exit code 2
        ├── SettingsError        (bot/settings.py)
        ├── CatalogueError       a film or franchise file that cannot be read
        └── DatabaseError        newer than the code, read-only, full, or held by another process

A user-facing error builds its own sentence, and the sentence says what to do next.
"""

from collections.abc import Sequence


class MarqueeError(Exception):
    """Anything that Marquee raises on purpose; `str()` is one sentence for a person."""


class UserError(MarqueeError):
    """Shown privately to the person who typed; nothing has been changed."""


class OperatorError(MarqueeError):
    """Ends the start with one sentence and exit code 2."""


class FilmNotFound(UserError):
    """No film fits what was typed."""

    def __init__(self, typed: str, nearest: Sequence[str] = ()) -> None:
        self.typed = typed
        self.nearest = tuple(nearest)
        if nearest:
            super().__init__(f"No film found for “{typed}”. Did you mean {_joined(nearest, 'or')}?")
        else:
            super().__init__(
                f"No film found for “{typed}”. Start typing its title and pick it from the list, or see `/upcoming`."
            )


class SeveralFilms(UserError):
    """Several films fit what was typed, where only one can be meant."""

    def __init__(self, typed: str, labels: Sequence[str]) -> None:
        super().__init__(f"“{typed}” fits {_joined(labels[:5], 'and')}. Pick the one you mean from the list.")


class FilmNotNamed(UserError):
    """A command about "the film" where no film is followed yet."""

    def __init__(self) -> None:
        super().__init__("Which film? Nothing is tracked here yet: name a film, such as `/film Dune`, or `/track` one.")


class NothingPaused(UserError):
    """A resume where nothing is paused."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} not paused. `/schedule` shows what comes next.")


class NotTracked(UserError):
    """The film is known, but this server does not follow it."""

    def __init__(self, title: str) -> None:
        super().__init__(f"{title} is not tracked here. `/tracked` lists what is; `/track` adds a film.")


class TooManyFilms(UserError):
    """The server has as many films as it may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"This server already tracks {limit} films, the most it can. `/untrack` one first.")


class BadSetting(UserError):
    """A value that does not exist: what was wrong, and an example of a right one."""

    def __init__(self, what: str, typed: str, example: str) -> None:
        super().__init__(f"“{typed}” is not {what}. For example: {example}.")


class NotAllowed(UserError):
    """The person lacks the right for this here."""

    def __init__(self, action: str, right: str = "Manage Server") -> None:
        super().__init__(f"You need the “{right}” permission to {action}. Ask an admin of this server.")


class NotInServer(UserError):
    """Typed in a DM, or in a server that Marquee is not a member of."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class CatalogueError(OperatorError):
    """A catalogue file that cannot be used; the sentence names the file and the place in it."""


class DatabaseError(OperatorError):
    """The database cannot be used as it is."""


def _joined(titles: Sequence[str], word: str) -> str:
    """Join titles the way a person says them: "A", "A or B", "A, B or C"."""
    marked = [f"**{title}**" for title in titles]
    return marked[0] if len(marked) == 1 else f"{', '.join(marked[:-1])} {word} {marked[-1]}"
