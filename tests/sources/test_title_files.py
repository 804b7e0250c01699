"""The two lists are read as their publishers write them; anything else is refused with one sentence."""

import gzip
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.titles import ListedTitle
from bot.sources import title_files
from bot.sources.title_files import MAX_LINE_BYTES, TitleFileError, read_imdb, read_tmdb

HEADER = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres"
BALLERINA = "tt7181546\tmovie\tBallerina\tBallerina\t0\t2025\t\\N\t125\tAction,Crime,Thriller"


def unheard(_done: int, _of: int) -> None:
    """Progress that nobody follows."""


def tmdb(path: Path) -> list[ListedTitle]:
    return list(read_tmdb(path, unheard))


def imdb(path: Path) -> list[ListedTitle]:
    return list(read_imdb(path, 2026, unheard))


def packed(path: Path, *lines: str) -> Path:
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    return path


def line(**changes: Any) -> str:
    film = {"adult": False, "id": 541671, "original_title": "Ballerina", "popularity": 33.5, "video": False}
    return json.dumps(film | changes, ensure_ascii=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.gz"


class TestTmdb:
    def test_each_line_is_a_film(self, path: Path) -> None:
        found = tmdb(packed(path, line(), line(id=129, original_title="千と千尋の神隠し", popularity=9)))
        assert found == [
            ListedTitle("tmdb:541671", "Ballerina", "Ballerina", None, 33.5),
            ListedTitle("tmdb:129", "千と千尋の神隠し", "千と千尋の神隠し", None, 9.0),
        ]

    def test_adult_ones_videos_and_nameless_ones_are_left_out(self, path: Path) -> None:
        lines = [line(adult=True), line(video=True), line(original_title=""), line(original_title=None), line(id=1)]
        assert [film.ref for film in tmdb(packed(path, *lines))] == ["tmdb:1"]

    def test_what_tmdb_may_add_is_no_trouble(self, path: Path) -> None:
        assert len(tmdb(packed(path, line(softcore=False, popularity=None)))) == 1

    def test_progress_ends_with_the_whole_file(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(title_files, "_STEP", 10)
        seen: list[tuple[int, int]] = []
        list(read_tmdb(packed(path, *[line(id=number) for number in range(100)]), lambda *at: seen.append(at)))
        size = path.stat().st_size
        assert len(seen) == 11
        assert seen[-1] == (size, size)
        assert all(0 < done <= of == size for done, of in seen)


class TestImdb:
    def test_films_of_cinema_and_television_are_kept(self, path: Path) -> None:
        kinds = ["movie", "tvMovie", "tvSeries", "short", "video", "tvEpisode"]
        rows = [BALLERINA.replace("movie", kind) for kind in kinds]
        found = imdb(packed(path, HEADER, *rows))
        assert [film.ref for film in found] == ["imdb:tt7181546"] * 2
        assert (found[0].title, found[0].year) == ("Ballerina", 2025)
        assert found[0].weight > found[1].weight

    def test_adult_ones_are_left_out_and_null_is_null(self, path: Path) -> None:
        nothing = "tt1\tmovie\tUntitled\t\\N\t0\t\\N\t\\N\t\\N\t\\N"
        adult = BALLERINA.replace("\t0\t", "\t1\t")
        assert imdb(packed(path, HEADER, nothing, adult)) == [
            ListedTitle("imdb:tt1", "Untitled", "Untitled", None, -1.5)
        ]

    def test_original_titles_and_quotes_stay_as_they_are(self, path: Path) -> None:
        row = 'tt6751668\tmovie\t"Parasite"\tGisaengchung\t0\t2019\t\\N\t132\tDrama'
        film = imdb(packed(path, HEADER, row))[0]
        assert (film.title, film.original_title) == ('"Parasite"', "Gisaengchung")

    def test_what_is_to_come_weighs_most_then_what_is_known_best(self, path: Path) -> None:
        rows = [
            "tt1\tmovie\tOld\tOld\t0\t1931\t\\N\t\\N\t\\N",
            "tt2\tmovie\tKnown\tKnown\t0\t1999\t\\N\t136\tAction,Sci-Fi",
            "tt3\tmovie\tComing\tComing\t0\t2027\t\\N\t\\N\tAction",
        ]
        found = sorted(imdb(packed(path, HEADER, *rows)), key=lambda film: -film.weight)
        assert [film.title for film in found] == ["Coming", "Known", "Old"]


WRONG: list[Any] = [
    pytest.param(b"", "empty", id="empty"),
    pytest.param(gzip.compress(b""), "nothing in it", id="empty inside"),
    pytest.param(f"{line()}\n".encode(), "not a gzip file", id="plain text"),
    pytest.param(b"<!DOCTYPE html><title>404</title>", "not a gzip file", id="HTML"),
    pytest.param(gzip.compress(b"<!DOCTYPE html><title>404</title>"), "Line 1", id="HTML inside"),
    pytest.param(gzip.compress(b"ab" * 5000)[:30], "ends in its middle", id="truncated"),
    pytest.param(b"\x1f\x8b", "ends in its middle", id="two bytes"),
    pytest.param(b"\x1f\x8b" + b"no gzip at all" * 9, "damaged", id="gzip in name only"),
    pytest.param(gzip.compress(b"\xff\xfe\n"), "Line 1", id="not UTF-8"),
    pytest.param(gzip.compress(b"x" * (MAX_LINE_BYTES + 9)), "longer than", id="a line without end"),
    pytest.param(gzip.compress(b'["a", "list"]\n'), "Line 1", id="other JSON"),
    pytest.param(gzip.compress(b'{"id": 1, "name": "Keanu Reeves", "popularity": 9}\n'), "Line 1", id="persons"),
    pytest.param(gzip.compress(b"tconst\taverageRating\tnumVotes\n"), "Line 1", id="ratings"),
]


@pytest.mark.parametrize(("content", "says"), WRONG)
@pytest.mark.parametrize("read", [tmdb, imdb])
def test_each_wrong_file_has_its_sentence(
    path: Path, read: Callable[[Path], list[ListedTitle]], content: bytes, says: str
) -> None:
    path.write_bytes(content)
    with pytest.raises(TitleFileError, match=says) as caught:
        read(path)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "row",
    ["tt1\tmovie", BALLERINA + "\tmore", BALLERINA.replace("2025", "soon"), BALLERINA.replace("tt7181546", "nm1")],
    ids=["too few cells", "too many cells", "no year", "no title's id"],
)
def test_a_row_of_another_table_is_refused(path: Path, row: str) -> None:
    with pytest.raises(TitleFileError, match="Line 3 "):
        imdb(packed(path, HEADER, BALLERINA, row))


@pytest.mark.parametrize("changes", [{"id": "1"}, {"id": 1.5}, {"original_title": 7}, {"popularity": "high"}])
def test_a_value_of_another_kind_is_refused(path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(TitleFileError, match="Line 2 "):
        tmdb(packed(path, line(), line(**changes)))


@pytest.mark.parametrize("read", [tmdb, imdb])
def test_what_is_no_file_has_its_sentence(tmp_path: Path, read: Callable[[Path], list[ListedTitle]]) -> None:
    for wrong in (tmp_path, tmp_path / "missing.gz"):
        with pytest.raises(TitleFileError, match="cannot be read"):
            read(wrong)


def test_a_bomb_is_given_up_early(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(title_files, "_RATIO_FROM", 1024**2)
    path.write_bytes(gzip.compress(f"{line()}\n".encode() * 500_000))
    read = itertools.count()
    with pytest.raises(TitleFileError, match="far more"):
        all(next(read) >= 0 for _ in read_tmdb(path, unheard))
    assert next(read) < 200_000


def test_blank_lines_without_end_are_given_up(path: Path) -> None:
    assert len(tmdb(packed(path, line(), "", " ", line()))) == 2
    path.write_bytes(gzip.compress(b"\n" * 10_000))
    with pytest.raises(TitleFileError, match="blank"):
        tmdb(path)


def test_no_more_is_unpacked_than_a_list_can_have(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(title_files, "MAX_BYTES", 1000)
    with pytest.raises(TitleFileError, match="far more"):
        tmdb(packed(path, *[line(id=number) for number in range(100)]))


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_titles_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes, pack: bool) -> None:
    path = tmp_path_factory.getbasetemp() / "any.gz"
    path.write_bytes(gzip.compress(data) if pack else data)
    for read in (tmdb, imdb):
        sentence = "."
        try:
            assert all(film.title for film in read(path))
        except TitleFileError as error:
            sentence = str(error)
        assert sentence.endswith(".")
