"""Every error that Marquee raises on purpose.

    MarqueeError
    ├── UserError            someone typed something: the sentence is shown to them, privately
    │   ├── FilmNotFound         with the nearest titles
    │   ├── SeveralFilms         where no picker can ask which
    │   ├── SourcesSilent        where only the network knows
    │   ├── FilmNotNamed
    │   ├── NotTracked
    │   ├── TooManyFilms
    │   ├── FollowNotFound       no franchise or person fits, with the nearest names
    │   ├── NotFollowed
    │   ├── TooManyFollows
    │   ├── NothingPaused
    │   ├── NotReminded          a person's own reminders
    │   ├── TooManyReminders
    │   ├── MessagesClosed       direct messages do not arrive
    │   ├── DoubtUnknown
    │   ├── PostUnknown
    │   ├── BadSetting           a zone, hour, date, country or milestone that does not exist
    │   ├── NoPlace              a time zone's abbreviation or offset, which several clocks share
    │   ├── NotAllowed
    │   ├── NotInServer
    │   └── BadMoment            (bot/sandbox/moments.py)
    ├── OperatorError        the person who runs Marquee must act: one sentence on stderr, exit code 2
    │   ├── SettingsError        (bot/settings.py)
    │   ├── CatalogueError       a film or franchise file that cannot be read
    │   ├── DatabaseError        newer than the code, read-only, full, or held by another process
    │   └── …                    the sandbox's own (bot/sandbox/errors.py)
    └── SourceError          a source of films did not answer; nobody's fault here, and nothing is erased
        ├── SourceUnavailable    down, slow, limiting us, or talking nonsense: later
        └── SourceRefused        it does not accept our key: its operator must act

A user-facing error builds its own sentence, and the sentence says what to do next.
"""

from collections.abc import Callable, Sequence


class MarqueeError(Exception):
    """Anything that Marquee raises on purpose; `str()` is one sentence for a person."""


class UserError(MarqueeError):
    """Shown privately to the person who typed; nothing has been changed.

    What comes from outside stands apart from our sentence, so that whoever shows it can make it harmless first.
    """

    def __init__(self, sentence: str, **outside: str) -> None:
        self._sentence = sentence
        self._outside = outside
        super().__init__(self.shown(str))

    def shown(self, harmless: Callable[[str], str]) -> str:
        """The sentence, with `harmless` applied to every text in it that is not ours: its {places} say where."""
        return self._sentence.format(**{name: harmless(text) for name, text in self._outside.items()})


class OperatorError(MarqueeError):
    """Ends the start with one sentence and exit code 2."""


class FilmNotFound(UserError):
    """No film fits what was typed."""

    def __init__(self, typed: str, nearest: Sequence[str] = ()) -> None:
        if nearest:
            names, labels = _joined(nearest, "or")
            super().__init__(f"No film found for “{{typed}}”. Did you mean {names}?", typed=typed, **labels)
        else:
            advice = "Start typing its title and pick it from the list, or see `/upcoming`."
            super().__init__("No film found for “{typed}”. " + advice, typed=typed)


class SeveralFilms(UserError):
    """Several films fit what was typed, where only one can be meant."""

    def __init__(self, typed: str, labels: Sequence[str]) -> None:
        names, outside = _joined(labels[:5], "and")
        super().__init__(f"“{{typed}}” fits {names}. Pick the one you mean from the list.", typed=typed, **outside)


class SourcesSilent(UserError):
    """A film that only a source on the network knows, and none of them answers."""

    def __init__(self, sources: Sequence[str]) -> None:
        if not sources:
            super().__init__("This bot asks no film database for what it does not know. Pick a film from the list.")
            return
        who = {"tmdb": "TMDB", "wikidata": "Wikidata"}
        names = " and ".join(who.get(source, source) for source in sources)
        verb = "do" if len(sources) > 1 else "does"
        super().__init__(f"{names} {verb} not answer just now, and only there is this film known. Try again later.")


class FilmNotNamed(UserError):
    """A command about "the film" where no film is followed yet."""

    def __init__(self, *, own: bool = False) -> None:
        if own:
            super().__init__("Which film? You have no reminders yet: name a film, such as `/film Dune`.")
        else:
            super().__init__(
                "Which film? Nothing is tracked here yet: name a film, such as `/film Dune`, or `/track` one."
            )


class NotTracked(UserError):
    """The film is known, but this server does not follow it."""

    def __init__(self, title: str) -> None:
        super().__init__("{title} is not tracked here. `/tracked` lists what is; `/track` adds a film.", title=title)


