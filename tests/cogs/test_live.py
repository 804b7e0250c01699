"""A server that counts down live: what its channel reads from day to day, and what the cards say of it."""

from datetime import timedelta

import pytest

from bot.domain.posts import PostKind
from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york

EVERY_THREE_HOURS = timedelta(hours=3)


@pytest.fixture
async def live(house: House, server: Server) -> Server:
    """It tracks a film that is still ten days away."""
    await house.add_films(film("Wanderer", "2025-06-06"))
    await server.member.pick("track", "wanderer")
    subscriber = await house.app.context.tracking.find_subscriber(server.guild.id)
    assert subscriber is not None
    await house.app.context.preferences.change(subscriber.id, house.now, live=True)
    return server


async def test_one_message_is_edited_every_morning_and_the_day_has_a_post_of_its_own(
    house: House, live: Server
) -> None:
    said: list[tuple[str, str]] = []
    while house.now < new_york(6, 8, 12):
        await house.live_until(house.now + EVERY_THREE_HOURS, step=EVERY_THREE_HOURS)
        for screen in live.posts():
            first = screen.words.splitlines()[0]
            if first not in [text for _, text in said]:
                said.append((f"{house.now.astimezone(new_york(6, 1).tzinfo):%-d %b}", first))
    assert [text for _, text in said] == [
        *(
            f"🎬 Wanderer opens in cinemas in {days} days: Fri 6 June 2025 (United States)."
            for days in range(10, 1, -1)
        ),
        "🎬 Wanderer opens in cinemas tomorrow: Fri 6 June 2025 (United States).",
        "🍿 Wanderer is out today in cinemas (United States).",
        "🍿 Wanderer has been out in cinemas since Fri 6 June (United States).",
    ]
    countdown, alert = live.posts()
    assert (countdown.words.splitlines()[0], alert.words.splitlines()[0]) == (said[-1][1], said[-2][1])
    assert len(countdown.raw["attachments"]) == 1
    assert countdown.pings == ()


async def test_a_date_that_moves_is_edited_and_told(house: House, live: Server) -> None:
    await house.live_until(new_york(5, 29, 12))
    await house.add_films(film("Wanderer", "2025-07-09"))
    await house.work()
    [countdown] = live.posts()
    assert countdown.words.startswith("🎬 Wanderer opens in cinemas in 41 days: Wed 9 July 2025 (United States).")
    await house.live_until(new_york(5, 31))
    assert [first.split()[0] for _, first in live.told()] == ["🎬", "📅"]


async def test_somebody_deletes_it_and_it_comes_again_the_day_after(house: House, live: Server) -> None:
    await house.live_until(new_york(5, 28, 12))
    [countdown] = live.posts()
    house.env.backend.delete_message(countdown.channel_id, countdown.id)
    await house.live_until(new_york(5, 29, 12))
    assert live.posts() == []
    await house.live_until(new_york(5, 31, 12))
    assert [when for when, _ in live.told()] == ["Fri 30 May 09:00"]
    assert live.posts()[0].words.startswith("🎬 Wanderer opens in cinemas in 6 days")


async def test_survives_a_restart(house: House, live: Server) -> None:
    await house.live_until(new_york(5, 28, 12))
    await house.restart()
    house.sleep_until(new_york(5, 31, 12))
    await house.work()
    [countdown] = live.posts()
    assert countdown.words.startswith("🎬 Wanderer opens in cinemas in 6 days")


async def test_its_buttons_answer(house: House, live: Server) -> None:
    await house.live_until(new_york(5, 29, 12))
    reply = await live.member.click(live.posts()[0], "Details")
    assert "Wanderer" in reply.text


class TestCards:
    async def test_track_says_that_it_counts_live(self, house: House, live: Server) -> None:
        reply = await live.member.pick("track", "wanderer")
        assert "A live countdown begins Tue 27 May 09:00" in reply.text
        assert "3 more" not in reply.text
        await house.live_until(new_york(5, 29, 12))
        reply = await live.member.pick("track", "wanderer")
        assert "is updated every day. The release day gets a post of its own." in reply.text

    async def test_the_countdown_tab_says_so(self, house: House, live: Server) -> None:
        await house.live_until(new_york(5, 29, 12))
        card = (await live.member.pick("film", "wanderer")).shown
        reply = await live.member.click(card, "Countdown")
        assert "every day 09:00 · the live countdown is updated" in reply.text
        assert "days to go" not in reply.text
        assert "Fri 6 June 09:00 · release day" in reply.text

    async def test_schedule_names_since_when_and_the_next_edit(self, house: House, live: Server) -> None:
        reply = await live.admin.type("schedule")
        assert "live countdown" in reply.text
        await house.live_until(new_york(5, 29, 12))
        reply = await live.admin.type("schedule")
        assert "Wanderer · since Tue 27 May · next edit Fri 30 May 09:00" in reply.text
        assert "days to go" not in reply.text

    async def test_the_preview_is_the_countdown(self, live: Server) -> None:
        shown = await live.admin.type("schedule")
        reply = await live.admin.click(shown.shown, "Preview the next post")
        assert "🎬 Wanderer opens in cinemas in 10 days: Fri 6 June 2025 (United States)." in reply.text

    async def test_schedule_says_what_is_left_alone(self, house: House, live: Server) -> None:
        for _ in range(8):
            await house.live_until(house.now + timedelta(days=1))
            for countdown in live.posts():
                house.env.backend.delete_message(countdown.channel_id, countdown.id)
        reply = await live.admin.type("schedule")
        assert "The live countdown of Wanderer was deleted 3 times" in reply.text
        agenda = await house.app.context.schedule.find_agenda(live.guild.id, house.now)
        assert agenda is not None
        assert PostKind.LIVE not in [post.kind for post in agenda.coming]
