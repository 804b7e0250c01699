"""What a live countdown says, and its first send and its edits over HTTP, with everything that Discord may answer."""

from collections.abc import Sequence
from dataclasses import replace

import discord
import pytest

from bot.domain.films import Film, Release
from bot.domain.live import Countdown, Standing
from bot.domain.living import counting
from bot.domain.messages import Attempt, Outcome, Parcel, message_key
from bot.ui.live_editor import DiscordLiveEditor
from bot.ui.posts import MAX_CONTENT, picture_of, render_message
from bot.ui.sender import DiscordSender
from tests.domain.examples import cases, day, release
from tests.standin.client import StandinClient
from tests.ui.parcels import QuickShop, parcel, post, whole_film
from tests.ui.sending import channel_id, client, guild, sender, served, shop, standin, told

__all__ = ["channel_id", "client", "guild", "sender", "served", "shop", "standin", "told"]
EDIT = "/channels/*/messages/*"
CINEMA, STREAM = release("US theatrical 2025-06-06"), release("US digital 2025-07-01")


def live(
    *releases: Release,
    today: str = "2025-05-30",
    standing: Standing = Standing.COUNTING,
    film: Film | None = None,
    plain: bool = False,
    elsewhere: int | None = None,
) -> Parcel:
    film = film or whole_film(1, "Ballerina", CINEMA, STREAM)
    told = parcel(post("live theatrical 2025-06-06"), films=[film], plain=plain, now=f"{today} 13:00")
    return counting(told, Countdown(standing, day(today), "US", releases, 30, elsewhere))


COUNTS = "-# ▰▰▰▰▰▰▰▱▱▱ updated every day at 09:00"


@cases(
    "said, lines",
    [
        (
            "a week",
            live(CINEMA),
            ["🎬 **Ballerina** opens in cinemas in 7 days: Fri 6 June 2025 (United States).", COUNTS],
        ),
        (
            "far away",
            live(CINEMA, today="2025-01-01"),
            [
                "🎬 **Ballerina** opens in cinemas in 156 days: Fri 6 June 2025 (United States).",
                COUNTS.replace("▰", "▱"),
            ],
        ),
        (
            "the day before",
            live(CINEMA, today="2025-06-05"),
            [
                "🎬 **Ballerina** opens in cinemas tomorrow: Fri 6 June 2025 (United States).",
                "-# ▰▰▰▰▰▰▰▰▰▱ updated every day at 09:00",
            ],
        ),
        (
            "the day",
            live(CINEMA, today="2025-06-06"),
            ["🍿 **Ballerina** is out today in cinemas (United States).", "-# ▰▰▰▰▰▰▰▰▰▰"],
        ),
        (
            "over",
            live(CINEMA, today="2025-06-07"),
            ["🍿 **Ballerina** has been out in cinemas since Fri 6 June (United States).", "-# The countdown is over."],
        ),
        (
            "two releases",
            live(CINEMA, STREAM),
            [
                "🎬 **Ballerina** opens in cinemas in 7 days: Fri 6 June 2025 (United States).",
                "It can be streamed or rented digitally from Tue 1 July 2025, in 32 days (United States).",
                COUNTS,
            ],
        ),
        (
            "no date",
            live(),
            [
                "📅 **Ballerina** has no release date in the United States at present.",
                "-# The countdown goes on here as soon as there is a day.",
            ],
        ),
        (
            "a month",
            live(release("US theatrical 2025-07")),
            [
                "📅 **Ballerina** in cinemas: July 2025 (United States).",
                "-# The countdown goes on here as soon as there is a day.",
            ],
        ),
        (
            "turned off",
            live(CINEMA, standing=Standing.RESTING),
            [
                "📅 **Ballerina** in cinemas: Fri 6 June 2025 (United States).",
                "-# This countdown is no longer updated.",
            ],
        ),
        (
            "moved",
            live(CINEMA, standing=Standing.RESTING, elsewhere=77),
            ["📅 **Ballerina** in cinemas: Fri 6 June 2025 (United States).", "-# This countdown goes on in <#77>."],
        ),
        (
            "untracked",
            live(standing=Standing.ENDED),
            ["🎬 **Ballerina** is no longer tracked here: this countdown has ended."],
        ),
    ],
)
async def test_says_the_day_and_how_far_it_is(said: Parcel, lines: Sequence[str]) -> None:
    rendered = render_message(said)
    assert rendered.content.splitlines() == lines
    assert rendered.silent
    assert rendered.allowed_mentions.to_dict() == {"parse": []}


