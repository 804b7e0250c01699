"""`marquee run` on a day like any other: it logs in, tells Discord of its commands once, answers, and posts."""

from __future__ import annotations

import json
import re

from tests.chaos.audit import audit
from tests.chaos.seeding import TODAY, WEEK, Seeding
from tests.chaos.stage import TOKEN, Stage
from tests.standin.client import StandinProcess
from tests.standin.records import Answer

COMMANDS = {"cast", "film", "help", "next", "schedule", "settings", "track", "tracked", "trivia", "untrack", "upcoming"}
DISCORDS_PATIENCE_MS = 3_000


def in_time(answer: Answer) -> Answer:
    assert answer.type is not None, "no answer within Discord's three seconds"
    assert (answer.ms or 0) < DISCORDS_PATIENCE_MS
    return answer


async def syncs(standin: StandinProcess) -> int:
    return len(await standin.list_requests("PUT", "/applications/*/commands"))


async def test_commands_are_synced_once_and_answer_over_the_gateway(stage: Stage) -> None:
    standin = stage.standin
    guild = await standin.add_guild()
    talk, releases = await standin.add_channel(guild.id, "talk"), await standin.add_channel(guild.id, "releases")
    person = await standin.add_person(guild_id=guild.id, permissions=["manage_guild"])
    async with stage.marquee() as bot:
        await standin.wait_until(connected=1, timeout=20)
        assert {command["name"] for command in await standin.list_commands()} >= COMMANDS
        typed = in_time(await standin.autocomplete("track", "film", "balle", channel_id=talk, user_id=person))
        ballerina = next(str(value) for name, value in typed.choices if "2025" in name)
        film = {"film": ballerina}
        tracked = in_time(await standin.slash("track", film, channel_id=talk, user_id=person))
        assert "Ballerina" in tracked.shown.text
        cast = in_time(await standin.slash("cast", film, channel_id=talk, user_id=person))
        assert "Ana de Armas" in cast.shown.text
        trivia = in_time(await standin.slash("trivia", film, channel_id=talk, user_id=person))
        assert len(trivia.shown.text) > len("Ballerina")
        chosen = in_time(await standin.slash("settings", {"channel": releases}, channel_id=talk, user_id=person))
        assert f"<#{releases}>" in chosen.shown.text
        assert chosen.shown.is_ephemeral
        [greeting] = await standin.list_messages(releases)
        assert "Marquee will post here" in greeting.content
        assert await bot.terminate() == 0
    await standin.wait_until(connected=0)
    assert await syncs(standin) == 1
    async with stage.marquee() as bot:
        await standin.wait_until(connected=1, identifies=2, timeout=20)
        await standin.cut_gateway()
        await standin.wait_until(connected=1, resumes=1)
        listed = in_time(await standin.slash("tracked", channel_id=talk, user_id=person))
        assert "Ballerina" in listed.shown.text
        assert await bot.terminate() == 0
    assert await syncs(standin) == 1
    assert await standin.list_messages(releases) == [greeting]


async def test_what_is_due_is_posted_and_the_token_is_in_no_log(stage: Stage) -> None:
    seeding = Seeding(stage)
    both, week = await seeding.add((TODAY, WEEK), (WEEK,))
    await stage.standin.limit_next("POST", "/channels/*/messages")
    async with stage.marquee(LOG_LEVEL="DEBUG", LOG_FORMAT="json") as bot:
        await stage.wait_until_settled()
        code, refusal = await stage.run_to_end()
        assert (code, refusal.count("\n")) == (2, 1)
        assert "in use by another Marquee" in refusal
        [post] = await stage.standin.list_messages(week.channel_id)
        stop = await stage.standin.click(post, post.custom_id_of("Cast"))
        assert "Ida Reel" in in_time(stop).shown.text
        assert await bot.terminate() == 0
    said = await audit(stage, seeding.seats)
    assert re.search(rf"{WEEK}.* opens in cinemas in 7 days", said[week.channel_id][0].content)
    assert said[both.channel_id][0].content.index(TODAY) < said[both.channel_id][0].content.index(WEEK)
    lines = stage.log_of(1).splitlines()
    assert {"level", "logger", "message", "time"} <= set.intersection(*(set(json.loads(line)) for line in lines))
    assert [part for part in TOKEN.split(".")[1:] if part in stage.logs] == []
