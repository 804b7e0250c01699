"""How a case of "the release that counts" is written down."""

import re
from dataclasses import dataclass

from bot.domain.films import Film, Release
from bot.domain.subscribers import Wanted
from tests.domain.examples import release

C, D, P = Wanted.CINEMA, Wanted.DIGITAL, Wanted.PHYSICAL


@dataclass(frozen=True)
class Case:
    """What is known of a film, who asks, and what counts. Releases read "US theatrical 06-06 IMAX", or "fr CH …"."""

    known: tuple[str, ...]
    main: str | None = None
    owed: tuple[str, ...] | None = None  #: None: `main` alone
    country: str = "US"
    wanted: tuple[Wanted, ...] = (C,)
    tracked: str = ""  #: the local day of `/track`
    wide: str | None = None
    elsewhere: str | None = None
    others: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()


def parsed(text: str) -> Release:
    """A release: language first if it has one, the year if it is not 2025."""
    language, rest = (text[:2], text[3:]) if text[:2].islower() else ("", text)
    country, kind, when, *note = rest.split(" ", 3)
    when = f"2025-{when}" if re.fullmatch(r"\d\d(-\d\d)?|Q\d", when) else when
    found = release(" ".join((country, kind, when, *note)))
    return Release(found.country, found.type, found.date, found.note, language=language)


def film_of(*known: str, homes: tuple[str, ...] = ()) -> Film:
    return Film(7, "Ballerina", 2025, releases=tuple(map(parsed, known)), countries=homes)
