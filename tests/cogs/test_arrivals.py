"""A channel that closes and opens again, and what admins and members are told of it by the way."""

from datetime import timedelta

from bot.domain.admin_notices import AdminNotice
from bot.domain.shards import Shards
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.store import admin_notices, presence, subscribers
from cogs.arrivals import Arrivals
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york

SAID = "Marquee's posts to <#5> have stopped."


async def settings_of(house: House, server: Server) -> Subscriber:
    async with house.app.db.reading() as tx:
        found = await subscribers.find_subscriber(tx, SubscriberKind.GUILD, server.guild.id)
    assert found is not None
    return found


async def waits(house: House, server: Server) -> None:
    """Something is to be told here, and cannot be written anywhere."""
    subscriber = await settings_of(house, server)
    async with house.app.db.transaction() as tx:
        notice = AdminNotice(subscriber.id, "closed:5:1", SAID, house.now)
        await admin_notices.add_notice(tx, notice, None)


class TestWhatWaits:
    async def test_is_told_to_who_manages_the_server_after_their_command_and_once(
        self, house: House, server: Server
    ) -> None:
        await server.member.pick("track", "ballerina 2025")
        await waits(house, server)
        reply = await server.admin.type("tracked")
        assert "Ballerina" in reply.shown.words
        (told,) = reply.also
        assert told.private
        assert SAID in told.words
        assert (await server.admin.type("tracked")).also == ()

    async def test_is_not_for_members_until_a_day_has_passed(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await waits(house, server)
        assert (await server.member.type("tracked")).also == ()
        house.sleep_until(house.now + timedelta(days=1))
        (told,) = (await server.member.type("tracked")).also
        assert told.private
        assert SAID in told.words

    async def test_survives_a_restart(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await waits(house, server)
        await house.restart()
        assert len((await server.admin.type("tracked")).also) == 1
        await house.restart()
        assert (await server.admin.type("tracked")).also == ()

    async def test_is_told_to_no_other_server(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        await waits(house, server)
        other = house.open_server("The Odeon")
        await other.member.pick("track", "ballerina 2025")
        assert (await other.admin.type("tracked")).also == ()


class TestAClosedChannel:
    async def test_is_told_elsewhere_and_opens_by_itself(self, house: House, server: Server) -> None:
        room, admins = server.room("films", send_messages=False), server.room("admins")
        stored = house.env.backend.get_channel(room.id)
        denied = list(stored.overwrites)
        stored.overwrites.clear()
        await server.admin.type("settings", channel=room)
        await server.admin.type("settings", admin_channel=admins)
        await server.member.pick("track", "ballerina 2025")
        before = len(server.posts(room))
        stored.overwrites.extend(denied)
        await house.live_until(new_york(5, 30, 9))
        await house.work()
        (told,) = server.posts(admins)
        assert told.words.startswith(f"Marquee's posts to <#{room.id}> have stopped.")
        assert not told.pings
        await house.live_until(new_york(5, 31, 12))
        stored.overwrites.clear()
        await house.live_until(new_york(6, 1, 21))
        (resumed,) = server.posts(room)[before:]
        assert "Ballerina" in resumed.words
        assert len(server.posts(admins)) == 1

    async def test_that_was_chosen_again_is_told_of_to_nobody(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        subscriber = await settings_of(house, server)
        house.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=403, code=50001)
        house.sleep_until(new_york(5, 30, 9))
        await house.app.planning.run(house.now)
        await house.app.dispatch.run(house.now)
        await house.app.dispatch.drain()  # closed, and nobody told yet
        async with house.app.db.reading() as tx:
            assert await admin_notices.has_due_notice(tx, house.now)
        await house.app.context.preferences.reopen(subscriber, server.channel.id, house.now)
        async with house.app.db.reading() as tx:
            assert not await admin_notices.has_due_notice(tx, house.now)


class TestComingBack:
    async def test_a_command_shows_it_and_one_message_tells_what_was_missed(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        subscriber = await settings_of(house, server)
        async with house.app.db.transaction() as tx:
            await presence.mark_left(tx, subscriber.id, house.now)
        await house.live_until(new_york(6, 4, 12))
        assert server.posts() == []
        await server.member.type("tracked")
        assert (await settings_of(house, server)).left_at is None
        await house.work()
        (missed,) = server.posts()
        assert missed.words.count("Ballerina") == 2, missed.words
        await house.live_until(new_york(6, 5, 12))
        assert len(server.posts()) == 2

    async def test_what_discord_names_at_the_start_shows_it(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        subscriber = await settings_of(house, server)
        async with house.app.db.transaction() as tx:
            await presence.mark_left(tx, subscriber.id, house.now)
        listening = house.app.client.get_cog("Arrivals")
        assert isinstance(listening, Arrivals)
        elsewhere = Shards(((server.guild.id >> 22) % 4,), 4)
        # A list without it marks nobody, and brings nobody back.
        await listening.on_servers_named(elsewhere, frozenset())
        assert (await settings_of(house, server)).left_at is not None
        await listening.on_servers_named(elsewhere, frozenset({server.guild.id}))
        assert (await settings_of(house, server)).left_at is None
