"""[Check now] on a film's card: the sources are asked at once, for those who manage the server."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import SourceUnavailable
from bot.domain.films import Film
from bot.domain.sources import Answer, AnswerState, Question
from bot.services.refresh import Refresh
from bot.services.taking import take_in
from tests.cogs.films import film, releases
from tests.cogs.house import House
from tests.cogs.people import Server

SLOW = film("Slow Boat", "2025-07-04", key="slow-boat")


class Source:
    """A source of one film, which answers, or does not."""

    batch = 1

    def __init__(self, name: str, *dates: str) -> None:
        self.name = name
        self.says: Film | None = replace(SLOW, releases=releases(*dates), ids={"tmdb": "7"})
        self.asked = 0

    async def fetch_films(self, questions: Sequence[Question]) -> Sequence[Answer]:
        self.asked += 1
        if self.says is None:
            raise SourceUnavailable(self.name, "it does not answer")
        return [Answer(AnswerState.FOUND, self.says)]

    async def list_changed(self, *_: object) -> None:
        return None


@pytest.fixture
async def tmdb(house: House) -> Source:
    """Marquee with TMDB behind it, which has said 4 July of a film."""
    source = Source("tmdb", "US theatrical 2025-07-04")
    assert source.says is not None
    async with house.app.db.transaction() as tx:
        await take_in(tx, source.says, "tmdb", house.now)
    await house.app.context.search.load()
    refresh = Refresh(house.app.db, [source])  # type: ignore[list-item]
    house.app.client.context = replace(house.app.context, refresh=refresh)
    return source


async def test_says_that_nothing_is_new_and_is_asked_once_in_ten_minutes(
    house: House, server: Server, tmdb: Source
) -> None:
    card = (await server.admin.pick("film", "slow boat")).shown
    assert (await server.admin.click(card, "Check now")).refusal == "Asked TMDB just now: nothing new."
    again = (await server.admin.click(card, "Check now")).refusal
    assert again == "This film was checked less than ten minutes ago. Try again in a little while."
    assert tmdb.asked == 1
    house.sleep_until(house.now + timedelta(minutes=10))
    await server.admin.click(card, "Check now")
    assert tmdb.asked == 2


@pytest.mark.parametrize(
    ("dates", "said"),
    [("US theatrical 2025-07-11", "1 date is new"),
     ("US theatrical 2026-03-20", "1 date is in doubt"),
     ("US theatrical 2025-07-11,DE theatrical 2025-07-10", "2 dates are new")],
)  # fmt: skip
async def test_says_what_is_new(server: Server, tmdb: Source, dates: str, said: str) -> None:
    card = (await server.admin.pick("film", "slow boat")).shown
    assert tmdb.says is not None
    tmdb.says = replace(tmdb.says, releases=releases(*dates.split(",")))
    assert (await server.admin.click(card, "Check now")).refusal == f"Asked TMDB just now: {said}."


async def test_says_who_does_not_answer(server: Server, tmdb: Source) -> None:
    card = (await server.admin.pick("film", "slow boat")).shown
    tmdb.says = None
    assert (await server.admin.click(card, "Check now")).refusal == (
        "TMDB could not be asked (it does not answer). What was known stays."
    )


async def test_is_for_those_who_manage_the_server(server: Server, tmdb: Source) -> None:
    assert "Check now" not in (await server.member.pick("film", "slow boat")).shown.buttons
    card = (await server.admin.pick("film", "slow boat")).shown
    refused = (await server.member.click(card, "Check now")).refusal
    assert refused.startswith("You need the “Manage Server” permission to have a film checked.")
    assert tmdb.asked == 0


async def test_without_a_source_says_so(house: House, server: Server) -> None:
    house.app.client.context = replace(house.app.context, refresh=Refresh(house.app.db, []))
    card = (await server.admin.pick("film", "ballerina 2025")).shown
    said = (await server.admin.click(card, "Check now")).refusal
    assert said == "Marquee has only its own catalogue here: there is nobody to ask."
