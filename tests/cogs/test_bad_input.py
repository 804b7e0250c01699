"""What nobody should type, and what they get for it: one private sentence, no ping, no error."""

import re

import pytest

from tests.cogs.films import film
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.reading import Reply
from tests.cogs.test_settings import OTHERS
from tests.cogs.times import new_york

#: Each is a title that no film has.
NONSENSE = {
    "200 letters": "asdfghjkl qwertyuiop " * 10,
    "one word of 6,000": "z" * 6000,
    "markdown": "**bold** __under__ ~~gone~~ `code` ||hidden|| [link](https://evil.example) > quote\n# head\n- list",
    "code block": "```py\nprint(1)\n```",
    "everyone": "@everyone",
    "here": "@here look",
    "an id of nobody": "<@&123456789012345678> <@123456789012345678> <#123456789012345678>",
    "right to left": "\u202edlrow olleh\u202c",
    "isolates": "\u2066\u2067\u2068 abc \u2069",
    "arabic": "فيلم غير موجود",
    "emoji": "🎬🍿🎥👩‍👩‍👧‍👦🏴‍☠️",
    "sql": "'; DROP TABLE films; --",
    "more sql": '" OR 1=1 UNION SELECT * FROM subscribers --',
    "fts": 'NEAR("a" "b") AND * OR ^',
    "zero width": "\u200b\u200c\u200d\ufeff\u2060",
    "zero width within": "q\u200bq\u200bq\u200bx",
    "blank": "   ",
    "combining": "Z̴̢̛͎̪̗̺̤͙̞a̶l̷g̵o̸" * 8,
    "null": "a\x00b\x01c",
    "a lone surrogate's place": "\ufffd\ufffe\uffff",
    "percent": "%s %d %n {0} {} ${}",
    "path": "../../../../etc/passwd",
    "a reference to nothing": "id:999999999999999",
    "a reference too far": "id:99999999999999999999999999",
    "a negative reference": "id:-1",
    "custom id": "mq:tab:1:cast:2:",
    "timestamp": "<t:0:R> </track:1> <:x:1>",
    "numbers": "1e309",
    "year alone": "1899",
    "punctuation": "…!?-–—·.,:;()[]{}",
}


def faults_of(reply: Reply) -> list[str]:
    """What is wrong with a refusal, that may say back what was typed but not let it format, ping, link or flip."""
    screen = reply.shown
    if not screen.private or screen.components or reply.edited or reply.also:
        return [f"not one private sentence: {screen.text}"]
    content = screen.content
    ours = re.sub(r"`/[a-z]+[^`]*`|\*\*[^*]*\*\*", "", content)  # commands and titles that we name
    marks = {
        "bold or italics": r"(?<!\\)[*_]",
        "code": r"(?<!\\)`",
        "spoiler": r"(?<!\\)\|\|",
        "struck out": r"(?<!\\)~~",
        "mention": r"(?<!\\)<[@#t/:]|@everyone|@here",
        "link": r"(?<!\\)\[[^\]]*(?<!\\)\]\(|(?<!\\)://",
        "direction": "[\u202a-\u202e\u200e\u200f]",
        "nothing to see": "[\u200c\ufeff\u2060\x00-\x1f]",
        "a second line": "\n",
    }
    found = [name for name, pattern in marks.items() if re.search(pattern, ours)]
    found += ["long"] if len(content) > 500 else []
    return [f"{', '.join(found)}: {content!r}"] if found else []


class TestUnknownFilm:
    async def test_gets_the_nearest_titles(self, server: Server) -> None:
        for typed, near in {"superdog": "Superman", "baller dance": "Ballerina"}.items():
            reply = await server.member.type("track", film=typed)
            assert "No film found" in reply.refusal
            assert near in reply.refusal

    async def test_is_the_same_for_every_command(self, server: Server) -> None:
        for command in ("track", "film", "cast", "trivia"):
            refused = (await server.member.type(command, film="qqqq xxxx")).refusal
            assert "No film found" in refused
            assert "/upcoming" in refused or "Did you mean" in refused


class TestNonsense:
    @pytest.mark.parametrize("command", ["track", "film", "untrack"])
    async def test_as_a_title_gets_one_private_sentence(self, house: House, server: Server, command: str) -> None:
        await server.member.pick("track", "ballerina 2025")
        before = await house.app.context.tracking.list_tracked(server.guild.id)
        faults = {
            name: found
            for name, typed in NONSENSE.items()
            if (found := faults_of(await server.member.type(command, film=typed)))
        }
        assert faults == {}
        assert await house.app.context.tracking.list_tracked(server.guild.id) == before
        assert [s for s in house.screens(server.channel) if not s.private and s.id != _first(server)] == []

    async def test_while_typing_breaks_nothing(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        for typed in NONSENSE.values():
            for command in ("track", "untrack", "film"):
                await server.member.suggested(command, "film", typed)
            for option in ("country", "time-zone"):
                await server.admin.suggested("settings", option, typed)
            await server.admin.suggested("pause", "for", typed)
            await server.member.suggested("upcoming", "month", typed)

    async def test_in_any_other_option_gets_one_private_sentence(self, server: Server) -> None:
        faults: list[str] = []
        for typed in NONSENSE.values():
            faults += faults_of(await server.member.type("upcoming", month=typed))
            faults += faults_of(await server.admin.type("pause", for_=typed))
            for option in ("country", "time_zone", "hour", "countdown", "quiet_hours", "digest"):
                faults += faults_of(await server.admin.type("settings", **{option: typed}))
        assert faults == []
        assert "guessed" in (await server.admin.type("settings")).text

    async def test_in_a_form_gets_one_private_sentence(self, server: Server) -> None:
        card = (await server.admin.type("settings")).shown
        faults: list[str] = []
        for typed in NONSENSE.values():
            form = await server.admin.choose(card, "Country", menu=OTHERS)
            faults += faults_of(await server.admin.fill(form, typed[:100]))
        assert faults == []

    async def test_a_real_role_typed_as_a_title_is_not_pinged(self, server: Server) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        typed = f"{role.mention} {server.admin.actor.mention} @everyone"
        assert faults_of(await server.member.type("track", film=typed)) == []

    async def test_in_a_films_facts_neither_pings_nor_formats(self, house: House, server: Server) -> None:
        role = server.guild.create_role("Filmgoers", mentionable=True)
        await server.admin.type("settings", ping_role=role)
        titles = [f"{typed[:120]} {role.mention} @everyone" for typed in NONSENSE.values()]
        films = [film(title, "2025-05-30", key=f"nonsense-{number}") for number, title in enumerate(titles)]
        ids = await house.add_films(*films)
        await server.follow(ids)
        for film_id in ids:
            text = (await server.member.type("cast", film=f"id:{film_id}")).shown.text
            assert not re.search(r"@everyone|(?<!\\)<@|(?<!\\)\|\|", text)
        house.sleep_until(new_york(5, 30))
        await house.work()
        alerts = [post for post in server.posts() if post.pings]
        assert alerts
        for post in server.posts():
            assert post.pings in ((), (role.id,))
            assert post.content.count(role.mention) <= 1
            assert "@everyone" not in post.content


class TestPickersText:
    async def test_says_back_what_was_typed_without_its_markup(self, house: House, server: Server) -> None:
        reply = await server.member.type("track", film="**ballerina**")
        assert reply.shown.private
        assert "**ballerina**" not in reply.shown.text


def _first(server: Server) -> int:
    """The one public answer: that the film is tracked."""
    return server.house.screens(server.channel)[0].id
