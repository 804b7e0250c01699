"""Films made up for a test, where no real one has what it needs."""

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType


def film(
    title: str,
    *dated: str,
    country: str = "US",
    type_: ReleaseType = ReleaseType.THEATRICAL,
    year: int | None = None,
    key: str = "",
) -> Film:
    """A film with a release of one type in one country for each of `dated`: "2025-07-04", "2026-Q2", "2027", "tba"."""
    releases = tuple(Release(country, type_, ReleaseDate.parse(day), source="bundled") for day in dated)
    return Film(0, title, year, releases=releases, ids={"bundled": key or title.casefold().replace(" ", "-")})


def releases(*lines: str) -> tuple[Release, ...]:
    """Releases as in "US theatrical 2025-06-06"."""
    parts = [line.split() for line in lines]
    return tuple(
        Release(country, ReleaseType(type_), ReleaseDate.parse(day), source="bundled") for country, type_, day in parts
    )
