"""With many films in the store only a few are looked at closely, and what is found stays what it was."""

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.services.narrowing import FEW, Narrowing
from bot.services.search import FilmSearch
from bot.store import films as film_store
from bot.store.database import Database

NOW, TODAY = datetime(2026, 1, 10, 12, tzinfo=UTC), date(2026, 1, 10)
WORDS = [
    a + b + c for a in ("ba", "lo", "mi", "kra", "tu", "se") for b in ("ller", "n", "st", "m", "vi") for c in "aeio"
]
WANTED = Film(0, "The Distant Lighthouse", 2026, alternative_titles=("Leuchtturm",), ids={"bundled": "lighthouse"})


def made_up(count: int) -> list[Film]:
    rng = Random(7)
    return [
        Film(
            0,
            " ".join(rng.choices(WORDS, k=3)).title(),
            year := rng.randint(2000, 2027),
            ids={"bundled": f"film-{number}"},
            releases=(Release("US", ReleaseType.THEATRICAL, ReleaseDate.of(date(year, rng.randint(1, 12), 5))),),
        )
        for number in range(count)
    ]


async def store(database: Database, films: list[Film]) -> list[int]:
    async with database.transaction() as tx:
        return [await film_store.save_film(tx, film, NOW) for film in films]


async def test_a_large_store_is_narrowed_and_finds_the_same(database: Database) -> None:
    films = made_up(FEW + 1)
    await store(database, [*films, WANTED])
    search = FilmSearch(database)
    narrowing = Narrowing(search)
    await search.load()
    assert await narrowing.among("lighthouse", TODAY) is None  # no index yet: all are looked at
    assert await narrowing.keep_up()
    try:
        for typed in ("lighthouse", "the distant", "distnat lighthouse", "leucht", films[7].title, films[9].title[:9]):
            among = await narrowing.among(typed, TODAY)
            assert among is not None
            assert len(among) <= 100
            best = search.suggest(typed, "US", TODAY)[0]
            assert search.suggest(typed, "US", TODAY, among)[0].score == best.score, typed
        nothing_typed = await narrowing.among("", TODAY)
        first = [hit.film.id for hit in search.suggest("", "US", TODAY, nothing_typed)]
        assert first == [hit.film.id for hit in search.suggest("", "US", TODAY)]
    finally:
        await narrowing.close()


async def test_what_changed_since_is_found_too(database: Database) -> None:
    await store(database, made_up(FEW + 1))
    search = FilmSearch(database)
    narrowing = Narrowing(search)
    await search.load()
    await narrowing.keep_up()
    try:
        [film_id] = await store(database, [WANTED])
        await search.load()
        assert not await narrowing.keep_up()  # one film is not worth a new index
        assert film_id in (await narrowing.among("lighthouse", TODAY) or ())
        await store(database, [replace(WANTED, title="The Distant Beacon")])
        await search.load()
        among = await narrowing.among("distant beacon", TODAY)
        assert [hit.film.title for hit in search.suggest("distant beacon", "US", TODAY, among)] == [
            "The Distant Beacon"
        ]
    finally:
        await narrowing.close()
