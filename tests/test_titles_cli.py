"""`marquee titles …`, as a person at a terminal and a script with a pipe use it."""

import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main

FILMS = ["The Matrix", "Ballerina", "千と千尋の神隠し", "Dune"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somewhere without a .env, with the index where the default says."""
    monkeypatch.chdir(tmp_path)
    for name in ("MARQUEE_TITLES", "DATABASE_URL", "MARQUEE_DATA"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def export(folder: Path) -> Path:
    lines = [
        {"adult": False, "id": number, "original_title": title, "popularity": 10 - number, "video": False}
        for number, title in enumerate(FILMS)
    ]
    file = folder / "movie_ids.json.gz"
    file.write_bytes(gzip.compress("\n".join(json.dumps(each) for each in lines).encode()))
    return file


def typing(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


def answers(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_import_says_what_it_did_and_how_far_it_is(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["titles", "import-tmdb", str(export)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("4 films of TMDB are in titles.sqlite")
    assert "indexing words…" in err
    assert {each.name for each in Path().iterdir()} == {"movie_ids.json.gz", "titles.sqlite", "titles.sqlite.lock"}


def test_what_is_found_is_a_line_a_film(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["titles", "import-tmdb", str(export)])
    capsys.readouterr()
    assert main(["titles", "search", "teh", "matrx"]) == 0
    assert capsys.readouterr().out == "The Matrix · tmdb:0\n"


def test_imdb_joins_it_with_years(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres"
    row = "tt6751668\tmovie\tParasite\tGisaengchung\t0\t2019\t\\N\t132\tDrama"
    basics = export.with_name("title.basics.tsv.gz")
    basics.write_bytes(gzip.compress(f"{header}\n{row}\n".encode()))
    main(["titles", "import-tmdb", str(export)])
    assert main(["titles", "import-imdb", str(basics)]) == 0
    assert "1 films of IMDb are in titles.sqlite (with other lists 5)" in capsys.readouterr().out
    main(["titles", "search", "parasite"])
    assert capsys.readouterr().out == "Parasite (2019) · Gisaengchung · imdb:tt6751668\n"
    main(["titles", "search", "--json", "gisaeng"])
    (answer,) = answers(capsys.readouterr().out)
    assert answer["query"] == "gisaeng"
    assert answer["hits"][0]["year"] == 2019


def test_queries_from_a_pipe_are_answered_line_by_line(
    export: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["titles", "import-tmdb", str(export)])
    capsys.readouterr()
    typing(monkeypatch, "matrix\r\n千と\n\n\xff\nballer".encode() + b"\n\xff\xfe\n")
    assert main(["titles", "search", "-"]) == 0
    found = answers(capsys.readouterr().out)
    assert [each["query"] for each in found][:3] == ["matrix", "千と", ""]
    assert [each["hits"][0]["title"] if each["hits"] else None for each in found][:3] == [FILMS[0], FILMS[2], None]
    assert len(found) == 6
    assert all(each["ms"] >= 0 for each in found)


def test_without_an_index_the_catalogue_is_searched(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["titles", "search", "balerina", "2025"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("Ballerina (2025) · id:")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"<html>", "not a gzip file"), (gzip.compress(b"{}"), "Line 1"), (gzip.compress(b"x" * 999)[:20], "middle")],
    ids=["HTML", "other columns", "truncated"],
)
def test_a_wrong_file_is_one_sentence_and_leaves_the_index(
    export: Path, capsys: pytest.CaptureFixture[str], content: bytes, says: str
) -> None:
    main(["titles", "import-tmdb", str(export)])
    before = Path("titles.sqlite").read_bytes()
    export.write_bytes(content)
    capsys.readouterr()
    assert main(["titles", "import-tmdb", str(export)]) == 2
    err = capsys.readouterr().err
    assert says in err.splitlines()[-1]
    assert err.splitlines()[-1].startswith("marquee: ")
    assert Path("titles.sqlite").read_bytes() == before


def test_a_database_in_its_place_is_not_overwritten(
    export: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("marquee.db").write_bytes(b"precious")
    monkeypatch.setenv("MARQUEE_TITLES", "marquee.db")
    assert main(["titles", "import-tmdb", str(export)]) == 2
    assert main(["titles", "search", "dune"]) == 2
    assert "no title index" in capsys.readouterr().err
    assert Path("marquee.db").read_bytes() == b"precious"
