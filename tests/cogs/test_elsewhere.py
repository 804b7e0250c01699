"""Direct messages, servers that Marquee is no member of, and days when something is broken."""

import logging
import re

import discord
import pytest

from bot.domain.errors import DatabaseError
from bot.services.films import Films
from bot.services.search import FilmSearch
from bot.services.tracking import Tracking
from bot.store.sqlite import SqliteDatabase
from tests.cogs.house import INVITED, House
from tests.cogs.people import Server, read_reply
from tests.cogs.test_settings import OTHERS
from tests.cogs.times import new_york

#: Every command with what it needs at least.
COMMANDS = {
    "track": {"film": "ballerina"},
    "untrack": {"film": "ballerina"},
    "tracked": {},
    "film": {"film": "ballerina 2025"},
    "cast": {"film": "ballerina 2025"},
    "trivia": {"film": "ballerina 2025"},
    "why": {"film": "ballerina 2025"},
    "next": {},
    "upcoming": {},
    "settings": {},
    "schedule": {},
    "pause": {"for": "1 day"},
    "resume": {},
    "follow franchise": {"name": "john wick"},
    "follow person": {"name": "keanu reeves"},
    "unfollow": {"name": "john wick"},
    "export": {"format": "json"},
    "me": {},
    "pingme": {},
    "help": {},
    "about": {},
}
#: Those that also serve one person alone, in direct messages.
FOR_ONE = {"film", "cast", "trivia", "why", "upcoming", "me", "help", "about"}


class TestDirectMessages:
    async def test_get_a_sentence_for_every_command(self, house: House) -> None:
        user = house.env.create_user("alone")
        assert set(COMMANDS) == set(user.available_commands())
        for command, options in COMMANDS.items():
            reply = read_reply(house, await user.slash(command, **options))
            if command in FOR_ONE:
                assert "server" not in reply.text or command in ("help", "about"), command
            elif command == "next":
                assert "no reminders yet" in reply.refusal
            else:
                assert re.search("server", reply.refusal), command
                assert "Remind me" in reply.refusal, command

    async def test_suggestions_do_not_break_there(self, house: House) -> None:
        user = house.env.create_user("alone")
        assert len(await user.autocomplete("film", "film", "balle")) == 3
        assert await user.autocomplete("untrack", "film", "balle") == []
        assert await user.autocomplete("settings", "time-zone", "berl") != []


class TestNotAMember:
    """Only the commands were added to the server, not the bot: it could never post there."""

    @pytest.mark.parametrize(("status", "code"), [(404, 10004), (404, 10007), (403, 50001)])
    async def test_tracking_says_so_with_the_link_that_adds_it(
        self, house: House, server: Server, status: int, code: int
    ) -> None:
        house.env.inject_error("GET", f"/guilds/{server.guild.id}*", status=status, code=code, times=None)
        for command, options, person in (
            ("track", {"film": "ballerina (2025)"}, server.member),
            ("settings", {}, server.admin),
            ("schedule", {}, server.admin),
        ):
            refused = (await person.type(command, **options)).refusal
            assert "not a member" in refused
            link = re.search(r"https://discord\.com/oauth2/authorize\?\S+", refused)
            assert link is not None
            assert f"client_id={house.env.backend.application_id}" in link[0]
            assert "bot" in link[0]
        assert await house.app.context.tracking.find_subscriber(server.guild.id) is None

    async def test_is_not_said_where_discord_could_not_be_asked(self, house: House, server: Server) -> None:
        house.env.inject_error("GET", f"/guilds/{server.guild.id}*", status=400, code=0)
        assert "is tracked" in (await server.member.pick("track", "ballerina 2025")).text

    async def test_lookups_work_all_the_same(self, house: House, server: Server) -> None:
        house.env.inject_error("GET", f"/guilds/{server.guild.id}*", status=404, code=10004, times=None)
        assert "Len Wiseman" in (await server.member.pick("film", "ballerina 2025")).text

    async def test_the_link_asks_for_what_posts_need_and_no_more(self) -> None:
        wanted = discord.Permissions(
            view_channel=True,
            send_messages=True,
            send_messages_in_threads=True,
            embed_links=True,
            attach_files=True,
            read_message_history=True,
        )
        assert wanted == INVITED


