"""The benchmark itself works, at a size that a test can afford; it asserts no times."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.made_up import made_up_films
from tests.benchmarks.titles import TYPED, main


def test_the_benchmark_runs_and_writes_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "figures.json"
    assert main(["--quick", "--count", "2000", "--questions", "40", "--first-try", "--json", str(figures)]) == 0
    report = json.loads(figures.read_text(encoding="utf-8"))
    assert report["films"] == 2000
    for which in ("first-try", "index"):
        assert len(report[which]["kinds"]) == 2 * len(TYPED)
    assert report["index"]["kinds"]["any film: whole titles"]["title"] == 1
    assert "| any film: whole titles | 100.0%" in capsys.readouterr().out


def test_the_same_seed_makes_the_same_titles() -> None:
    films = made_up_films(3000)
    assert films == made_up_films(3000)
    assert films != made_up_films(3000, seed=2)
    titles = [film.title for film in films]
    assert len(set(titles)) < len(titles)
    assert any("\u4e00" <= title[0] <= "\u9fff" for title in titles)
    assert any("\u0400" <= title[0] <= "\u04ff" for title in titles)
