"""Each outcome ends as its row of docs/delivery.md says: the post, the channel, who is told, and what stands there."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest

from bot.domain.posts import PostState
from bot.store.database import Database, open_database
from bot.ui.sender import DiscordSender
from tests.outcomes.injections import INJECTIONS, SOON, Injection
from tests.outcomes.page import Row, read_rows
from tests.outcomes.stage import TITLE, Stage
from tests.standin.client import StandinClient

ROWS = read_rows()
#: Each row has days of its own: Discord forgets no key between them, and its ids only grow.
FIRST_DAY, APART = datetime(2027, 1, 1, tzinfo=UTC), timedelta(days=40)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(f"sqlite:///{tmp_path}/marquee.db")
    yield opened
    await opened.close()


def test_every_row_is_injected_and_every_injection_has_its_row() -> None:
    assert set(ROWS) == set(INJECTIONS)


@pytest.mark.parametrize("name", [name for name in ROWS if name in INJECTIONS])
async def test_it_ends_as_the_row_says(
    name: str,
    standin: StandinClient,
    client: discord.Client,
    sender: DiscordSender,
    db: Database,
    no_sleep: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    row, injection = ROWS[name], INJECTIONS[name]
    stage = Stage(standin, client, sender, db, FIRST_DAY + list(ROWS).index(name) * APART)
    await stage.furnish(injection.kind, person=injection.person)
    await stage.tick(stage.time)
    assert await stage.posted() == []
    with monkeypatch.context() as patch:
        if injection.gives_up_soon:
            patch.setattr("bot.services.dispatch.SEND_TIMEOUT", timedelta(seconds=0.2))
        await injection.before(stage)
        await stage.tick(max(stage.due_at, stage.time))
    if row.is_in_doubt:
        assert [post.state for post in await stage.owed()] == [PostState.BUNDLED], "nobody knows yet"
    if injection.meanwhile is None:
        await stage.pass_time(*SOON)
    else:
        await injection.meanwhile(stage)
    await _check_post(stage, row, injection)
    await _check_channel(stage, row)
    await _check_told(stage, row, caplog)
    if injection.mends is not None:
        await injection.mends(stage)
        await _check_mended(stage, row)


async def _check_post(stage: Stage, row: Row, injection: Injection) -> None:
    (post,) = await stage.owed()
    assert post.state is PostState(row.post), post.reason
    posted = await stage.posted()
    # Uncertain: it is there, and nobody knows. Otherwise what is not sent is not there.
    there = injection.shown if post.state is PostState.SENT else int(post.state is PostState.UNCERTAIN)
    assert len(posted) == there
    for message in posted:
        assert TITLE in message.content
        assert ("(late: this was due" in message.content) == row.is_late, message.content
        assert (message.embeds == [] and message.files == ()) == row.is_plain


async def _check_channel(stage: Stage, row: Row) -> None:
    found = await stage.destination()
    assert ("paused" if found is not None and found.paused else "open") == row.channel
    if found is not None and found.paused:
        assert found.reason
        assert stage.due_at <= found.since < stage.due_at + timedelta(hours=1)


async def _check_told(stage: Stage, row: Row, caplog: pytest.LogCaptureFixture) -> None:
    stage.restart()  # which neither forgets nor repeats it
    await stage.pass_time(timedelta(minutes=3))
    told = await stage.told()
    waiting = await stage.waiting()
    assert len(told) == ("the admins" in row.told), [message.content for message in told]
    assert len(waiting) == (row.told == ("the person",) or "nobody to reach" in row.words)
    for sentence in (*(message.content for message in told), *waiting):
        assert f"<#{stage.channel_id}>" in sentence or "direct messages" in sentence
        assert "`/" in sentence or "Allow" in sentence, "it says what to do next"
    if row.is_plain and told:
        assert "Embed Links and Attach Files" in told[0].content
    assert [message.payload["mentions"] for message in told if message.payload["mentions"]] == []
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert bool(errors) == ("the operator" in row.told), [record.getMessage() for record in errors]


async def _check_mended(stage: Stage, row: Row) -> None:
    """Posts go on: one message says what was missed, what was missed is not sent, and nobody is told any more."""
    assert row.channel == "paused"
    found = await stage.destination()
    assert found is not None
    assert not found.paused
    (message,) = await stage.posted()
    assert TITLE in message.content
    assert await stage.waiting() == []
    assert len(await stage.told()) == ("the admins" in row.told)
    await stage.pass_time(timedelta(hours=3), timedelta(hours=30))
    assert len(await stage.posted()) == 1
