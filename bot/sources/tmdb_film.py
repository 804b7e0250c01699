"""TMDB's details of one film → Film. A wrong item is left out; what is not whole is refused, and erases nothing."""

from collections.abc import Iterator, Mapping
from datetime import date

from bot.domain.dates import ReleaseDate, placeholder_as_year
from bot.domain.films import Credit, Film, Job, Offer, Release, ReleaseType
from bot.domain.places import countries
from bot.sources import tmdb_shapes as tmdb
from bot.sources.tmdb_shapes import SOURCE, text

MAX_CAST = 20
#: Titles in other countries, for search; a blockbuster has some fifty.
MAX_TITLES = 80
#: The longest film lasts 857 hours.
_MAX_MINUTES = 60_000
#: What was asked for along with the details, and the lists or tables that each part must then have.
_PARTS = (
    ("release_dates", "results", list),
    ("credits", "cast", list),
    ("credits", "crew", list),
    ("alternative_titles", "titles", list),
    ("watch/providers", "results", dict),
)
Body = Mapping[str, object]


class NotWholeError(ValueError):
    """The answer is no film's, or lacks what was asked for; the text is a clause for the log."""


def read_film(body: Body, asked: str, today: date) -> Film:
    """Read the details of the film with TMDB's id `asked`; `today` tells placeholder dates from days.

    Raises:
        NotWholeError: another id, no title, a part that was asked for and has not come, or more nonsense than dates.
    """
    _check_whole(body, asked)
    parts = {part: tmdb.as_object(body.get(part)) for part, _, _ in _PARTS}
    releases = _releases(parts["release_dates"]["results"], today)
    title = text(body.get("title"))
    original = text(body.get("original_title"))
    collection = tmdb.read(body.get("belongs_to_collection"), tmdb.Collection)
    named = collection is not None and tmdb.is_id(collection.id) and text(collection.name)
    return Film(
        id=0,
        title=title,
        year=_year(tmdb.day(body.get("release_date")), releases),
        original_title=original,
        original_language=tmdb.language(body.get("original_language")),
        alternative_titles=_other_titles(parts["alternative_titles"]["titles"], {title, original}),
        summary=text(body.get("overview"), tmdb.MAX_TEXT),
        runtime_minutes=tmdb.number(body.get("runtime"), 1, _MAX_MINUTES),
        genres=_names(body.get("genres")),
        companies=_names(body.get("production_companies")),
        countries=_countries(body),
        releases=releases,
        credits=tuple(_credits(parts["credits"])),
        ids=_ids(body, asked),
        sources=(tmdb.FILM_PAGE.format(asked),),
        offers=tuple(dict.fromkeys(_offers(tmdb.as_object(parts["watch/providers"]["results"])))),
        belongs_to={f"{SOURCE}:{collection.id}": text(collection.name)} if collection and named else {},
    )


def _check_whole(body: Body, asked: str) -> None:
    if not tmdb.is_id(body.get("id")) or str(body["id"]) != asked:
        raise NotWholeError("it is about another film")
    if not text(body.get("title")):
        raise NotWholeError("it has no title")
    for part, key, kind in _PARTS:
        if not isinstance(tmdb.as_object(body.get(part)).get(key), kind):
            raise NotWholeError(f"it has no {part}")
    if not isinstance(body.get("external_ids"), dict):
        raise NotWholeError("it has no external_ids")
    credited = tmdb.as_object(body["credits"])
    for key, kind in (("cast", tmdb.CastMember), ("crew", tmdb.CrewMember)):
        if 2 * len(tmdb.read_all(credited[key], kind)) < len(tmdb.as_list(credited[key])):
            raise NotWholeError(f"most of its {key} cannot be read")