@pytest.mark.breaks
class TestBroken:
    """An error of ours: one private sentence with a reference; the log has the rest."""

    @staticmethod
    def references(caplog: pytest.LogCaptureFixture) -> str:
        return " ".join(r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR and r.exc_info)

    def check(self, sentence: str, caplog: pytest.LogCaptureFixture) -> None:
        reference = re.search(r"[Rr]eference ([0-9a-f]{4,})", sentence)
        assert reference is not None, sentence
        assert reference[1] in self.references(caplog)
        assert not re.search(r"Traceback|Error|\.py|secret inside|boom", sentence)
        assert len(sentence) < 250

    async def test_a_command_says_so(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(Films, "look_at", _boom)
        monkeypatch.setattr(Films, "get_next", _boom)
        monkeypatch.setattr(Tracking, "track", _boom)
        monkeypatch.setattr(Tracking, "list_tracked", _boom)
        for command, options in {
            "film": {"film": "ballerina (2025)"},
            "next": {},
            "track": {"film": "ballerina (2025)"},
            "tracked": {},
            "untrack": {"film": "ballerina"},
        }.items():
            self.check((await server.member.type(command, **options)).refusal, caplog)

    async def test_a_button_a_select_and_a_form_say_so(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        card = (await server.member.pick("film", "ballerina 2025")).shown
        settings = (await server.admin.type("settings")).shown
        form = await server.admin.choose(settings, "Country", menu=OTHERS)
        monkeypatch.setattr(Films, "look_at", _boom)
        monkeypatch.setattr("bot.services.settings.Preferences.change", _boom)
        self.check((await server.member.click(card, "Cast")).refusal, caplog)
        self.check((await server.admin.choose(settings, "Who may track", menu=OTHERS)).refusal, caplog)
        self.check((await server.admin.fill(form, "Germany")).refusal, caplog)

    async def test_suggestions_stay_empty_and_typing_goes_on(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(FilmSearch, "suggest", _boom_now)
            assert await server.member.names("track", "film", "balle") == []
        assert len(await server.member.names("track", "film", "balle")) == 3

    async def test_a_database_that_cannot_be_reached_is_said_plainly(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def unreachable(*_: object) -> None:
            raise DatabaseError("secret inside: disk I/O error")

        for door in ("transaction", "noting", "reading", "looking"):
            monkeypatch.setattr(SqliteDatabase, door, unreachable)
        sentence = (await server.member.type("track", film="ballerina (2025)")).refusal
        [logged] = [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert "secret inside: disk I/O error" in logged.getMessage()  # which says all: no stack trace
        assert logged.exc_info is None
        reference = re.search(r"[Rr]eference ([0-9a-f]{4,})", sentence)
        assert reference is not None, sentence
        assert reference[1] in logged.getMessage()
        assert not re.search(r"Traceback|Error|secret inside", sentence)

    async def test_an_answer_that_discord_refuses_is_followed_by_a_sentence(
        self, house: House, server: Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        house.env.inject_error("POST", "/interactions/*/callback", status=400, code=50035, message="Invalid Form Body")
        self.check((await server.member.type("film", film="Ballerina (2025)")).refusal, caplog)

    async def test_nothing_half_done_is_left_behind(
        self, house: House, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr("bot.services.tracking.answer_of", _boom_now)
            await server.member.type("track", film="ballerina (2025)")
        reply = await server.member.type("track", film="ballerina (2025)")
        assert "Ballerina (2025) is tracked" in reply.text or "already tracked" in reply.text
        await house.live_until(new_york(6, 8))
        assert len(server.posts()) == 4


async def _boom(*_: object, **__: object) -> None:
    raise RuntimeError("secret inside: boom")


def _boom_now(*_: object, **__: object) -> None:
    raise RuntimeError("secret inside: boom")
