"""A doubtful date in a server: the question, who may answer it, what all see then, and what is told."""

from datetime import timedelta

import discord
import pytest

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.services.taking import take_in
from bot.ui.ids import marker_of
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.reading import Screen

OLD, FAR = "2025-07-04", "2026-03-20"
QUIET = discord.MessageFlags(suppress_notifications=True).value
DAY = timedelta(days=1)


class Source:
    """TMDB, which says dates of one film."""

    def __init__(self, house: House, title: str = "Slipping") -> None:
        self.house, self.title, self.film_id = house, title, 0

    async def says(self, *days: str, source: str = "tmdb") -> None:
        releases = tuple(
            Release("US", ReleaseType.THEATRICAL, ReleaseDate.parse(day), note)
            for day, _, note in (text.partition(" ") for text in days)
        )
        film = Film(0, self.title, 2025, releases=releases, ids={"tmdb": self.title})
        async with self.house.app.db.transaction() as tx:
            taken = await take_in(tx, film, source, self.house.now, film_id=self.film_id or None)
        self.film_id = taken.film_id
        await self.house.app.context.search.load()

    async def slips(self, server: Server, to: str = FAR) -> Screen:
        """It is followed, and moves by half a year; the question."""
        await self.says(OLD)
        await server.follow([self.film_id])
        self.house.sleep_until(self.house.now + timedelta(hours=1))
        await self.says(to)
        await self.house.work()
        return server.posts()[-1]


@pytest.fixture
def source(house: House) -> Source:
    return Source(house)


async def test_the_question_is_asked_at_once_and_rings_nobody(house: House, server: Server, source: Source) -> None:
    role = server.guild.create_role("Filmgoers", mentionable=True)
    await server.admin.type("settings", ping_role=role)
    asked = await source.slips(server)
    assert asked.words.startswith(
        "❔ Slipping (2025): TMDB now says 20 March 2026 (in cinemas, United States), 259 days"
    )
    assert asked.buttons == ["Trust it", "Wait"]
    assert asked.raw["flags"] & QUIET
    assert asked.pings == ()
    assert asked.at == house.now


async def test_trust_is_seen_by_all_and_told_at_the_next_hour(house: House, server: Server, source: Source) -> None:
    asked = await source.slips(server)
    reply = await server.admin.click(asked, "Trust it")
    assert reply.edited
    assert f"-# Trusted by <@{server.admin.actor.id}>." in reply.shown.content
    assert reply.shown.buttons == []
    assert reply.shown.pings == ()
    assert marker_of(reply.shown.components[-1]["custom_id"]) == marker_of(asked.components[-1]["custom_id"])
    (private,) = reply.also
    assert private.private
    assert private.words.startswith("Trusted: Slipping (2025) goes by 20 March 2026")
    await house.live_until(house.now + DAY)
    assert [post.words.splitlines()[0] for post in server.posts()[1:]] == [
        "📅 Slipping was delayed by 8 months 16 days, from 4 July 2025 to 20 March 2026 (cinemas, United States)."
    ]
    assert "TMDB, as of" in server.posts()[1].words
    await source.says(FAR)
    await house.live_until(house.now + 2 * DAY)
    assert len(server.posts()) == 2


async def test_who_waits_may_trust_later_and_both_are_said(house: House, server: Server, source: Source) -> None:
    asked = await source.slips(server)
    waiting = await server.admin.click(asked, "Wait")
    assert f"-# Waiting; <@{server.admin.actor.id}> said so." in waiting.shown.content
    assert waiting.shown.buttons == ["Trust it"]
    assert waiting.also[0].words == "Noted: for Slipping (2025) 4 July 2025 counts until a second word says the same."
    trusted = await server.admin.click(waiting.shown, "Trust it")
    assert trusted.shown.content.count("-# ") == 1
    assert "Trusted by" in trusted.shown.content
    await house.live_until(house.now + DAY)
    assert len(server.posts()) == 2


