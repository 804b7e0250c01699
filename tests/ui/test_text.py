"""Nothing from outside formats, pings, links, flips, hides or overflows."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ui.text import escape, link, listed, plain, site, small, spoiler, width, within

nasty = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(list("\\*_~|`<>[]()#@:/-+1. \n\t\u200b\u200d\u202e\u2066\u0301\u0335\u3164🎬אبA")),
    ),
    max_size=120,
)


def read(markdown: str) -> str:
    """What a person sees: every escape taken away."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markdown).replace("@\u200b", "@").strip("\u2068\u2069")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Spider-Man: Beyond the Spider-Verse", "Spider-Man: Beyond the Spider-Verse"),
        ("Amélie, Ночной дозор, 발레리나", "Amélie, Ночной дозор, 발레리나"),
        ("**bold** __u__ ~~s~~ `c`", r"\*\*bold\*\* \_\_u\_\_ \~\~s\~\~ \`c\`"),
        ("||gone||", r"\|\|gone\|\|"),
        ("[free](https://bad.example)", r"\[free\](https\://bad.example)"),
        ("<@123> <#4> <@&5> </ban:6> <t:0>", "\\<@\u200b123> \\<#4> \\<@\u200b&5> \\</ban:6> \\<t:0>"),
        ("@everyone", "@\u200beveryone"),
        ("# big\n-# small\n> quote", r"\# big -# small > quote"),
        (">>> quote", r"\>>> quote"),
        ("-# small", r"\-# small"),
        ("Ballerina (2025)", "Ballerina (2025)"),
        ("- item", r"\- item"),
        ("2. item", r"2\. item"),
        ("2.0 is a number", r"2\.0 is a number"),
        ("back\\slash", "back\\\\slash"),
        ("zero\u200bwidth \u202eflipped\u202c\x00", "zerowidth flipped"),
        ("a\u0301\u0302\u0303\u0304\u0305", "á\u0302\u0303\u0304"),
        ("\u3164\u200b \n", ""),
        ("\u05d0\u05d1", "\u2068\u05d0\u05d1\u2069"),
    ],
)
def test_text_says_itself_and_nothing_else(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(nasty, st.integers(8, 200))
@example("@" * 50, 8)
@example("\\" * 9, 8)
@example("\u05d0" + "*" * 60, 8)
def test_escaped_text_has_no_markup_and_keeps_to_its_limit(text: str, limit: int) -> None:
    shown = escape(text, limit)
    bare = re.sub(r"\\[^0-9A-Za-z\s]", "", shown)
    assert not set(bare) & set("\\*_~|`<[]"), "markup that no backslash holds"
    assert "://" not in shown
    assert not re.search("@(?!\u200b)", shown)
    assert not re.match(r"[-+#>]|\d+\.", shown)
    assert "\n" not in shown
    assert width(shown) <= limit
    invisible = [c for c in shown.replace("@\u200b", "") if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"}]
    assert invisible in ([], ["\u2068", "\u2069"])


@given(nasty)
def test_text_that_fits_is_read_as_it_was(text: str) -> None:
    assert read(escape(text, 10_000)) == plain(text, 10_000).strip("\u2068\u2069")


@given(nasty, st.integers(8, 80))
def test_plain_text_keeps_to_its_limit(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert width(shown) <= limit
    assert shown == plain(shown, limit)


def test_what_is_left_out_is_marked_and_no_letter_is_torn_apart() -> None:
    assert escape("one two three", 9) == "one two…"
    assert plain("cafe\u0323\u0302s " * 9, 5) == "cafệ…"
    assert plain("🎬" * 9, 6) == "🎬🎬…"
    assert escape("***********", 6) == r"\*\*…"


def test_a_spoiler_is_hidden_whole() -> None:
    assert spoiler("She wins || or not") == r"||She wins \|\| or not||"
    assert spoiler("either |") == r"||either \| ||"
    assert width(spoiler("x" * 999, 50)) <= 50
    assert small("as of today") == "-# as of today"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://en.wikipedia.org/wiki/Ballerina_(2025_film)", "[A](https://en.wikipedia.org/wiki/Ballerina_%282025_film%29)"),
        ("https://a.example/b c)d\u202e", "[A](https://a.example/b%20c%29d%E2%80%AE)"),
        ("http://a.example/", "A"),
        ("javascript:alert(1)", "A"),
        ("https://user@a.example/", "A"),
        ("https://[::1", "A"),
        ("https://a.example/" + "x" * 500, "A"),
        ("", "A"),
    ],
)  # fmt: skip
def test_a_link_goes_to_a_page_or_nowhere(url: str, shown: str) -> None:
    assert link("A", url) == shown


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.radiotimes.com/movies/", "radiotimes"),
        ("https://en.wikipedia.org/wiki/X", "wikipedia"),
        ("https://atarde.com.br/x", "atarde"),
        ("ftp://a.example", ""),
        ("", ""),
    ],
)
def test_a_site_has_a_name(url: str, name: str) -> None:
    assert site(url) == name


def test_names_are_joined_the_way_a_person_says_them() -> None:
    assert [listed([]), listed(["A"]), listed(["A", "B"]), listed(["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]


@given(st.lists(st.text("ab🎬", min_size=1, max_size=30), max_size=40), st.integers(30, 300))
def test_lines_fit_their_budget_and_the_rest_is_counted(lines: list[str], budget: int) -> None:
    kept = within(lines, budget)
    assert width("\n".join(kept)) <= budget
    if kept != lines:
        assert kept[-1] == f"… and {len(lines) - len(kept) + 1} more"
        assert kept[:-1] == lines[: len(kept) - 1]
