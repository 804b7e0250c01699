"""[Ping me] and `/pingme`: people give themselves the role that is pinged, and give it back."""

import discord
import pytest
import simcord

from bot.domain.preferences import read_milestones
from bot.ui.role_button import POWERS, REASON
from tests.cogs.house import House
from tests.cogs.people import Person, Server
from tests.cogs.times import new_york

LABEL = "Ping me"


@pytest.fixture
async def role(house: House, server: Server) -> simcord.RoleHandle:
    """A role that is pinged, below Marquee's own, which may give roles; the button is switched on."""
    role = server.guild.create_role("Filmgoers", mentionable=True)
    let_give_roles(server)
    await _switch_on(house, server, role.id)
    return role


async def _switch_on(house: House, server: Server, role_id: int | None, *, on: bool = True) -> None:
    await server.admin.type("settings")
    subscriber = await house.app.context.tracking.find_subscriber(server.guild.id)
    assert subscriber is not None
    change = house.app.context.preferences.change
    await change(subscriber.id, house.now, ping_role_id=role_id, role_button=on, milestones=read_milestones("7"))


def let_give_roles(server: Server) -> None:
    """Do what an admin does by hand: Manage Roles for Marquee, and its role above the others."""
    _stand(server, above=True)
    _allow(server, manage_roles=True)


def _me(server: Server) -> simcord.backend.models.Role:
    return server.house.env.backend.get_guild(server.guild.id).roles[server.guild.roles["Marquee"].id]


def _stand(server: Server, *, above: bool) -> None:
    _me(server).position = 50 if above else 1


def _allow(server: Server, **rights: bool) -> None:
    permissions = discord.Permissions(_me(server).permissions)
    permissions.update(**rights)
    _me(server).permissions = permissions.value


def has(person: Person, role: simcord.RoleHandle) -> bool:
    member = person.house.env.backend.get_guild(person.server.guild.id).members[person.actor.id]
    return role.id in member.role_ids


class TestPingMe:
    async def test_gives_the_role_and_takes_it(self, server: Server, role: simcord.RoleHandle) -> None:
        given = (await server.member.type("pingme")).refusal
        assert "is yours now" in given
        assert has(server.member, role)
        assert not has(server.other, role)
        assert "you gave" in (await server.member.type("pingme")).refusal
        assert not has(server.member, role)

    async def test_says_in_the_audit_log_why(self, house: House, server: Server, role: simcord.RoleHandle) -> None:
        await server.member.type("pingme")
        logged = house.env.backend.get_guild(server.guild.id).audit_log_entries
        assert REASON in [entry.reason for entry in logged]

    async def test_is_a_button_on_release_days_and_under_track(
        self, house: House, server: Server, role: simcord.RoleHandle
    ) -> None:
        tracked = await server.member.pick("track", "ballerina 2025")
        assert "is yours now" in (await server.other.click(tracked.shown, LABEL)).refusal
        await house.live_until(new_york(6, 7))
        countdown, release = server.posts()
        assert LABEL not in countdown.buttons
        assert release.pings == (role.id,)
        assert "is yours now" in (await server.member.click(release, LABEL)).refusal
        assert has(server.member, role)
        assert server.member.again(release) == release

    async def test_is_nowhere_while_it_is_switched_off(
        self, house: House, server: Server, role: simcord.RoleHandle
    ) -> None:
        tracked = (await server.member.pick("track", "ballerina 2025")).shown
        await _switch_on(house, server, role.id, on=False)
        assert "do not give themselves the role" in (await server.member.click(tracked, LABEL)).refusal
        assert not has(server.member, role)
        assert LABEL not in (await server.member.pick("track", "ballerina 2025")).shown.buttons
        await house.live_until(new_york(6, 7))
        assert all(LABEL not in post.buttons for post in server.posts())

    async def test_without_a_role_says_who_can_choose_one(self, house: House, server: Server) -> None:
        assert "No role is pinged here" in (await server.member.type("pingme")).refusal
        await _switch_on(house, server, None)
        assert "No role is pinged here" in (await server.member.type("pingme")).refusal


class TestRolesThatMayNotBeGiven:
    async def refused(self, server: Server, role: simcord.RoleHandle) -> str:
        said = (await server.member.type("pingme")).refusal
        assert "tell an admin" in said
        assert not has(server.member, role)
        return said

    async def test_one_above_marquees_own(self, server: Server, role: simcord.RoleHandle) -> None:
        _stand(server, above=False)
        assert "stands above my own role" in await self.refused(server, role)

    async def test_any_while_marquee_may_not_give_roles(self, server: Server, role: simcord.RoleHandle) -> None:
        _allow(server, manage_roles=False)
        assert "Manage Roles" in await self.refused(server, role)

    async def test_one_of_an_integration(self, house: House, server: Server, role: simcord.RoleHandle) -> None:
        house.env.backend.get_guild(server.guild.id).roles[role.id].managed = True
        assert "belongs to an integration" in await self.refused(server, role)

    async def test_one_that_carries_power(self, house: House, server: Server, role: simcord.RoleHandle) -> None:
        stored = house.env.backend.get_guild(server.guild.id).roles[role.id]
        for power, name in POWERS.items():
            stored.permissions = discord.Permissions(**{power: True}).value
            assert name in await self.refused(server, role), power

    async def test_one_that_has_power_in_one_channel(self, server: Server, role: simcord.RoleHandle) -> None:
        overwrite = discord.PermissionOverwrite(manage_messages=True)
        server.guild.create_text_channel("mods", overwrites={role: overwrite})
        assert "Manage Messages" in await self.refused(server, role)

    async def test_one_that_was_deleted(self, house: House, server: Server, role: simcord.RoleHandle) -> None:
        del house.env.backend.get_guild(server.guild.id).roles[role.id]
        assert "no longer exists" in await self.refused(server, role)

    async def test_nobody_is_given_any_where_discord_does_not_answer(
        self, house: House, server: Server, role: simcord.RoleHandle
    ) -> None:
        house.env.inject_error("GET", f"/guilds/{server.guild.id}*", status=400, times=None)
        assert "does not answer" in await self.refused(server, role)


class TestSwitchingItOn:
    async def test_is_refused_for_a_role_that_nobody_may_be_given(
        self, house: House, server: Server, role: simcord.RoleHandle
    ) -> None:
        await _switch_on(house, server, role.id, on=False)
        _stand(server, above=False)
        refused = (await server.admin.type("settings", ping_button="on", hour="18")).refusal
        assert "Nothing has been changed" in refused
        assert "stands above my own role" in refused
        subscriber = await house.app.context.tracking.find_subscriber(server.guild.id)
        assert subscriber is not None
        assert not subscriber.role_button
        assert subscriber.posting_time.hour == 9
        _stand(server, above=True)
        assert "button on" in (await server.admin.type("settings", ping_button="on")).text

    async def test_another_role_is_looked_at_while_it_is_on(
        self, house: House, server: Server, role: simcord.RoleHandle
    ) -> None:
        mods = server.guild.create_role("Mods", permissions=discord.Permissions(kick_members=True))
        refused = (await server.admin.type("settings", ping_role=mods)).refusal
        assert "Kick Members" in refused
        assert "switch the “Ping me” button off" in refused
        assert "Saved" in (await server.admin.type("settings", ping_role=mods, ping_button="off")).text
