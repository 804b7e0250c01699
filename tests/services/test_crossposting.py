"""Messages of announcement channels are published once, release days first, and never too many an hour."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.channels import ChannelKind
from bot.domain.crossposts import AN_HOUR
from bot.domain.dates import ReleaseDate
from bot.domain.messages import Attempt, Message, Outcome, Parcel
from bot.domain.posts import Post, PostKind
from bot.domain.subscribers import Subscriber
from bot.services.dispatch import Dispatch
from bot.store import channels
from bot.store.database import Database
from tests.services.dispatching import make_dispatch
from tests.store.samples import CHANNEL, GUILD, HOUR, NOW, a_post, arm, put_to_sleep, store_guild

SECOND = timedelta(seconds=1)
BUSY = Attempt(Outcome.NOT_SENT, retry_after=timedelta(minutes=20))


class News:
    """A clock, a sender that always sends, and a channel of announcements."""

    def __init__(self) -> None:
        self.time = NOW
        self.sent: dict[int, Message] = {}
        self.published: list[PostKind] = []
        self.asked: list[datetime] = []
        self.answers: list[Attempt] = []
        self.loses_ids = False

    def now(self) -> datetime:
        return self.time

    async def send(self, parcel: Parcel) -> Attempt:
        number = 800_000_000_000_000_000 + len(self.sent)
        self.sent[number] = parcel.message
        return Attempt(Outcome.SENT, None if self.loses_ids else number)

    async def find(self, message: Message, after: datetime) -> Attempt:
        found = [number for number, sent in self.sent.items() if sent.message_key == message.message_key]
        return Attempt(Outcome.SENT, found[0]) if found else Attempt(Outcome.NOT_SENT)

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        return Attempt(Outcome.SENT)

    async def publish(self, message: Message) -> Attempt:
        self.asked.append(self.time)
        attempt = self.answers.pop(0) if self.answers else Attempt(Outcome.SENT)
        if attempt.outcome is Outcome.SENT:
            self.published.append(self.sent[message.discord_message_id or 0].posts[0].kind)
        return attempt


class Paper:
    """A server with a channel of announcements."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.news = News()
        self.guild = GUILD
        self.dispatch = self.restart()

    def restart(self) -> Dispatch:
        self.dispatch = make_dispatch(self.db, self.news, self.news, publisher=self.news)
        return self.dispatch

    async def set_up(self, **settings: object) -> None:
        wanted = replace(GUILD, crosspost=True, daily_cap=25, **settings)  # type: ignore[arg-type]
        self.guild: Subscriber = await store_guild(self.db, wanted)
        await put_to_sleep(self.db, self.guild.id)

    async def know(self, kind: ChannelKind) -> None:
        async with self.db.transaction() as tx:
            await channels.set_kind(tx, CHANNEL, kind, NOW)

    async def post(self, number: int = 1, kind: PostKind = PostKind.COUNTDOWN) -> Post:
        """Owe a post, which makes a message of its own at the next tick."""
        due = replace(a_post(self.guild, number), kind=kind, due_at=self.news.time, fresh_until=NOW + 300 * HOUR)
        await arm(self.db, due)
        return due

    async def tick(self, after: timedelta = SECOND) -> None:
        self.news.time += after
        await self.dispatch.run(self.news.time)
        await self.dispatch.drain()


@pytest.fixture
async def paper(database: Database) -> Paper:
    made = Paper(database)
    await made.set_up()
    return made


async def test_a_message_is_published_once(paper: Paper) -> None:
    await paper.know(ChannelKind.NEWS)
    await paper.post()
    for _ in range(4):
        await paper.tick()
    assert len(paper.news.asked) == 1
    await paper.tick(2 * HOUR)
    assert len(paper.news.asked) == 1


