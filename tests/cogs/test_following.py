"""`/follow`, `/unfollow`: what people type, and what the channel then reads."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.films import Credit, Film, Job
from bot.domain.follows import MAX_FOLLOWS, Candidate, FollowKind
from bot.domain.sources import Found, FoundPerson
from bot.services.following import Following
from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Person, Server
from tests.cogs.reading import Reply
from tests.cogs.times import new_york

DAY = timedelta(days=1, hours=3)


def led(made: Film, *names: str) -> Film:
    """A film with a cast."""
    credits = tuple(Credit(0, name, Job.CAST, place) for place, name in enumerate(names))
    return Film(0, made.title, made.year, releases=made.releases, credits=credits, ids=made.ids)


async def follow(person: Person, kind: str, typed: str, **options: object) -> Reply:
    """Type the beginning of a name and take the first that is offered."""
    choices = await person.suggested(f"follow {kind}", "name", typed)
    assert choices, f"nothing is offered for {typed!r}"
    return await person.type(f"follow {kind}", name=choices[0]["value"], **options)


class TestFollow:
    async def test_a_franchise_and_what_is_to_come_of_it(self, house: House, server: Server) -> None:
        assert (await server.member.names("follow franchise", "name", "john w"))[0].startswith("John Wick · ")
        reply = await follow(server.member, "franchise", "john w")
        assert "John Wick is followed" in reply.text
        assert "Ballerina (2025) · 🇺🇸 United States · in cinemas · Fri 6 June 2025, in 10 days" in reply.text
        assert not reply.shown.private
        tracked = (await server.member.type("tracked")).text
        assert "Ballerina (2025)" in tracked
        assert "Chapter 4" not in tracked
        assert "Followed: John Wick." in tracked
        await house.live_until(new_york(5, 31))
        assert [when for when, _ in server.told()] == ["Fri 30 May 09:00"]  # its countdown, and no notice

    async def test_a_person_who_leads_or_directs(self, server: Server) -> None:
        reply = await follow(server.member, "person", "ana de ar")
        assert "Ana de Armas is followed" in reply.text
        assert "Ballerina (2025)" in reply.text
        assert "directs or leads" in reply.text

    async def test_a_name_typed_by_hand_with_a_slip(self, server: Server) -> None:
        assert "John Wick is followed" in (await server.member.type("follow franchise", name="jhon wick")).text
        assert "is already followed" in (await server.member.type("follow franchise", name="John Wick")).text

    async def test_nobody_of_that_name(self, server: Server) -> None:
        refused = (await server.member.type("follow person", name="zzzzzz")).refusal
        assert refused.startswith("No person found for “zzzzzz”. Start typing")
        assert "Did you mean Keanu Reeves" in (await server.member.type("follow person", name="Kean Rives")).refusal

    async def test_nothing_to_come_is_said(self, house: House, server: Server) -> None:
        await house.add_films(led(film("Old Times", "1999-01-01", year=1999), "Max Rye"))
        assert "Nothing new is to come in the United States" in (await follow(server.member, "person", "max rye")).text
        assert "No film is tracked here yet" in (await server.member.type("tracked")).text
        assert "Followed: Max Rye." in (await server.member.type("tracked")).text

    async def test_two_of_one_name_are_asked_about(self, house: House, server: Server) -> None:
        following = Following(house.app.db, [Namesakes()])
        house.app.client.context = replace(house.app.context, following=following)
        asked = await server.member.type("follow person", name="Chris Twin")
        assert asked.shown.private
        assert "fits more than one person" in asked.text
        assert [option["description"] for option in asked.shown.selects[0]["options"]] == ["acting", "A Quiet Orchard"]
        chosen = await server.member.choose(asked.shown, list(asked.shown.options.values())[-1])
        assert "Chris Twin is followed" in chosen.text
        [followed] = await following.list_follows(server.guild.id)
        assert (followed.name, followed.refs) == ("Chris Twin", ("tmdb:2",))

    async def test_its_films_can_have_a_channel_of_their_own(self, house: House, server: Server) -> None:
        room = server.room("wick")
        refused = await server.member.type("follow franchise", name="John Wick", channel=room)
        assert "Manage Server" in refused.refusal
        reply = await follow(server.admin, "franchise", "john wick", channel=room)
        assert f"<#{room.id}>" in reply.text
        await house.live_until(new_york(5, 31))
        assert server.posts() == []
        assert len(server.posts(room)) == 1

    async def test_a_channel_where_it_may_not_post_is_said(self, server: Server) -> None:
        quiet = server.room("quiet", send_messages=False)
        reply = await follow(server.admin, "franchise", "john wick", channel=quiet)
        assert "I lack Send Messages" in reply.text

    async def test_too_many_are_refused(self, house: House, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        subscriber = await house.app.context.tracking.find_subscriber(server.guild.id)
        assert subscriber is not None
        for number in range(MAX_FOLLOWS):
            candidate = Candidate(FollowKind.PERSON, f"Person {number}", (f"bundled:person-{number}",))
            await house.app.context.following.follow(subscriber, candidate, None, 1, house.now)
        refused = (await server.member.type("follow franchise", name="John Wick")).refusal
        assert f"already follows {MAX_FOLLOWS}" in refused
        assert "Person 0, Person 1" in (await server.member.type("tracked")).text

    async def test_only_managers_where_settings_say_so(self, server: Server) -> None:
        await server.admin.type("settings", who_may_track="managers")
        for command in ("follow franchise", "follow person"):
            assert "Manage Server" in (await server.member.type(command, name="John Wick")).refusal
        assert "Manage Server" in (await server.member.type("unfollow", name="John Wick")).refusal
        assert "is followed" in (await follow(server.admin, "franchise", "john wick")).text


class TestLater:
    async def test_a_new_film_is_tracked_and_told_once_at_the_posting_hour(self, house: House, server: Server) -> None:
        await follow(server.member, "person", "ana de armas")
        await house.add_films(led(film("Deep Roots", "2026-03-06", year=2026), "Ana de Armas"))
        house.sleep_until(house.now + DAY)
        assert await house.app.context.following.run(house.now) == 1
        await house.live_until(new_york(5, 29, 23))
        [(when, told)] = [told for told in server.told() if "🆕" in told[1]]
        assert when == "Thu 29 May 09:00"
        assert told.startswith("🆕 Tracked by itself, because you follow Ana de Armas: Deep Roots opens in cinemas in")
        [post] = [post for post in server.posts() if "🆕" in post.text]
        assert post.pings == ()
        assert "Stop tracking" in post.buttons
        for _ in range(3):
            house.sleep_until(house.now + DAY)
            await house.app.context.following.run(house.now)
            await house.work()
        assert len([text for _, text in server.told() if "🆕" in text]) == 1

    async def test_stop_tracking_under_the_notice_is_for_good(self, house: House, server: Server) -> None:
        await follow(server.member, "person", "ana de armas")
        await house.add_films(led(film("Deep Roots", "2026-03-06", year=2026), "Ana de Armas"))
        house.sleep_until(house.now + DAY)
        await house.app.context.following.run(house.now)
        await house.live_until(house.now + timedelta(hours=24))
        [post] = [post for post in server.posts() if "Deep Roots" in post.text]
        await server.member.click(post, "Stop tracking")
        for _ in range(3):
            house.sleep_until(house.now + DAY)
            await house.app.context.following.run(house.now)
        assert "Deep Roots" not in (await server.member.type("tracked")).text


class TestUnfollow:
    async def test_films_stay(self, house: House, server: Server) -> None:
        await follow(server.member, "franchise", "john wick")
        assert await server.member.names("unfollow", "name", "wick") == ["John Wick · franchise"]
        assert await server.member.names("unfollow", "name", "dune") == []
        [choice] = await server.member.suggested("unfollow", "name", "")
        reply = await server.member.type("unfollow", name=choice["value"])
        assert "John Wick is no longer followed" in reply.text
        tracked = (await server.member.type("tracked")).text
        assert "Ballerina (2025)" in tracked
        assert "Followed" not in tracked
        await house.add_films(led(film("Deep Roots", "2026-03-06"), "Keanu Reeves"))
        house.sleep_until(house.now + DAY)
        assert await house.app.context.following.run(house.now) == 0

    @pytest.mark.parametrize("typed", ["john wick", "John Wick · franchise", " JOHN WICK "])
    async def test_a_name_typed_by_hand(self, server: Server, typed: str) -> None:
        await follow(server.member, "franchise", "john wick")
        assert "no longer followed" in (await server.member.type("unfollow", name=typed)).text

    async def test_what_is_not_followed_is_said_so(self, server: Server) -> None:
        for typed in ("Dune", "follow:1", "*"):
            assert "is not followed here" in (await server.member.type("unfollow", name=typed)).refusal


class TestExport:
    async def test_is_a_file_for_whoever_asks_alone(self, server: Server) -> None:
        await follow(server.member, "franchise", "john wick")
        for format_ in ("json", "csv"):
            reply = await server.member.type("export", format=format_)
            assert reply.shown.private
            [file] = reply.shown.raw["attachments"]
            assert file["filename"] == f"marquee-2025-05-27.{format_}"
            assert "and 1 followed" in reply.text
            assert ("apostrophe" in reply.text) is (format_ == "csv")

    async def test_of_nothing_is_refused(self, server: Server) -> None:
        assert "Nothing is tracked here yet" in (await server.member.type("export", format="csv")).refusal


class Namesakes:
    """A source that knows two people of one name, and no film of theirs."""

    name = "tmdb"

    async def list_of_franchise(self, ref: str) -> Sequence[Found]:
        return []

    async def list_of_person(self, ref: str) -> Sequence[Found]:
        return []

    async def search_people(self, typed: str) -> Sequence[FoundPerson]:
        return [FoundPerson("tmdb:1", "Chris Twin", "acting"), FoundPerson("tmdb:2", "Chris Twin", "A Quiet Orchard")]
