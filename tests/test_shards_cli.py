"""`marquee run --shards … --shard-count …`: flags before the environment, and a sentence for whatever cannot be."""

import os

import pytest

from bot.cli import main
from bot.domain.shards import Shards
from bot.settings import Settings, load_settings

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"
POSTGRES = "postgresql://marquee@localhost/marquee"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings of what `marquee run` would have run."""
    runs: list[Settings] = []

    async def run(settings: Settings) -> None:
        runs.append(settings)

    monkeypatch.setattr("bot.app.run", run)
    monkeypatch.setattr("bot.logs.set_up_logging", lambda *_: None)
    monkeypatch.setattr("bot.cli.DOTENV", None)
    for name in {"DISCORD_TOKEN_FILE", "SHARDS", "SHARD_COUNT"} & os.environ.keys():
        monkeypatch.delenv(name)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("DATABASE_URL", POSTGRES)
    return runs


def test_without_flags_discord_says_how_many(started: list[Settings]) -> None:
    assert main(["run"]) == 0
    (settings,) = started
    assert (settings.shards, settings.part_of_shards) == (None, ())


def test_flags_say_which_and_win_over_the_environment(started: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["run", "--shards", "0-3,8", "--shard-count", "16"]) == 0
    monkeypatch.setenv("SHARDS", "9")
    monkeypatch.setenv("SHARD_COUNT", "16")
    assert main(["run"]) == 0
    assert main(["run", "--shards", "0-3"]) == 0
    assert main(["run", "--shards", "0-7", "--shard-count", "8"]) == 0
    assert [settings.shards for settings in started] == [
        Shards((0, 1, 2, 3, 8), 16),
        Shards((9,), 16),
        Shards((0, 1, 2, 3), 16),
        Shards.all_of(8),
    ]
    assert [settings.part_of_shards for settings in started[2:]] == [(0, 1, 2, 3), ()]


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        pytest.param(["--shards", "0-3"], "go together", id="no count"),
        pytest.param(["--shard-count", "16"], "go together", id="no shards"),
        pytest.param(["--shards", "0-16", "--shard-count", "16"], "counted from 0", id="outside"),
        pytest.param(["--shards", "3-0", "--shard-count", "16"], "from the lower number", id="backwards"),
        pytest.param(["--shards", "a few", "--shard-count", "16"], "numbers and ranges", id="words"),
        pytest.param(["--shards", "0-3", "--shard-count", "none"], "whole number", id="a count that is none"),
        pytest.param(["--shards", "0-3,3", "--shard-count", "16"], "named twice", id="twice"),
    ],
)
def test_what_cannot_be_is_one_sentence_that_shows_how(
    started: list[Settings], flags: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *flags]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "--shard-count 16" in said, "an example"
    assert said.startswith("marquee: SHARDS and SHARD_COUNT (--shards and --shard-count) ")
    assert (said.count("\n"), started) == (1, [])


@pytest.mark.parametrize("which", ["flags", "environment"])
def test_sqlite_has_no_part_of_the_shards(
    started: list[Settings], which: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///marquee.db")
    flags = ["--shards", "0-3", "--shard-count", "16"]
    if which == "environment":
        monkeypatch.setenv("SHARDS", flags[1])
        monkeypatch.setenv("SHARD_COUNT", flags[3])
    assert main(["run", *(flags if which == "flags" else [])]) == 2
    said = capsys.readouterr().err
    assert "SQLite is for one process" in said
    assert "PostgreSQL" in said
    assert (said.count("\n"), started) == (1, [])
    assert main(["run", "--shards", "0-15", "--shard-count", "16"]) == 0
    assert started[0].shards == Shards.all_of(16)


def test_other_commands_take_the_same_environment(started: list[Settings]) -> None:
    settings = load_settings({"SHARDS": "0-3", "SHARD_COUNT": "16"}, None, need_token=False)
    assert settings.shards == Shards((0, 1, 2, 3), 16), "on SQLite too: nothing connects"
