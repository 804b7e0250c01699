"""What a film's card is made from, and what its tabs have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from discord.ui import Button, LayoutView

from bot.domain.dates import Precision, ReleaseDate, days_in_words, span_in_words, weekday_date
from bot.domain.films import Credit, DateChange, Doubt, Film, Release
from bot.domain.releases import ChangeKind, Counting, counting_for, counting_release, kind_of_change
from bot.domain.subscribers import DEFAULT_COUNTRY, DEFAULT_WANTED, Subscriber, Subscription, Wanted, in_force
from bot.domain.why import Asked
from bot.ui.card import Part, Picture, button
from bot.ui.ids import Tab, TabId
from bot.ui.pictures import PictureSpec, spec_of
from bot.ui.provenance import with_age
from bot.ui.text import escape

_MAX_NAME = 48
_NEAR_DAYS = 60  # farther off, months say more than days
_FINER = {Precision.MONTH: "no day yet", Precision.QUARTER: "no month yet", Precision.YEAR: "no day yet"}


@dataclass(frozen=True, slots=True)
class FilmView:
    """A film as one server sees it, and which tab somebody opened."""

    film: Film
    subscriber: Subscriber | None  #: None: nothing is set up here
    subscription: Subscription | None  #: None: not followed here
    today: date  #: the server's local day
    now: datetime
    tab: Tab
    opener_id: int
    arg: str = ""  #: of the tab: which fact, page or order
    shared: Mapping[int, Sequence[tuple[int, str]]] = field(default_factory=dict[int, Sequence[tuple[int, str]]])
    picture: Picture | None = None
    guess: str = DEFAULT_COUNTRY  #: whose dates count where nothing is set up
    asked: tuple[Asked, ...] = ()  #: what each source last said of the film
    trusted: tuple[Doubt, ...] = ()  #: doubtful dates that are in force here, because admins trust them
    may_check: bool = False  #: whoever opened it may have the sources asked
    personal: bool = False  #: in direct messages: `subscriber` is the person

    @property
    def country(self) -> str:
        """Whose dates count."""
        if self.subscriber and self.subscription:
            return in_force(self.subscriber, self.subscription).country
        return self.subscriber.country if self.subscriber else self.guess

    @property
    def counting(self) -> Counting:
        """What may be said of the release here."""
        if self.subscriber and self.subscription:
            return counting_for(self.subscriber, replace(self.subscription, film=self.film))
        return counting_release(self.film, self.country, wanted=self.wanted)

    @property
    def wanted(self) -> frozenset[Wanted]:
        """The ways of release that this server waits for."""
        if self.subscriber and self.subscription:
            return in_force(self.subscriber, self.subscription).wanted
        return self.subscriber.wanted if self.subscriber else DEFAULT_WANTED

    @property
    def dated_by(self) -> tuple[str, ...]:
        """Whose word the date is that is told first: of the release here, or of the nearest elsewhere."""
        counting = self.counting
        return tuple(release.source for release in (counting.main or counting.elsewhere, counting.wide) if release)

    def fact_source(self, fact: str) -> tuple[str, ...]:
        """Whose word a fact of the film is ("title", "cast"); the catalogue's if nobody noted it."""
        origin = self.film.origins.get(fact)
        return (origin.source if origin else "bundled",)

    def with_age(self, source: str) -> str:
        """A source and how old its word about this film is: "TMDB, checked 3 hours ago"."""
        return with_age(source, self.film, self.asked, self.today, self.now)

    def tab_id(self, tab: Tab, arg: object = "") -> TabId:
        """The custom_id that opens a tab of this card."""
        return TabId(self.film.id, tab, self.opener_id, str(arg))

    def number(self, text: str, end: int) -> int:
        """Read a number from the argument, brought into the range below `end`; 0 for anything else."""
        return min(int(text), max(end - 1, 0)) if text.isascii() and text.isdigit() else 0


@dataclass(frozen=True, slots=True)
class TabBody:
    """What a tab shows between the card's title and its small print, and its own buttons."""

    parts: tuple[Part, ...]
    buttons: tuple[Button[LayoutView], ...] = ()
    picture: Picture | None = None  #: goes above everything
    sources: tuple[str, ...] = ()  #: whose word its dates, or other facts of its own, are
    controls: tuple[Part, ...] = ()  #: rows above the buttons: a select


def picture_of(film: Film, counting: Counting, today: date) -> PictureSpec:
    """Say which picture belongs on a film's card: of the release that counts here, or else of the nearest elsewhere."""
    return spec_of(film, counting.main or counting.elsewhere, today)


def title_of(film: Film) -> str:
    """A film's title and year, ready to show."""
    return escape(film.label, 250) or "Untitled film"


def name_of(credit: Credit) -> str:
    """A person's name, ready to show."""
    return escape(credit.name, _MAX_NAME) or "unnamed"


def names_of(credits: Sequence[Credit], most: int) -> str:
    """The first names of some credits, and how many more there are."""
    return _some([name_of(credit) for credit in credits[:most]], len(credits))


def some_of(names: Sequence[str], most: int, longest: int = _MAX_NAME) -> str:
    """The first of some names, each made ready to show, and how many more there are."""
    return _some([shown for name in names[:most] if (shown := escape(name, longest))], len(names))


def _some(names: Sequence[str], count: int) -> str:
    more = f" and {count - len(names)} more" if names and count > len(names) else ""
    return ", ".join(names) + more


def dated(when: ReleaseDate, today: date) -> str:
    """A date as sure as it is: "Fri 6 June 2025", "June 2027 (no day yet)", "no date announced"."""
    if when.day is not None:
        return weekday_date(when.day)
    if when.first is None:
        return "no date announced"
    return when.in_words() if when.is_out(today) else f"{when.in_words()} ({_FINER[when.precision]})"


def distance(when: ReleaseDate, today: date) -> str:
    """How far off a day is: "in 7 days", "in 3 months 2 days", "5 years ago"; empty if it is not known to the day."""
    if when.day is None:
        return ""
    days = (when.day - today).days
    if abs(days) <= _NEAR_DAYS:
        return days_in_words(days)
    span = span_in_words(today, when.day)
    return f"in {span}" if days > 0 else f"{span} ago"


def moves_of(film: Film, release: Release) -> list[DateChange]:
    """The times that a release went to an earlier or a later date, oldest first."""
    return [
        change
        for change in film.changes
        if (change.country, change.type) == (release.country, release.type)
        and kind_of_change(change.old, change.new) in (ChangeKind.DELAYED, ChangeKind.MOVED_UP)
    ]


def noted(release: Release) -> str:
    """A release's note, to go behind its type."""
    note = escape(release.note, 60)
    return f" · {note}" if note else ""


def turn(view: FilmView, tab: Tab, page: int, pages: int, prefix: str = "") -> tuple[Button[LayoutView], ...]:
    """Make the buttons to the page before and after; `prefix` stands before the page in the tab's argument."""
    buttons: list[Button[LayoutView]] = []
    if page > 0:
        buttons.append(button("Back", view.tab_id(tab, f"{prefix}{page - 1}")))
    if page < pages - 1:
        buttons.append(button("More", view.tab_id(tab, f"{prefix}{page + 1}")))
    return tuple(buttons)
