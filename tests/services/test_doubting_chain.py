"""Whatever sources say and admins click: what a server is told leads from date to date, and ends where it stands."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store.database import open_database
from tests.services.doubtful import Doubtful, chain_breaks
from tests.store.engines import PostgresServer

FIRST = "2025-06-06"
#: Near, far, soon over, vague, none, and what no second word settles. All lie after the day of `/track`.
DATES = ["2025-12-09", "2026-03-20", FIRST, "2025-06-20", "2025-07-18", "2025-05-03", "2025-12", "tba",
         "2025-08-01 Re-release", "2025-09-05 Toronto Film Festival"]  # fmt: skip
SERVERS = 3

Step = tuple[str, int, str]
_live = st.tuples(st.just("live"), st.sampled_from([1, 5, 25, 30]), st.just(""))
_say = st.tuples(st.just("say"), st.sampled_from([0, 0, 1]), st.sampled_from(DATES))
_answer = st.tuples(
    st.sampled_from(["trust", "trust", "wait"]),
    st.integers(0, SERVERS - 2),  # the last one never answers
    st.just(""),
)
#: A source says something, somebody may answer, and time passes; or anything in any order.
_scene: st.SearchStrategy[list[Step]] = st.one_of(
    st.tuples(_say, _live, _answer, _live).map(list),
    st.tuples(_say, _answer, _answer).map(list),
    st.tuples(_say, _live).map(list),
    st.tuples(_live).map(list),
    st.tuples(_answer).map(list),
)
_steps = st.lists(_scene, min_size=1, max_size=5).map(lambda scenes: [step for scene in scenes for step in scene])


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the schema and nothing else. Copy it."""
    file = tmp_path_factory.mktemp("doubts") / "empty.db"

    async def make() -> None:
        await (await open_database(f"sqlite:///{file}")).close()

    asyncio.run(make())
    return file


@settings(max_examples=50)
@given(steps=_steps)
def test_what_each_server_is_told_leads_to_what_is_in_force_there(empty: Path, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "marquee.db"
        shutil.copy(empty, file)
        asyncio.run(_live_through(f"sqlite:///{file}", steps))


@settings(max_examples=4)
@given(steps=_steps)
def test_so_it_does_on_postgres(postgres: PostgresServer, steps: list[Step]) -> None:
    async def live() -> None:
        await _live_through(await postgres.emptied(), steps)

    asyncio.run(live())


async def _live_through(url: str, steps: Sequence[Step]) -> None:
    db = await open_database(url)
    try:
        world = Doubtful(db)
        await world.open(FIRST, SERVERS)
        answered: set[tuple[int, int]] = set()
        words = {"tmdb": FIRST}
        for what, number, said in steps:
            if what == "live":
                await world.live(number)
                for source, word in words.items():  # as long as something is in doubt, sources are asked again
                    await world.say(source, word)
            elif what == "say":
                words[("tmdb", "wikidata")[number]] = said
                await world.say(("tmdb", "wikidata")[number], said)
            else:
                for doubt in await world.doubts():
                    await (world.trust if what == "trust" else world.wait)(number, doubt.id)
                    answered.add((number, doubt.id))
        await world.live(48)
        for server in range(SERVERS):
            in_force = await world.in_force(server)
            assert chain_breaks(FIRST, world.news(server), in_force) == "", (server, world.news(server))
            asked = world.asked(server)
            assert len(asked) == len(set(asked)), "asked twice"
            unanswered = {doubt.id for doubt in await world.doubts() if (server, doubt.id) not in answered}
            matter = {doubt.id for doubt in await world.doubts() if str(doubt.new or "none") != in_force}
            assert unanswered & matter <= set(asked), "not asked"
    finally:
        await db.close()
