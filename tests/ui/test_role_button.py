"""Giving and taking the pinged role over real HTTP: what Discord is asked, and what it refuses."""

import discord
import pytest

from bot.ui.role_button import REASON, Pinged, find_role_button_problem, give_or_take
from bot.ui.sender import DiscordSender
from tests.standin.client import USUAL, StandinClient
from tests.standin.records import Guild


@pytest.fixture
async def guild(standin: StandinClient) -> Guild:
    """A server in which Marquee may give roles, and its own stands high."""
    guild = await standin.add_guild(bot=[*USUAL, "manage_roles"])
    await standin.move_role(guild.id, guild.bot_role_id, 50)
    return guild


@pytest.fixture
async def role_id(standin: StandinClient, guild: Guild) -> int:
    return await standin.add_role(guild.id, "Filmgoers", is_mentionable=True)


@pytest.fixture
async def user_id(standin: StandinClient, guild: Guild) -> int:
    return await standin.add_person(guild_id=guild.id)


async def test_is_given_and_taken_with_a_reason(
    standin: StandinClient, sender: DiscordSender, client: discord.Client, guild: Guild, role_id: int, user_id: int
) -> None:
    assert await find_role_button_problem(client, guild.id, role_id) == ""
    assert await give_or_take(client, guild.id, user_id, role_id) is Pinged.GIVEN
    assert (await standin.show_member(guild.id, user_id)).role_ids == [role_id]
    assert await give_or_take(client, guild.id, user_id, role_id) is Pinged.TAKEN
    member = await standin.show_member(guild.id, user_id)
    assert (member.role_ids, member.reasons) == ([], [REASON, REASON])


async def test_what_may_not_be_given_is_given_to_nobody(
    standin: StandinClient, sender: DiscordSender, client: discord.Client, guild: Guild, role_id: int, user_id: int
) -> None:
    async def refused() -> str:
        problem = await find_role_button_problem(client, guild.id, role_id)
        assert await give_or_take(client, guild.id, user_id, role_id) == problem
        assert (await standin.show_member(guild.id, user_id)).role_ids == []
        return problem

    await standin.set_role(guild.id, role_id, permissions=["manage_messages"])
    assert "Manage Messages" in await refused()
    await standin.set_role(guild.id, role_id, is_managed=True)
    assert "belongs to an integration" in await refused()
    await standin.set_role(guild.id, role_id)
    await standin.move_role(guild.id, role_id, 51)
    assert "stands above my own role" in await refused()
    await standin.move_role(guild.id, role_id, 2)
    await standin.set_role(guild.id, guild.bot_role_id, permissions=USUAL, is_managed=True)
    assert "Manage Roles" in await refused()
    requests = await standin.list_requests("PUT", f"/guilds/{guild.id}/**")
    assert requests == []


async def test_a_refusal_between_the_look_and_the_gift_is_said(
    standin: StandinClient, sender: DiscordSender, client: discord.Client, guild: Guild, role_id: int, user_id: int
) -> None:
    await standin.forbid_next("PUT", "/guilds/*/members/*/roles/*", code=50013)
    said = await give_or_take(client, guild.id, user_id, role_id)
    assert isinstance(said, str)
    assert "Manage Roles" in said
    assert (
        await give_or_take(client, guild.id, 10**17, role_id)
        == "Discord does not answer just now. Try again in a minute."
    )