def _releases(results: object, today: date) -> tuple[Release, ...]:
    """The releases in known countries and of known types, in a fixed order.

    Raises:
        NotWholeError: more of the dates cannot be read than can: then the rest is not to be trusted either.
    """
    found: dict[Release, None] = {}
    by_country = tmdb.read_all(results, tmdb.CountryReleases)
    readable, unreadable = 0, len(tmdb.as_list(results)) - len(by_country)
    for country in by_country:
        for item in country.release_dates:
            release = tmdb.read(item, tmdb.Release)
            day = tmdb.day(release.release_date) if release else None
            if release is None or day is None or day.first is None:
                # An empty date is TMDB's way to say that it does not know.
                unreadable += release is None or release.release_date != ""
                continue
            readable += 1
            kind = tmdb.RELEASE_TYPES.get(release.type)
            if kind is not None and country.iso_3166_1 in countries():
                found[_release(country.iso_3166_1, kind, placeholder_as_year(day.first, today), release)] = None
    if unreadable > readable:
        raise NotWholeError("most of its dates cannot be read")
    return tuple(sorted(found, key=lambda r: (r.country, list(ReleaseType).index(r.type), r.date.sort_key, r.language)))


def _release(country: str, kind: ReleaseType, day: ReleaseDate, said: tmdb.Release) -> Release:
    return Release(
        country,
        kind,
        day,
        note=text(said.note),
        source=SOURCE,
        language=tmdb.language(said.iso_639_1),
        certification=text(said.certification),
    )


def _year(primary: ReleaseDate | None, releases: tuple[Release, ...]) -> int | None:
    if primary is not None and primary.first is not None:
        return primary.first.year
    return min((release.date.first.year for release in releases if release.date.first), default=None)


def _names(values: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for item in tmdb.read_all(values, tmdb.Named) if (name := text(item.name))))


def _other_titles(values: object, known: set[str]) -> tuple[str, ...]:
    titles = (text(item.title) for item in tmdb.read_all(values, tmdb.Title))
    return tuple(dict.fromkeys(title for title in titles if title and title not in known))[:MAX_TITLES]


def _countries(body: Body) -> tuple[str, ...]:
    codes = tmdb.read_all(body.get("origin_country"), str)
    if not codes:
        codes = [country.iso_3166_1 for country in tmdb.read_all(body.get("production_countries"), tmdb.Country)]
    return tuple(dict.fromkeys(code for code in codes if code in countries()))


def _credits(said: Body) -> Iterator[Credit]:
    cast = [person for person in tmdb.read_all(said["cast"], tmdb.CastMember) if tmdb.is_id(person.id)]
    cast.sort(key=lambda person: order if (order := tmdb.number(person.order, 0, 100_000)) is not None else 100_000)
    billed = [(person.id, text(person.name), text(person.character)) for person in cast]
    yield from _job(Job.CAST, billed, MAX_CAST)
    crew = [person for person in tmdb.read_all(said["crew"], tmdb.CrewMember) if tmdb.is_id(person.id)]
    jobs = (
        (Job.DIRECTOR, tmdb.DIRECTORS),
        (Job.WRITER, tmdb.WRITERS),
        (Job.PRODUCER, tmdb.PRODUCERS),
        (Job.COMPOSER, tmdb.COMPOSERS),
    )
    for job, names in jobs:
        yield from _job(job, [(person.id, text(person.name), "") for person in crew if person.job in names], MAX_CAST)


def _job(job: Job, people: list[tuple[int, str, str]], most: int) -> Iterator[Credit]:
    """Each person once in a job, in their order: who wrote both story and screenplay is one writer."""
    named: dict[int, tuple[str, str]] = {}
    for person, name, character in people:
        if name:
            named.setdefault(person, (name, character))
    for position, (person, (name, character)) in enumerate(list(named.items())[:most]):
        yield Credit(0, name, job, position, character, refs=(f"{SOURCE}:{person}",))


def _ids(body: Body, asked: str) -> dict[str, str]:
    external = tmdb.as_object(body.get("external_ids"))
    ids = {SOURCE: asked}
    for imdb in (external.get("imdb_id"), body.get("imdb_id")):
        if isinstance(imdb, str) and tmdb.IMDB_ID.fullmatch(imdb):
            ids.setdefault("imdb", imdb)
    wikidata = external.get("wikidata_id")
    if isinstance(wikidata, str) and tmdb.WIKIDATA_ID.fullmatch(wikidata):
        ids["wikidata"] = wikidata
    return ids


def _offers(by_country: Body) -> Iterator[Offer]:
    for country, offers in by_country.items():
        for word, kind in tmdb.OFFER_KINDS.items():
            for provider in tmdb.read_all(tmdb.as_object(offers).get(word), tmdb.Provider):
                if country in countries() and (service := text(provider.provider_name)):
                    yield Offer(country, kind, service)