@pytest.mark.parametrize("kind", [PostKind.DOUBT, PostKind.REMINDER])
async def test_what_is_for_this_server_alone_is_not(paper: Paper, kind: PostKind) -> None:
    await paper.know(ChannelKind.NEWS)
    await paper.post(1, kind)
    for _ in range(3):
        await paper.tick()
    assert len(paper.news.sent) == 1
    assert paper.news.asked == []


async def test_a_server_that_does_not_want_it_publishes_nothing(database: Database) -> None:
    paper = Paper(database)
    paper.guild = await store_guild(database)
    await put_to_sleep(database, paper.guild.id)
    await paper.know(ChannelKind.NEWS)
    await paper.post()
    for _ in range(3):
        await paper.tick()
    assert (len(paper.news.sent), paper.news.asked) == (1, [])


async def test_a_channel_of_another_kind_is_not_asked_for(paper: Paper) -> None:
    await paper.know(ChannelKind.TEXT)
    await paper.post()
    for _ in range(3):
        await paper.tick()
    assert paper.news.asked == []


async def test_one_of_unknown_kind_is_tried_once_and_learnt(paper: Paper) -> None:
    paper.news.answers = [Attempt(Outcome.REJECTED, kind=ChannelKind.TEXT)]
    for number in range(3):
        await paper.post(number)
        await paper.tick()
        await paper.tick()
    assert len(paper.news.asked) == 1


async def test_too_many_in_an_hour_wait_and_release_days_go_first(paper: Paper) -> None:
    await paper.know(ChannelKind.NEWS)
    for number in range(AN_HOUR):
        await paper.post(number)
        await paper.tick()
    await paper.post(50)
    await paper.tick()
    await paper.post(60, PostKind.RELEASE)
    for _ in range(20):
        await paper.tick(timedelta(minutes=2))
    assert paper.news.published == [PostKind.COUNTDOWN] * AN_HOUR
    for _ in range(20):
        await paper.tick(timedelta(minutes=2))
    assert paper.news.published == [*[PostKind.COUNTDOWN] * AN_HOUR, PostKind.RELEASE, PostKind.COUNTDOWN]


async def test_discord_s_own_limit_is_waited_out(paper: Paper) -> None:
    await paper.know(ChannelKind.NEWS)
    paper.news.answers = [BUSY]
    await paper.post()
    for _ in range(25):
        await paper.tick(timedelta(minutes=1))
    assert [(at - paper.news.asked[0]) for at in paper.news.asked] == [timedelta(), timedelta(minutes=20)]


async def test_what_could_not_be_published_in_a_day_is_given_up(paper: Paper, caplog: pytest.LogCaptureFixture) -> None:
    await paper.know(ChannelKind.NEWS)
    paper.news.answers = [replace(BUSY, retry_after=HOUR)] * 50
    await paper.post()
    for _ in range(30):
        await paper.tick(HOUR)
    assert 20 < len(paper.news.asked) < 26
    assert "is not published" in caplog.text


async def test_a_refusal_is_given_up(paper: Paper) -> None:
    await paper.know(ChannelKind.NEWS)
    paper.news.answers = [Attempt(Outcome.CLOSED, reason="lacks")]
    await paper.post()
    for _ in range(5):
        await paper.tick(HOUR)
    assert len(paper.news.asked) == 1


async def test_one_whose_id_nobody_knows_is_looked_for(paper: Paper) -> None:
    await paper.know(ChannelKind.NEWS)
    paper.news.loses_ids = True
    await paper.post()
    await paper.tick()
    await paper.tick()
    assert len(paper.news.published) == 1


async def test_a_killed_process_s_work_is_done_again_after_its_lease(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    await paper.know(ChannelKind.NEWS)

    async def killed(message: Message) -> Attempt:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(paper.news, "publish", killed)
        await paper.post()
        await paper.tick()
        await paper.tick()
    paper.restart()
    await paper.tick(timedelta(seconds=30))
    assert paper.news.published == []
    await paper.tick(timedelta(seconds=40))
    assert len(paper.news.published) == 1
