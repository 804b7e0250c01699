"""Who may do what: managers change settings, and say who may track."""

from tests.cogs.people import Server
from tests.cogs.test_settings import CHANNELS, OTHERS, ROLES, WAYS, in_force


class TestRights:
    async def test_without_manage_server_it_is_refused_privately(self, server: Server) -> None:
        server.allow_command("settings", server.member)
        for options in ({}, {"country": "DE"}, {"country": "Narnia"}):
            assert "Manage Server" in (await server.member.type("settings", **options)).refusal
        assert "United States" in (await in_force(server.admin))["Country"]

    async def test_every_control_asks_again(self, server: Server) -> None:
        """Somebody may lose the right while the card is open."""
        card = (await server.admin.type("settings")).shown
        form = await server.admin.choose(card, "Country", menu=OTHERS)
        for role in server.house.env.backend.get_guild(server.guild.id).roles.values():
            if role.name == "admin":
                role.permissions = 0
        assert "Manage Server" in (await server.admin.choose(card, server.channel, menu=CHANNELS)).refusal
        assert "Manage Server" in (await server.admin.choose(card, menu=ROLES)).refusal
        assert "Manage Server" in (await server.admin.choose(card, "digital", menu=WAYS)).refusal
        assert "Manage Server" in (await server.admin.choose(card, "Who may track", menu=OTHERS)).refusal
        assert "Manage Server" in (await server.admin.choose(card, "Posting hour", menu=OTHERS)).refusal
        assert "Manage Server" in (await server.admin.fill(form, "Germany")).refusal
        assert server.posts() == []

    async def test_discord_hides_it_from_who_may_not(self, server: Server) -> None:
        hidden = {"settings", "schedule", "pause", "resume"}
        assert not hidden & set(server.member.actor.available_commands(server.channel))
        assert hidden <= set(server.admin.actor.available_commands(server.channel))

    async def test_tracking_for_managers_refuses_others_everywhere(self, server: Server) -> None:
        tracked = (await server.member.pick("track", "ballerina 2025")).shown
        asked = (await server.member.type("track", film="superman")).shown
        await server.admin.type("settings", who_may_track="managers")
        for reply in (
            await server.member.pick("track", "superman 2025"),
            await server.member.type("untrack", film="ballerina"),
            await server.member.click(tracked, "Stop tracking"),
            await server.member.choose(tracked, "America/Chicago"),
            await server.member.choose(asked, next(iter(asked.options))),
        ):
            assert "Manage Server" in reply.refusal
        text = (await server.member.type("tracked")).text
        assert "1 of 200" in text
        assert "Ballerina" in text
        assert "is tracked" in (await server.admin.pick("track", "superman 2025")).text
        assert "no longer tracked" in (await server.admin.click(tracked, "Stop tracking")).text

    async def test_lookups_stay_everyones(self, server: Server) -> None:
        await server.admin.type("settings", who_may_track="managers")
        for command in ("film", "cast", "trivia"):
            assert "Ballerina (2025)" in (await server.member.pick(command, "ballerina 2025")).text
