"""What becomes of a doubtful date, and what a server's admins say of it. Values only."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.films import Doubt, Film


class DoubtState(StrEnum):
    """Where a doubt stands."""

    OPEN = "open"
    PASSED = "passed"  #: a second source, or the same one a day later, said so again
    DROPPED = "dropped"  #: the source took it back, or says something else now


class DoubtVerdict(StrEnum):
    """What a server's admins said."""

    TRUST = "trust"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class DoubtAnswer:
    """What a server said of an open doubt, and who said it."""

    verdict: DoubtVerdict
    user_id: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of an admin's word on a doubt."""

    film: Film
    doubt: Doubt
    state: DoubtState  #: where the doubt stands; nobody's word counts any more where it is not open
    answer: DoubtAnswer | None = None  #: the server's word that is in force; None: it was settled without one
    news: bool = False  #: it is this person's, said just now