async def test_only_who_may_manage_the_server_may_answer(server: Server, source: Source) -> None:
    asked = await source.slips(server)
    for label in ("Trust it", "Wait"):
        refused = (await server.member.click(asked, label)).refusal
        assert refused.startswith("You need the “Manage Server” permission to say whether a doubtful date counts here.")
    assert server.admin.again(asked) == asked


@pytest.mark.parametrize(
    ("then", "line", "said"),
    [(OLD, "It has come to nothing since.", "It came to nothing meanwhile: no source says 20 March 2026"),
     (FAR, "It has gone through since.", "It went through by itself meanwhile: Slipping (2025) goes by 20 March 2026")],
)  # fmt: skip
async def test_an_answer_that_comes_too_late_hears_what_became_of_it(
    house: House, server: Server, source: Source, then: str, line: str, said: str
) -> None:
    asked = await source.slips(server)
    house.sleep_until(house.now + DAY)
    await source.says(then)
    reply = await server.admin.click(asked, "Trust it")
    assert reply.shown.content.endswith(f"-# {line}")
    assert reply.shown.buttons == []
    assert reply.also[0].words.startswith(said)


async def test_an_answer_about_a_film_that_is_no_longer_tracked_is_refused(server: Server, source: Source) -> None:
    asked = await source.slips(server)
    await server.admin.pick("untrack", "slipping")
    assert "not tracked here" in (await server.admin.click(asked, "Trust it")).refusal


async def test_questions_go_apart_from_news_and_five_at_a_time(house: House, server: Server) -> None:
    sources = [Source(house, f"Slip {number}") for number in range(7)]
    for each in sources:
        await each.says(OLD)
    await server.follow([each.film_id for each in sources])
    house.sleep_until(house.now + timedelta(hours=1))
    for each in sources:
        await each.says(FAR)
    await house.work()
    first, second = server.posts()
    assert [first.content.count("❔"), second.content.count("❔")] == [5, 2]
    assert len(first.buttons) == 10
    reply = await server.admin.click(first, "Trust it · Slip 3")
    paragraphs = reply.shown.content.split("\n\n")
    assert [number for number, paragraph in enumerate(paragraphs) if "Trusted by" in paragraph] == [
        number for number, paragraph in enumerate(paragraphs) if "Slip 3" in paragraph
    ]
    assert len(reply.shown.buttons) == 8
    again = await server.admin.click(reply.shown, "Wait · Slip 4")
    assert "Trusted by" in again.shown.content
    assert "Waiting; " in again.shown.content
    assert len(again.shown.buttons) == 7


async def test_buttons_outlive_a_restart(house: House, server: Server, source: Source) -> None:
    asked = await source.slips(server)
    await house.restart()
    assert "Trusted by" in (await server.admin.click(asked, "Trust it")).shown.content


async def test_another_server_goes_by_the_old_date_until_it_passes(
    house: House, server: Server, source: Source
) -> None:
    other = house.open_server("The Odeon")
    await source.says(OLD)
    await other.follow([source.film_id])
    asked = await source.slips(server)
    await server.admin.click(asked, "Trust it")
    await house.live_until(house.now + DAY)
    assert (len(server.posts()), len(other.posts())) == (2, 1)
    film = f"id:{source.film_id}"
    assert "20 March 2026" in (await server.member.type("film", film=film)).text
    assert "4 July 2025" in (await other.member.type("film", film=film)).text
    await source.says(FAR)
    await house.live_until(house.now + 2 * DAY)
    assert (len(server.posts()), len(other.posts())) == (2, 2)


async def test_the_channel_for_questions_gets_it_and_the_posts_channel_does_not(
    house: House, server: Server, source: Source
) -> None:
    admins = server.room("admins")
    await server.admin.type("settings", admin_channel=admins)
    await source.says(OLD)
    await server.follow([source.film_id])
    house.sleep_until(house.now + timedelta(hours=1))
    await source.says(FAR)
    await house.work()
    assert server.posts() == []
    (asked,) = server.posts(admins)
    assert asked.buttons == ["Trust it", "Wait"]
    await server.admin.click(asked, "Trust it")
    await house.live_until(house.now + DAY)
    assert [("20 March 2026" in post.words) for post in server.posts()] == [True], "what was trusted is news for all"
