"""An import replaces its own source's titles, all of them or none."""

import random
import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from bot.domain.errors import DatabaseError, OperatorError
from bot.domain.titles import ListedTitle
from bot.store import title_build
from bot.store.title_build import build_titles, crowded_beginnings
from bot.store.title_file import connect


def film(ref: str, title: str, weight: float = 1.0) -> ListedTitle:
    return ListedTitle(ref, title, title, None, weight)


def refs(path: Path) -> list[str]:
    db = connect(path)
    try:
        return [row[0] for row in db.execute("SELECT ref FROM films ORDER BY rank")]
    finally:
        db.close()


def build(path: Path, source: str, *films: ListedTitle) -> tuple[int, int]:
    return build_titles(path, source, films, lambda what, done, of: None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "titles.sqlite"


def test_the_rank_is_the_weights_order_and_lists_are_interleaved(path: Path) -> None:
    assert build(path, "tmdb", film("tmdb:1", "One", 5), film("tmdb:2", "Two", 9)) == (2, 2)
    assert refs(path) == ["tmdb:2", "tmdb:1"]
    assert build(path, "imdb", *(film(f"imdb:tt{n}", "Some", -n) for n in range(4))) == (4, 6)
    assert refs(path) == ["imdb:tt0", "tmdb:2", "imdb:tt1", "imdb:tt2", "tmdb:1", "imdb:tt3"]


def test_an_import_replaces_its_own_source_only(path: Path) -> None:
    build(path, "tmdb", film("tmdb:1", "One"))
    build(path, "imdb", film("imdb:tt1", "One"))
    assert build(path, "tmdb", film("tmdb:3", "Three")) == (1, 2)
    assert sorted(refs(path)) == ["imdb:tt1", "tmdb:3"]


def test_what_has_no_letter_is_left_out_and_nothing_at_all_is_refused(path: Path) -> None:
    assert build(path, "tmdb", film("tmdb:1", "…"), film("tmdb:2", "Two")) == (1, 1)
    with pytest.raises(OperatorError, match="no film"):
        build(path, "tmdb", film("tmdb:1", "…"))
    assert refs(path) == ["tmdb:2"]


def test_an_error_midway_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    build(path, "tmdb", film("tmdb:1", "One"))
    before = path.read_bytes()

    def broken() -> Iterator[ListedTitle]:
        yield film("tmdb:2", "Two")
        raise OperatorError("The list ends here.")

    with pytest.raises(OperatorError, match="ends here"):
        build_titles(path, "tmdb", broken(), lambda what, done, of: None)
    assert path.read_bytes() == before
    assert {each.name for each in path.parent.iterdir()} <= {"titles.sqlite", "titles.sqlite.lock"}


def test_a_killed_import_leaves_the_old_file_and_the_next_one_works(path: Path) -> None:
    build(path, "tmdb", film("tmdb:1", "One"))
    before = path.read_bytes()
    script = (
        "import sys, itertools; from pathlib import Path\n"
        "from bot.domain.titles import ListedTitle; from bot.store.title_build import build_titles\n"
        "def films():\n"
        "    for n in itertools.count():\n"
        "        if n == 5000: print('midway', flush=True)\n"
        "        yield ListedTitle(f'tmdb:{n}', f'Film {n}', f'Film {n}', None, 1.0)\n"
        "build_titles(Path(sys.argv[1]), 'tmdb', films(), lambda what, done, of: None)"
    )
    part = path.with_name("titles.sqlite.part")
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE) as importing:
        assert importing.stdout is not None
        assert importing.stdout.readline() == b"midway\n"
        importing.kill()
    assert part.exists()
    assert path.read_bytes() == before
    build(path, "tmdb", film("tmdb:2", "Two"))
    assert refs(path) == ["tmdb:2"]
    assert not part.exists()


def test_two_imports_at_once_are_one_too_many(path: Path) -> None:
    with FileLock(f"{path}.lock"), pytest.raises(DatabaseError, match="Another import"):
        build(path, "tmdb", film("tmdb:1", "One"))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="does not exist"):
        build(tmp_path / "a file" / "titles.sqlite", "tmdb", film("tmdb:1", "One"))


def test_crowded_beginnings_are_what_counting_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(title_build, "CROWD", 5)
    monkeypatch.setattr(title_build, "HEAD", 3)
    chance = random.Random(1)
    for _ in range(100):
        rows = {("".join(chance.choices("ab", k=chance.randint(1, 7))), chance.randrange(60)) for _ in range(60)}
        counted: dict[str, bytes] = {}
        for start in {name[:end] for name, _ in rows for end in range(1, 8)}:
            ranks = [rank for name, rank in rows if name.startswith(start)]
            if len(ranks) > 5:
                counted[start] = array("I", sorted(set(ranks))[:3]).tobytes()
        assert dict(crowded_beginnings(sorted(rows))) == counted
