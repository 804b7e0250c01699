"""What the loopback TMDB knows: films made up for a test, or our own catalogue's; never TMDB's data."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.domain.films import Catalogue, Film, Job, ReleaseType

Json = dict[str, object]
#: TMDB's numbers, written down once more: a mistake in the source's own table must show.
TYPES = {"premiere": 1, "limited": 2, "theatrical": 3, "digital": 4, "physical": 5, "tv": 6}
_JOBS = {
    Job.DIRECTOR: "Director",
    Job.WRITER: "Screenplay",
    Job.PRODUCER: "Producer",
    Job.COMPOSER: "Original Music Composer",
}
_DEPARTMENTS = {"Director": "Directing", "Screenplay": "Writing", "Producer": "Production"}


@dataclass(frozen=True, slots=True)
class Dated:
    """A release in one country."""

    date: str
    type: str = "theatrical"
    note: str = ""
    language: str = ""
    certification: str = ""

    def to_json(self) -> Json:
        return {
            "certification": self.certification,
            "descriptors": [],
            "iso_639_1": self.language,
            "note": self.note,
            "release_date": f"{self.date}T00:00:00.000Z",
            "type": TYPES[self.type],
        }


@dataclass(frozen=True, slots=True)
class Credited:
    """Somebody's part in a film: a role, or a job."""

    id: int
    name: str
    job: str = ""
    character: str = ""
    order: int = 0

    def to_json(self) -> Json:
        person: Json = {
            "adult": False,
            "gender": 0,
            "id": self.id,
            "known_for_department": "Acting" if not self.job else _DEPARTMENTS.get(self.job, "Crew"),
            "name": self.name,
            "original_name": self.name,
            "popularity": 1.5,
            "profile_path": None,
            "credit_id": f"{self.id:024x}",
        }
        if self.job:
            return person | {"department": _DEPARTMENTS.get(self.job, "Crew"), "job": self.job}
        return person | {"cast_id": self.order, "character": self.character, "order": self.order}


@dataclass(slots=True)
class FakeFilm:
    """One film; a test changes it as it likes."""

    id: int
    title: str
    original_title: str = ""
    original_language: str = "en"
    overview: str = ""
    runtime: int = 0
    genres: Sequence[str] = ()
    companies: Sequence[str] = ()
    countries: Sequence[str] = ("US",)
    imdb: str | None = None
    wikidata: str | None = None
    releases: dict[str, list[Dated]] = field(default_factory=dict)
    credits: Sequence[Credited] = ()
    collection: tuple[int, str] | None = None
    titles: Mapping[str, str] = field(default_factory=dict)  #: country → title
    offers: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)  #: country → kind → services
    popularity: float = 1.0
    adult: bool = False

    @property
    def primary(self) -> str:
        dates = (dated.date for dateds in self.releases.values() for dated in dateds)
        return min(dates, default="")

    def brief(self, region: str = "") -> Json:
        """It in a list; with `region`, that country's date if it has one."""
        there = min((dated.date for dated in self.releases.get(region, [])), default="")
        return {
            "adult": self.adult,
            "backdrop_path": None,
            "genre_ids": [],
            "id": self.id,
            "original_language": self.original_language,
            "original_title": self.original_title or self.title,
            "overview": self.overview,
            "popularity": self.popularity,
            "poster_path": None,
            "release_date": there or self.primary,
            "title": self.title,
            "video": False,
            "vote_average": 0.0,
            "vote_count": 0,
        }

    def details(self) -> Json:
        collection = self.collection
        return self.brief() | {
            "belongs_to_collection": collection
            and {"id": collection[0], "name": collection[1], "poster_path": None, "backdrop_path": None},
            "budget": 0,
            "genres": [{"id": number, "name": name} for number, name in enumerate(self.genres)],
            "homepage": "",
            "imdb_id": self.imdb,
            "origin_country": list(self.countries),
            "production_companies": [
                {"id": number, "logo_path": None, "name": name, "origin_country": "US"}
                for number, name in enumerate(self.companies)
            ],
            "production_countries": [{"iso_3166_1": code, "name": code} for code in self.countries],
            "revenue": 0,
            "runtime": self.runtime,
            "spoken_languages": [],
            "status": "Post Production",
            "tagline": "",
        }

    def part(self, name: str) -> Json | None:
        """What `append_to_response` adds under `name`; None for what there is not."""
        match name:
            case "release_dates":
                countries = self.releases.items()
                return {
                    "results": [
                        {"iso_3166_1": code, "release_dates": [dated.to_json() for dated in dateds]}
                        for code, dateds in countries
                        if dateds
                    ]
                }
            case "credits":
                return {
                    "cast": [credited.to_json() for credited in self.credits if not credited.job],
                    "crew": [credited.to_json() for credited in self.credits if credited.job],
                }
            case "external_ids":
                ids: Json = {"imdb_id": self.imdb, "wikidata_id": self.wikidata}
                return ids | {"facebook_id": None, "instagram_id": None, "twitter_id": None}
            case "alternative_titles":
                titles = self.titles.items()
                return {"titles": [{"iso_3166_1": code, "title": title, "type": ""} for code, title in titles]}
            case "watch/providers":
                return {"results": {code: _providers(self.id, kinds) for code, kinds in self.offers.items()}}
            case _:
                return None


