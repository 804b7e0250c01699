"""A person's side of the stand-in, and its limits: what passes here is what Discord lets pass."""

from __future__ import annotations

import asyncio
import io

import aiohttp
import discord
import pytest

from tests.standin.client import StandinProcess
from tests.standin.records import Guild, StandinRefused
from tests.standin.tinybot import TinyBot

pytest_plugins = ["tests.standin.fixtures"]

POSTS = "/channels/*/messages"
CALLBACKS = "/interactions/**"


async def test_slash_command_is_answered_with_what_was_chosen(
    standin: StandinProcess, tiny_bot: TinyBot, guild: Guild, channel_id: int
) -> None:
    role_id = await standin.add_role(guild.id, "cinephiles")
    answer = await standin.slash("film", {"title": "Ballerina", "role": role_id}, channel_id=channel_id)
    assert (answer.type, answer.shown.content) == (4, "Ballerina for cinephiles")
    assert answer.ms is not None
    assert 0 < answer.ms < 3000
    assert answer.shown.custom_id_of("Ticket") == "ticket:7"


async def test_subcommand_is_for_those_it_is_shown_to(
    standin: StandinProcess, tiny_bot: TinyBot, guild: Guild, channel_id: int
) -> None:
    manager = await standin.add_person("Max", guild_id=guild.id, permissions=["manage_guild"])
    options = {"where": channel_id, "days": 3}
    answer = await standin.slash("settings channel", options, channel_id=channel_id, user_id=manager)
    assert (answer.shown.is_v2, answer.shown.text, answer.shown.files) == (True, "releases: 3", ("poster.png",))
    picked = await standin.click(answer.shown, "pick", values=["bambi"], user_id=manager)
    assert (picked.type, picked.shown.id, picked.shown.text) == (6, answer.shown.id, "picked ['bambi']")
    assert (picked.shown.files, picked.shown.edits) == ((), 1)
    with pytest.raises(StandinRefused, match="does not show"):
        await standin.slash("settings channel", options, channel_id=channel_id)
    with pytest.raises(StandinRefused, match="does not offer"):
        await standin.slash("settings channel", options, channel_id=await standin.open_dm(manager))
    with pytest.raises(StandinRefused, match="Invalid Form Body"):
        await standin.slash("settings channel", options | {"days": 31}, channel_id=channel_id, user_id=manager)


async def test_slash_command_works_in_a_dm(standin: StandinProcess, tiny_bot: TinyBot) -> None:
    dm = await standin.open_dm(await standin.add_person("Ann"))
    assert (await standin.slash("film", {"title": "Bambi"}, channel_id=dm)).shown.content == "Bambi for nobody"


@pytest.mark.parametrize(
    ("name", "options", "field"),
    [
        pytest.param("unsynced", {}, "name", id="unknown command"),
        pytest.param("film", {}, "options", id="required option missing"),
        pytest.param("film", {"title": 7}, "options", id="wrong type"),
        pytest.param("film", {"title": "x", "year": 2025}, "options", id="unknown option"),
    ],
)
async def test_what_discord_would_not_let_a_person_send_is_refused(
    standin: StandinProcess, tiny_bot: TinyBot, channel_id: int, name: str, options: dict[str, str], field: str
) -> None:
    with pytest.raises(StandinRefused) as refused:
        await standin.slash(name, options, channel_id=channel_id)
    assert refused.value.code == 50035
    assert field in refused.value.errors["data"]


async def test_autocomplete_gives_choices(standin: StandinProcess, tiny_bot: TinyBot, channel_id: int) -> None:
    answer = await standin.autocomplete("film", "title", "Ba", channel_id=channel_id)
    assert answer.choices == [("Ballerina", "ballerina"), ("Barbie", "barbie"), ("Bambi", "bambi")]


async def test_twenty_six_choices_are_refused(standin: StandinProcess, tiny_bot: TinyBot, channel_id: int) -> None:
    typing = asyncio.create_task(standin.autocomplete("film", "title", "many", channel_id=channel_id))
    await standin.wait_until(finished=1, path=CALLBACKS)
    [refused] = await standin.list_requests(path=CALLBACKS)
    assert (refused.status, refused.code) == (400, 50035)
    typing.cancel()


@pytest.mark.parametrize("by_followup", [False, True], ids=["by an edit", "by the first follow-up"])
async def test_deferred_answer_is_filled_in_and_followed_up(
    standin: StandinProcess, tiny_bot: TinyBot, channel_id: int, by_followup: bool
) -> None:
    answer = await standin.slash("slow", {"by_followup": by_followup}, channel_id=channel_id, followups=1)
    assert (answer.type, answer.shown.content, answer.shown.is_loading) == (5, "here it is", False)
    assert [(message.content, message.is_ephemeral) for message in answer.followups] == [("and more", True)]
    assert [message.content for message in await standin.list_messages(channel_id)] == ["here it is"]