async def test_has_details_and_a_picture_of_the_day_only_as_long_as_somebody_mends_them() -> None:
    said = live(CINEMA)
    [embed] = render_message(said, None).embeds
    assert "**Fri 6 June 2025**, in 7 days" in (embed.description or "")
    assert (spec := picture_of(said)) is not None
    assert (spec.big, spec.under) == ("7", "days")
    over = live(CINEMA, today="2025-06-07")
    [embed] = render_message(over, None).embeds
    assert (embed.description or "").splitlines()[0] == "🇺🇸 United States · in cinemas · **6 June 2025**"
    for standing in (Standing.RESTING, Standing.ENDED):
        assert render_message(live(CINEMA, standing=standing)).embeds == ()
        assert picture_of(live(CINEMA, standing=standing)) is None


async def test_fits_whatever_the_title() -> None:
    long = whole_film(1, "*_~`|>" * 200, CINEMA, STREAM)
    assert len(render_message(live(CINEMA, STREAM, film=long)).content) <= MAX_CONTENT


@pytest.fixture
def editor(sender: DiscordSender, client: discord.Client, shop: QuickShop) -> DiscordLiveEditor:
    return DiscordLiveEditor(client, shop)


@pytest.fixture
async def sent(sender: DiscordSender, told: Parcel, channel_id: int) -> Parcel:
    """A live countdown that is in the stand-in's channel and says "in 7 days"."""
    said = live(CINEMA)
    key = message_key(channel_id, ["live"])
    message = replace(said.message, channel_id=channel_id, message_key=key)
    said = replace(said, subscriber=told.subscriber, message=message)
    attempt = await sender.send(said)
    assert attempt.outcome is Outcome.SENT
    return replace(said, message=replace(said.message, discord_message_id=attempt.discord_message_id))


def tomorrow(said: Parcel, *releases: Release) -> Parcel:
    assert said.countdown is not None
    return counting(said, replace(said.countdown, today=day("2025-05-31"), releases=releases or (CINEMA,)))


async def test_is_edited_in_place_and_rings_nobody(
    standin: StandinClient, editor: DiscordLiveEditor, sent: Parcel, channel_id: int
) -> None:
    [before] = await standin.list_messages(channel_id)
    attempt = await editor.edit(tomorrow(sent))
    assert attempt == Attempt(Outcome.SENT, sent.message.discord_message_id)
    [after] = await standin.list_messages(channel_id)
    assert (after.id, len(after.files)) == (before.id, 1)
    assert "in 7 days" in before.content
    assert "in 6 days" in after.content
    assert await editor.edit(tomorrow(sent)) == attempt  # twice is harmless
    assert len(await standin.list_messages(channel_id)) == 1


async def test_is_still_found_by_its_marker(sender: DiscordSender, editor: DiscordLiveEditor, sent: Parcel) -> None:
    await editor.edit(tomorrow(sent))
    found = await sender.find(sent.message, sent.now.replace(year=2020))
    assert found == Attempt(Outcome.SENT, sent.message.discord_message_id)


async def test_is_known_to_be_gone(standin: StandinClient, editor: DiscordLiveEditor, sent: Parcel) -> None:
    await standin.delete_message(sent.message.discord_message_id or 0)
    assert await editor.edit(tomorrow(sent)) is None


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, 50035, Outcome.REJECTED),
        (401, 0, Outcome.UNAUTHORISED),
        (403, 50001, Outcome.CLOSED),
        (403, 50013, Outcome.CLOSED),
        (403, 0, Outcome.NOT_SENT),
        (404, 10003, Outcome.CLOSED),
        (404, 0, Outcome.NOT_SENT),
        (503, 0, Outcome.UNKNOWN),
    ],
)
async def test_says_what_came_of_it(
    standin: StandinClient, editor: DiscordLiveEditor, sent: Parcel, status: int, code: int, outcome: Outcome
) -> None:
    await standin.fail_next("PATCH", EDIT, status, code=code)
    attempt = await editor.edit(tomorrow(sent))
    assert attempt is not None
    assert attempt.outcome is outcome


async def test_goes_without_its_picture_if_that_cannot_be_drawn(
    standin: StandinClient, editor: DiscordLiveEditor, sent: Parcel, shop: QuickShop, channel_id: int
) -> None:
    shop.broken = True
    assert await editor.edit(tomorrow(sent)) is not None
    [stored] = await standin.list_messages(channel_id)
    assert (stored.files, "in 6 days" in stored.content) == ((), True)
