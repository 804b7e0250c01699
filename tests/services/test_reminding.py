"""People's own reminders in a real store, on both databases: followed, put off, stopped, forgotten."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.errors import FilmNotFound, NotReminded, TooManyReminders
from bot.domain.posts import Post, PostKind, PostState
from bot.domain.reminders import PERSON_MILESTONES, Snooze
from bot.domain.subscribers import MAX_FILMS, Subscriber, SubscriberKind
from bot.services.planning import Planning
from bot.services.reminding import Person, Reminding
from bot.services.settings import Preferences
from bot.store import posts as post_store
from bot.store import subscribers as subscriber_store
from bot.store.database import Database
from tests.domain.examples import utc
from tests.services.shelf import film, follower, take

MESSAGES, GUILD = 10**17 + 5, 900
ANN = Person(10**17, None, "de")
START = utc("2027-05-01 12:00")
OUT = "US theatrical 2027-06-04"
ELSEWHERE = "DE theatrical 2027-06-03"


@pytest.fixture
async def film_id(database: Database) -> int:
    return (await take(database, film(OUT, ELSEWHERE), now=START)).film_id


@pytest.fixture
def reminding(database: Database) -> Reminding:
    return Reminding(database)


async def posts_of(database: Database, person: Subscriber, now: datetime) -> list[Post]:
    await Planning(database).run(now)
    async with database.reading() as tx:
        return await post_store.list_posts_since(tx, person.id, START - timedelta(days=99))


async def known(reminding: Reminding, person: Person = ANN) -> Subscriber:
    found = await reminding.find_person(person.user_id)
    assert found is not None
    return found


class TestReminding:
    async def test_makes_a_person_of_a_guess(self, reminding: Reminding, film_id: int) -> None:
        tracked = await reminding.remind(ANN, film_id, MESSAGES, START)
        person = tracked.subscriber
        assert (person.kind, person.country, person.timezone) == (SubscriberKind.USER, "DE", "Europe/Berlin")
        assert (person.milestones, person.channel_id) == (PERSON_MILESTONES, MESSAGES)
        assert not person.country_chosen
        assert [f"{post.due_at:%m-%d %H:%M}" for post in tracked.posts] == ["05-27 07:00", "06-02 07:00", "06-03 07:00"]
        assert await known(reminding) == replace(person, revision=person.revision + 1)

    async def test_guesses_from_the_server_where_they_are(
        self, database: Database, reminding: Reminding, film_id: int
    ) -> None:
        server = await follower(database, film_id, GUILD)
        await Preferences(database).change(server.id, START, country="GB")
        tracked = await reminding.remind(replace(ANN, guild_id=GUILD), film_id, MESSAGES, START)
        assert (tracked.subscriber.country, tracked.subscriber.timezone) == ("GB", "Europe/London")

    async def test_twice_is_once(self, reminding: Reminding, film_id: int) -> None:
        assert not (await reminding.remind(ANN, film_id, MESSAGES, START)).already
        assert (await reminding.remind(ANN, film_id, MESSAGES, START)).already
        assert len((await reminding.list_reminders(ANN, START)).followed) == 1

    async def test_new_direct_messages_take_the_place_of_the_old(self, reminding: Reminding, film_id: int) -> None:
        await reminding.remind(ANN, film_id, MESSAGES, START)
        await reminding.remind(ANN, film_id, MESSAGES + 1, START)
        assert (await known(reminding)).channel_id == MESSAGES + 1

    async def test_stores_nothing_of_who_asks_for_what_is_not_there(self, reminding: Reminding, film_id: int) -> None:
        with pytest.raises(FilmNotFound):
            await reminding.remind(ANN, film_id + 99, MESSAGES, START)
        assert await reminding.find_person(ANN.user_id) is None
        assert (await reminding.list_reminders(ANN, START)).person.id == 0

    async def test_has_a_limit(self, database: Database, reminding: Reminding, film_id: int) -> None:
        person = await reminding.get_person(ANN, START)
        for number in range(MAX_FILMS):
            other = await take(database, film(OUT, title=f"Film {number}"), now=START)
            async with database.transaction() as tx:
                await subscriber_store.add_subscription(tx, person.id, other.film_id, START, ANN.user_id, None)
        with pytest.raises(TooManyReminders):
            await reminding.remind(ANN, film_id, MESSAGES, START)


class TestSnoozing:
    @pytest.fixture
    async def person(self, reminding: Reminding, film_id: int) -> Subscriber:
        return (await reminding.remind(ANN, film_id, MESSAGES, START)).subscriber

    async def test_owes_a_reminder_that_the_planner_leaves_alone(
        self, database: Database, reminding: Reminding, film_id: int, person: Subscriber
    ) -> None:
        due_at = await reminding.snooze(ANN.user_id, film_id, Snooze.TOMORROW, 77, START)
        assert due_at == utc("2027-05-02 07:00")
        for _ in range(2):
            [post] = await posts_of(database, person, START)
            assert (post.kind, post.due_at, post.channel_id, post.state) == (
                PostKind.REMINDER, due_at, MESSAGES, PostState.PLANNED,
            )  # fmt: skip
        assert (await reminding.list_reminders(ANN, START)).put_off == {film_id: due_at}

    async def test_the_same_click_twice_is_one_post_and_another_takes_its_place(
        self, database: Database, reminding: Reminding, film_id: int, person: Subscriber
    ) -> None:
        for snooze, key in ((Snooze.TOMORROW, 77), (Snooze.TOMORROW, 77), (Snooze.THREE_DAYS, 78)):
            await reminding.snooze(ANN.user_id, film_id, snooze, key, START)
        posts = await posts_of(database, person, START)
        assert sorted(post.state for post in posts) == [PostState.CANCELLED, PostState.PLANNED]
        assert (await reminding.list_reminders(ANN, START)).put_off == {film_id: utc("2027-05-04 07:00")}

    async def test_goes_with_the_film(
        self, database: Database, reminding: Reminding, film_id: int, person: Subscriber
    ) -> None:
        await reminding.snooze(ANN.user_id, film_id, Snooze.TOMORROW, 77, START)
        await reminding.stop(ANN.user_id, film_id, START)
        assert [post.state for post in await posts_of(database, person, START)] == [PostState.CANCELLED]
        assert (await reminding.list_reminders(ANN, START)).put_off == {}

    async def test_a_day_that_is_over_is_not_taken(
        self, reminding: Reminding, film_id: int, person: Subscriber
    ) -> None:
        late = utc("2027-06-02 12:00")
        assert await reminding.snooze(ANN.user_id, film_id, Snooze.MONTH_BEFORE, 77, late) is None
        assert (await reminding.list_reminders(ANN, late)).put_off == {}

    async def test_is_for_who_has_a_reminder(self, reminding: Reminding, film_id: int) -> None:
        with pytest.raises(NotReminded):
            await reminding.snooze(ANN.user_id + 1, film_id, Snooze.TOMORROW, 77, START)


class TestEnding:
    @pytest.fixture
    async def people(self, database: Database, reminding: Reminding, film_id: int) -> list[Person]:
        """Two people and a server who follow one film, and were planned the 7-day post."""
        people = [ANN, replace(ANN, user_id=ANN.user_id + 1)]
        await follower(database, film_id, GUILD)
        for number, person in enumerate(people):
            await reminding.remind(person, film_id, MESSAGES + number, START)
            await reminding.snooze(person.user_id, film_id, Snooze.TOMORROW, 70 + number, START)
        await Planning(database).run(utc("2027-05-27 07:00"))
        return people

    async def count(self, database: Database, table: str) -> int:
        """Rows that hang on a subscriber."""
        async with database.reading() as tx:
            found = 0
            for kind, discord_id in ((SubscriberKind.USER, ANN.user_id), (SubscriberKind.USER, ANN.user_id + 1),
                                     (SubscriberKind.GUILD, GUILD)):  # fmt: skip
                subscriber = await subscriber_store.find_subscriber(tx, kind, discord_id)
                if subscriber is not None:
                    rows = await post_store.list_posts_since(tx, subscriber.id, START - timedelta(days=99))
                    found += len(rows) if table == "posts" else 1
        return found

    async def test_all_reminders_of_one_person(
        self, database: Database, reminding: Reminding, people: list[Person]
    ) -> None:
        assert await reminding.stop_all(ANN.user_id, START) == 1
        assert await reminding.stop_all(ANN.user_id, START) == 0
        states = {post.state for post in await posts_of(database, await known(reminding), START)}
        assert states == {PostState.CANCELLED}
        others = await posts_of(database, await known(reminding, people[1]), START)
        assert PostState.PLANNED in {post.state for post in others}

    async def test_forgetting_takes_one_person_and_nobody_else(
        self, database: Database, reminding: Reminding, people: list[Person]
    ) -> None:
        before = await self.count(database, "posts"), await self.count(database, "subscribers")
        assert await reminding.forget(ANN.user_id)
        assert not await reminding.forget(ANN.user_id)
        assert await self.count(database, "subscribers") == before[1] - 1 == 2
        assert 0 < await self.count(database, "posts") < before[0]
        assert await reminding.find_open(ANN.user_id) is None
        assert await reminding.find_open(people[1].user_id) is not None

    async def test_a_servers_id_forgets_no_server(self, reminding: Reminding, people: list[Person]) -> None:
        assert not await reminding.forget(GUILD)