class TmdbWorld:
    """All that the loopback TMDB knows; every change goes into its list of changes."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.films: dict[int, FakeFilm] = {}
        self.collections: dict[int, str] = {}
        self.changes: list[tuple[date, int]] = []
        self._now = now

    def add_film(
        self, id: int, title: str, *, releases: Mapping[str, str | Sequence[Dated]] | None = None, **facts: object
    ) -> FakeFilm:
        """Add a film; `releases={"US": "2027-06-04"}` for one in the cinemas, or lists of `Dated`."""
        listed = {
            code: [Dated(dates)] if isinstance(dates, str) else list(dates) for code, dates in (releases or {}).items()
        }
        film = FakeFilm(id, title, releases=listed, **facts)  # type: ignore[arg-type]
        self.films[id] = film
        if film.collection:
            self.collections[film.collection[0]] = film.collection[1]
        self._changed(id)
        return film

    def move(self, id: int, country: str, type: str, date: str | None) -> None:
        """Give a film's release in a country another date, or its first; None withdraws it."""
        dateds = self.films[id].releases.setdefault(country, [])
        dateds[:] = [dated for dated in dateds if dated.type != type]
        if date is not None:
            dateds.append(Dated(date, type))
        self._changed(id)

    def retitle(self, id: int, title: str) -> None:
        self.films[id].title = title
        self._changed(id)

    def delete(self, id: int) -> None:
        del self.films[id]
        self._changed(id)

    def merge(self, id: int, into: int) -> None:
        """Make one film of two, as TMDB does: one id is gone, the other has the IMDb id."""
        gone = self.films.pop(id)
        self.films[into].imdb = self.films[into].imdb or gone.imdb
        self._changed(id)
        self._changed(into)

    def people(self) -> dict[int, str]:
        return {credited.id: credited.name for film in self.films.values() for credited in film.credits}

    def add_catalogue(self, catalogue: Catalogue) -> None:
        """Take our own films over, those whose TMDB id is known; people get ids made up from their names."""
        franchises = {
            entry.film_key: (_number(franchise.key), franchise.name)
            for franchise in catalogue.franchises
            for entry in franchise.entries
        }
        for key, film in catalogue.films.items():
            if film.ids.get("tmdb"):
                self._add_ours(int(film.ids["tmdb"]), film, franchises.get(key))

    def _add_ours(self, id: int, film: Film, collection: tuple[int, str] | None) -> None:
        releases: dict[str, list[Dated]] = {}
        for release in film.releases:
            day = release.date.day or (release.date.first and release.date.last)  # its last day stands for a year
            if day:
                dated = Dated(day.isoformat(), ReleaseType(release.type).value, release.note)
                releases.setdefault(release.country, []).append(dated)
        self.add_film(
            id,
            film.title,
            releases=releases,
            original_title=film.original_title,
            original_language=film.original_language or "en",
            overview=film.summary,
            runtime=film.runtime_minutes or 0,
            genres=film.genres,
            companies=film.companies,
            countries=film.countries,
            imdb=film.ids.get("imdb"),
            wikidata=film.ids.get("wikidata"),
            credits=tuple(_credited(film)),
            collection=collection,
            popularity=float(len(film.credits) + len(film.releases)),
        )

    def _changed(self, id: int) -> None:
        self.changes.append((self._now().date(), id))


def _credited(film: Film) -> Iterator[Credited]:
    for credit in film.credits:
        job = _JOBS.get(credit.job, "")
        yield Credited(_number(credit.name), credit.name, job, credit.character, credit.position)


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:3]) + 1


def _providers(id: int, kinds: Mapping[str, Sequence[str]]) -> Json:
    listed: Json = {
        kind: [
            {"logo_path": None, "provider_id": _number(name), "provider_name": name, "display_priority": number}
            for number, name in enumerate(names)
        ]
        for kind, names in kinds.items()
    }
    return {"link": f"https://www.themoviedb.org/movie/{id}/watch", **listed}
