"""`/help` and `/about`, and what every command says of itself before it is typed."""

import re
from collections.abc import Iterator
from typing import Any

from bot.ui.about_card import TMDB_NOTICE
from tests.cogs.house import House
from tests.cogs.people import Server

#: Words of ours that no description may use, and jargon.
_JARGON = re.compile(r"\b(guild|subscriber|subscription|milestone|utc|iana|iso|payload|snowflake|embed)s?\b", re.I)


def commands(house: House) -> list[dict[str, Any]]:
    """The commands as Discord knows them."""
    tree = house.app.client.tree
    return [command.to_dict(tree) for command in tree.get_commands()]


def parts(commands: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every command and every option, by name."""
    for command in commands:
        yield command["name"], command
        for option in command.get("options") or []:
            yield f"{command['name']} {option['name']}", option


class TestHelp:
    async def test_names_every_command_that_there_is_and_no_other(self, house: House, server: Server) -> None:
        reply = await server.member.type("help")
        assert reply.shown.private
        assert set(re.findall(r"`/([a-z]+)`", reply.shown.text)) == {command["name"] for command in commands(house)}

    async def test_goes_by_task(self, server: Server) -> None:
        text = (await server.member.type("help")).shown.text
        assert len(re.findall(r"^\*\*.+\*\*$", text, re.MULTILINE)) >= 3

    async def test_works_where_nothing_is_set_up_and_changes_nothing(self, house: House, server: Server) -> None:
        await server.member.type("help")
        await server.member.type("about")
        assert await house.app.context.tracking.find_subscriber(server.guild.id) is None

    async def test_about_says_where_the_data_comes_from(self, server: Server) -> None:
        reply = await server.member.type("about")
        assert reply.shown.private
        assert re.search(r"\d+ films", reply.text)
        for said in ("Marquee's catalogue", "Wikidata", "JustWatch", "CC0", TMDB_NOTICE):
            assert said in reply.text


class TestDescriptions:
    async def test_the_issues_commands_are_all_there(self, house: House) -> None:
        wanted = "track untrack tracked film cast trivia next upcoming help settings schedule pause resume"
        assert set(wanted.split()) <= {command["name"] for command in commands(house)}

    async def test_names_are_unique_and_as_discord_wants_them(self, house: House) -> None:
        names = [name for name, _ in parts(commands(house))]
        assert len(set(names)) == len(names)
        assert [name for name in names if not re.fullmatch(r"[a-z][a-z-]{0,31}( [a-z][a-z-]{0,31})?", name)] == []

    async def test_every_command_and_every_option_has_one_that_a_person_understands(self, house: House) -> None:
        for name, part in parts(commands(house)):
            description = part["description"]
            assert 10 <= len(description) <= 100, name
            assert description not in {"…", name}, name
            assert not _JARGON.search(description), name
            assert not description.endswith("."), name

    async def test_every_film_is_suggested_as_it_is_typed(self, house: House) -> None:
        films = [option for name, option in parts(commands(house)) if name.endswith(" film")]
        assert len(films) >= 7
        assert all(option["autocomplete"] for option in films)

    async def test_what_is_required_comes_first_and_is_little(self, house: House) -> None:
        for command in commands(house):
            required = [bool(option.get("required")) for option in command.get("options") or []]
            assert required == sorted(required, reverse=True), command["name"]
            assert sum(required) <= 1, command["name"]

    async def test_all_are_told_to_discord_once_and_not_at_every_start(self, house: House) -> None:
        def syncs() -> int:
            return sum(r.method == "PUT" and r.path.endswith("/commands") for r in house.env.http_requests)

        assert syncs() == 1
        await house.restart()
        assert syncs() == 1