class TooManyFilms(UserError):
    """The server has as many films as it may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"This server already tracks {limit} films, the most it can. `/untrack` one first.")


class FollowNotFound(UserError):
    """No franchise or person (`what`) fits what was typed."""

    def __init__(self, what: str, typed: str, nearest: Sequence[str] = ()) -> None:
        if nearest:
            names, outside = _joined(nearest, "or")
            super().__init__(f"No {what} found for “{{typed}}”. Did you mean {names}?", typed=typed, **outside)
        else:
            advice = "Start typing the name and pick it from the list; `/film` makes me look at a film's."
            super().__init__(f"No {what} found for “{{typed}}”. {advice}", typed=typed)


class NotFollowed(UserError):
    """This server does not follow that."""

    def __init__(self, name: str) -> None:
        super().__init__("{name} is not followed here. `/tracked` lists what is; `/follow` adds something.", name=name)


class TooManyFollows(UserError):
    """The server follows as much as it may."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"This server already follows {limit} franchises and people, the most it can. `/unfollow` one first."
        )


class NothingPaused(UserError):
    """A resume where nothing is paused; `title` None: the whole server."""

    def __init__(self, title: str | None) -> None:
        super().__init__("{what} is not paused. `/schedule` shows what comes next.", what=title or "This server")


class NotReminded(UserError):
    """This person has asked for no reminder of the film."""

    def __init__(self, title: str) -> None:
        super().__init__("You have no reminder for {title}. `/me` lists yours.", title=title)


class TooManyReminders(UserError):
    """The person has as many reminders as they may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"You have {limit} reminders already, the most you can have. Stop one in `/me` first.")


class MessagesClosed(UserError):
    """Discord delivers no direct message to this person."""

    def __init__(self) -> None:
        super().__init__(
            "I cannot write to you: Discord delivers none of my direct messages. Open a server where we both are, its "
            "menu, Privacy Settings, allow direct messages (and unblock me), and try again. Nothing has been changed."
        )


class DoubtUnknown(UserError):
    """A word on a doubtful date that nobody asks about any more."""

    def __init__(self) -> None:
        super().__init__("I no longer know this question. `/why` says what is in doubt about a film now.")


class PostUnknown(UserError):
    """A word on a post that this server does not have."""

    def __init__(self) -> None:
        super().__init__("I no longer know this post. `/schedule` lists what there is.")


class BadSetting(UserError):
    """A value that does not exist: what was wrong, and an example of a right one."""

    def __init__(self, what: str, typed: str, example: str) -> None:
        super().__init__(f"“{{typed}}” is not {what}. For example: {example}.", typed=typed)


class NoPlace(UserError):
    """What stands for several clocks where a place is wanted: why it will not do, and likely places."""

    def __init__(self, typed: str, reason: str, zones: Sequence[str]) -> None:
        names = " or ".join(zones) if len(zones) < 3 else f"{', '.join(zones[:-1])} or {zones[-1]}"
        super().__init__(f"“{{typed}}” {reason}: name a place instead. For example: {names}.", typed=typed)


class NotAllowed(UserError):
    """The person lacks the right for this here."""

    def __init__(self, action: str, right: str = "Manage Server") -> None:
        super().__init__(f"You need the “{right}” permission to {action}. Ask an admin of this server.")


class NotInServer(UserError):
    """Typed in a DM, or in a server that Marquee is not a member of."""


class CatalogueError(OperatorError):
    """A catalogue file that cannot be used; the sentence names the file and the place in it."""


class DatabaseError(OperatorError):
    """The database cannot be used as it is."""


class SourceError(MarqueeError):
    """A source of films did not answer as it should; what was known of it stays."""

    def __init__(self, source: str, reason: str, retry_seconds: float | None = None) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason  #: a clause for the log and for a card: "it does not answer"
        self.retry_seconds = retry_seconds  #: what it asked us to wait, if it did


class SourceUnavailable(SourceError):
    """Down, slow, limiting us, or talking nonsense: it is asked again later."""


class SourceRefused(SourceError):
    """It does not accept our key, or us: only the operator can mend that."""


def _joined(titles: Sequence[str], word: str) -> tuple[str, dict[str, str]]:
    """Join titles the way a person says them, "A", "A or B", "A, B or C": places for them, and what goes there."""
    outside = {f"title{number}": title for number, title in enumerate(titles)}
    marked = [f"**{{{name}}}**" for name in outside]
    return (marked[0] if len(marked) == 1 else f"{', '.join(marked[:-1])} {word} {marked[-1]}"), outside
