"""A broken file of the catalogue ends in one sentence that names it, whatever is wrong with it."""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import CatalogueError
from bot.sources.bundled import digest_of, find_catalogue, read_catalogue


def test_the_digest_hangs_on_every_byte_and_name(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    first = digest_of(folder)
    assert first == digest_of(folder) == read_catalogue(folder).digest
    (folder / "films" / "good-2025.toml").write_text(GOOD + "\n")
    second = digest_of(folder)
    (folder / "films" / "good-2025.toml").rename(folder / "films" / "fine-2025.toml")
    assert len({first, second, digest_of(folder)}) == 3


GOOD = """
title = "Good"
as_of = 2026-11-23
sources = ["https://example.org/good"]
year = 2025
countries = ["US"]
[[releases]]
country = "US"
type = "theatrical"
date = "2025-06-06"
[[credits]]
name = "Somebody"
job = "cast"
[[trivia]]
text = "It is good."
source = "https://example.org/good"
[[date_changes]]
country = "US"
type = "theatrical"
old = "2025-05"
new = "2025-06-06"
"""
SERIES = 'name = "Good ones"\nas_of = 2026-11-23\nsources = []\n[[entries]]\nfilm = "good-2025"\nstory = 1\n'


def _folder(root: Path, film: bytes | None = None, franchise: str | None = None) -> Path:
    """A catalogue with a good film, and perhaps a broken film or franchise."""
    for part in ("films", "franchises"):
        (root / part).mkdir(parents=True, exist_ok=True)
    (root / "films" / "good-2025.toml").write_text(GOOD)
    (root / "franchises" / "good.toml").write_text(SERIES)
    if film is not None:
        (root / "films" / "broken.toml").write_bytes(film)
    if franchise is not None:
        (root / "franchises" / "broken.toml").write_text(franchise)
    return root


BROKEN = [
    ("no TOML", "title = "),
    ("half a string", 'title = "Good'),
    ("empty", ""),
    ("twice", GOOD + '\ntitle = "Again"'),
    ("no title", GOOD.replace('title = "Good"', "")),
    ("an empty title", GOOD.replace('"Good"', '"  "')),
    ("a title that is a number", GOOD.replace('"Good"', "7")),
    ("an unknown field", GOOD.replace("year =", "jahr =")),
    ("a year in words", GOOD.replace("2025\n", '"soon"\n', 1)),
    ("no sources", GOOD.replace("sources", "quellen")),
    ("an unknown country", GOOD.replace('country = "US"', 'country = "XX"')),
    ("small letters", GOOD.replace('["US"]', '["us"]')),
    ("an unknown type", GOOD.replace('"theatrical"', '"cinema"')),
    ("no such day", GOOD.replace("2025-06-06", "2025-02-30")),
    ("no such month", GOOD.replace("2025-06-06", "2025-13")),
    ("a date in words", GOOD.replace('"2025-06-06"', '"soon"')),
    ("a date that is no text", GOOD.replace('"2025-06-06"', "2025-06-06")),
    ("a year beyond", GOOD.replace("2025-06-06", "3025")),
    ("an unknown job", GOOD.replace('"cast"', '"actor"')),
    ("a nameless credit", GOOD.replace('"Somebody"', '""')),
    ("empty trivia", GOOD.replace('"It is good."', '" "')),
    ("a spoiler in words", GOOD + '\n[[trivia]]\ntext="x"\nsource="y"\nspoiler="no"'),
    ("as_of in words", GOOD.replace("2026-11-23", '"today"')),
    ("as_of impossible", GOOD.replace("2026-11-23", "2026-02-30")),
    ("a list for a table", GOOD.replace("[[releases]]", "[releases]")),
    ("ids of another source", GOOD + '\n[ids]\nletterboxd = "good"'),
    ("a number of 5,000 digits", GOOD.replace("2025\n", "9" * 5000 + "\n", 1)),
    ("nested without end", "title = " + "[" * 5000),
    ("a null character", GOOD.replace("Good", "Go\x00od")),
]
SENTENCE = r"^The catalogue file broken\.toml [^\n]{5,400}\.$"


@pytest.mark.parametrize("text", [row[1] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_film_ends_in_one_sentence_that_names_the_file(tmp_path: Path, text: str) -> None:
    assert text != GOOD
    with pytest.raises(CatalogueError, match=SENTENCE):
        read_catalogue(_folder(tmp_path, text.encode()))


@pytest.mark.parametrize("noise", [b"\xff\xfe\x00\x01" * 100, b"\x80", b"\x1f\x8b\x08\x00", GOOD.encode("utf-16")])
def test_bytes_that_are_no_text_end_so_too(tmp_path: Path, noise: bytes) -> None:
    with pytest.raises(CatalogueError, match=SENTENCE):
        read_catalogue(_folder(tmp_path, noise))


BROKEN_FRANCHISES = [
    ("an unknown film", SERIES.replace("good-2025", "bad-2025")),
    ("neither film nor series", SERIES.replace('film = "good-2025"', "")),
    ("both", SERIES + 'series = "Good: The Series"\n'),
    ("no entries", SERIES.split("[[")[0]),
    ("no story", SERIES.replace("story = 1", "")),
    ("an impossible date", SERIES.replace("film =", 'date = "2025-00"\nseries =')),
    ("a nameless one", SERIES.replace('"Good ones"', '""')),
    ("an unknown country", SERIES.replace("film =", 'country = "XX"\nseries =')),
    ("an empty series", SERIES.replace('film = "good-2025"', 'series = ""')),
]


@pytest.mark.parametrize("text", [row[1] for row in BROKEN_FRANCHISES], ids=[row[0] for row in BROKEN_FRANCHISES])
def test_a_broken_franchise_ends_so_too(tmp_path: Path, text: str) -> None:
    with pytest.raises(CatalogueError, match=SENTENCE):
        read_catalogue(_folder(tmp_path, franchise=text))


def test_a_folder_in_place_of_a_file_and_no_films_at_all_are_said_plainly(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "films" / "broken.toml").mkdir()
    for read in (read_catalogue, digest_of):
        with pytest.raises(CatalogueError, match=SENTENCE):
            read(folder)
    with pytest.raises(CatalogueError, match=r"^The film catalogue in .* has no films"):
        read_catalogue(tmp_path / "nowhere")


def _read(text: bytes) -> None:
    """Read a film; a CatalogueError is as good as a film, anything else is not."""
    with TemporaryDirectory() as root:
        folder = _folder(Path(root), text)
        said = ""
        try:
            said = read_catalogue(folder).films["broken"].title
        except CatalogueError as error:
            said = str(error)
            assert re.match(SENTENCE, said)
        assert said.strip()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_film_or_a_catalogue_error(noise: bytes) -> None:
    _read(noise)


LINES = (find_catalogue() / "films" / "ballerina-2025.toml").read_text(encoding="utf-8").splitlines()


@given(st.lists(st.integers(0, 60), max_size=6), st.integers(0, 60), st.text(max_size=12))
def test_a_real_file_with_lines_lost_and_something_typed_in_is_too(lost: Sequence[int], place: int, typed: str) -> None:
    lines = [line for number, line in enumerate(LINES[:120]) if number not in lost]
    lines[place] = lines[place][:10] + typed + lines[place][10:]
    _read("\n".join(lines).encode())