async def test_button_of_an_earlier_message_answers_privately(
    standin: StandinProcess, tiny_bot: TinyBot, channel_id: int
) -> None:
    shown = (await standin.slash("film", {"title": "Barbie"}, channel_id=channel_id)).shown
    answer = await standin.click(shown, "ticket:7")
    assert (answer.shown.content, answer.shown.is_ephemeral) == ("ticket 7", True)
    with pytest.raises(StandinRefused):
        await standin.click(shown, "ticket:8")


async def test_modal_is_opened_and_submitted(standin: StandinProcess, tiny_bot: TinyBot, channel_id: int) -> None:
    opened = await standin.slash("note", channel_id=channel_id)
    with pytest.raises(StandinRefused):
        await standin.submit(opened, {"note": "longer than twenty letters"})
    assert (await standin.submit(opened, {"note": "row F"})).shown.content == "noted: row F"


async def test_refusals_carry_discords_codes(
    standin: StandinProcess, tiny_bot: TinyBot, guild: Guild, channel: discord.PartialMessageable
) -> None:
    async def code_of_sending(to: int) -> int:
        with pytest.raises(discord.HTTPException) as refused:
            await tiny_bot.get_partial_messageable(to).send("x")
        return refused.value.code

    await standin.deny(channel.id, "send_messages")
    assert await code_of_sending(channel.id) == 50013
    await standin.deny(channel.id, "view_channel")
    assert await code_of_sending(channel.id) == 50001
    await standin.deny(channel.id)
    await standin.forbid_next("POST", POSTS, code=50001)
    assert await code_of_sending(channel.id) == 50001
    person = await standin.add_person()
    await standin.set_accepts_dms(person, accepts=False)
    assert await code_of_sending(await standin.open_dm(person)) == 50007
    await standin.remove_guild(guild.id)
    assert await code_of_sending(channel.id) == 50001
    await standin.delete_channel(channel.id)
    assert await code_of_sending(channel.id) == 10003


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"content": "x", "nonce": "n" * 26}, "nonce", id="nonce"),
        pytest.param({"content": "x" * 2001}, "content", id="content"),
        pytest.param({"embeds": [{"description": "x" * 3001}] * 2}, "embeds", id="embeds in all"),
        pytest.param({"embeds": [{"title": "x" * 257}]}, "embeds", id="embed title"),
        pytest.param(
            {"flags": 1 << 15, "components": [{"type": 10, "content": "x"}] * 41}, "components", id="41 V2 components"
        ),
        pytest.param({"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 4001}]}, "components", id="text"),
        pytest.param({"flags": 1 << 15, "content": "x"}, "flags", id="content beside V2"),
        pytest.param({"components": [{"type": 10, "content": "x"}]}, "components", id="V2 without its flag"),
        pytest.param({"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}}, "allowed_mentions"),
    ],
)
async def test_limits_are_discords(
    standin: StandinProcess, channel_id: int, body: dict[str, object], field: str
) -> None:
    headers, url = {"Authorization": f"Bot {standin.token}"}, f"{standin.api}/channels/{channel_id}/messages"
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=headers) as response:
        answer = await response.json()
    assert (response.status, answer["code"], list(answer["errors"])) == (400, 50035, [field])


async def test_picture_in_an_embed_and_an_edit(standin: StandinProcess, channel: discord.PartialMessageable) -> None:
    embed = discord.Embed(title="Barbie").set_image(url="attachment://poster.png")
    sent = await channel.send("x", embed=embed, file=discord.File(io.BytesIO(b"png"), "poster.png"))
    assert sent.attachments == []
    await sent.edit(content="y")
    [stored] = await standin.list_messages(channel.id)
    assert (stored.content, stored.files, stored.edits) == ("y", ("poster.png",), 1)
    assert await standin.download(stored.embeds[0]["image"]["url"]) == b"png"


async def test_role_is_pinged_only_if_mentionable_and_allowed(
    standin: StandinProcess, guild: Guild, channel: discord.PartialMessageable
) -> None:
    loud = await standin.add_role(guild.id, "loud", is_mentionable=True)
    quiet = await standin.add_role(guild.id, "quiet")
    roles = [discord.Object(loud), discord.Object(quiet)]
    text = f"<@&{loud}> <@&{quiet}> @everyone"
    await channel.send(text, allowed_mentions=discord.AllowedMentions(everyone=True, roles=roles))
    await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    assert [message.pinged_role_ids for message in await standin.list_messages(channel.id)] == [[loud], []]
