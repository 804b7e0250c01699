"""The rules of the house that no linter knows."""

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hatchling.build import build_wheel
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot import __version__
from bot.settings import load_settings

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.lock", "requirements-sandbox.lock", "requirements-dev.lock"]
MAX_LINES = 300

#: Files of bot/ and cogs/ that may be longer, each with its reason.
LONG_FILES: dict[str, str] = {}

#: In two pieces each, so that this file does not name one.
REGISTRY_HOSTS = ["pypi" + ".org", "pythonhosted" + ".org", "pypi" + ".python", "npmjs" + ".", "anaconda" + ".org"]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def committed_files() -> Iterator[Path]:
    """Every file but what .gitignore names; without asking git, which need not be there."""
    for folder, folders, names in os.walk(ROOT):
        ignored = {"__pycache__", "build", "dist", "test-results"}
        folders[:] = [name for name in folders if name not in ignored and (name == ".ci" or not name.startswith("."))]
        left = [name for name in names if name == ".env" or ".db" in name or name.startswith("titles.sqlite")]
        yield from (Path(folder, name) for name in names if name not in left)


def sources(*tops: str) -> list[Path]:
    return sorted(path for top in tops for path in (ROOT / top).rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


class TestFiles:
    def test_no_file_is_long_without_a_reason(self) -> None:
        lengths = {
            relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources("bot", "cogs")
        }
        assert {name for name, length in lengths.items() if length > MAX_LINES} == set(LONG_FILES)

    def test_nothing_is_named_for_not_having_a_place(self) -> None:
        for path in sources("bot", "cogs"):
            assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc"}, relative(path)
            classes = [node.name for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.ClassDef)]
            assert not [name for name in classes if name.endswith(("Manager", "Helper", "Utils"))], relative(path)

    def test_nothing_is_left_for_later(self) -> None:
        unfinished = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError|pytest\.mark\.(skip|xfail)\b|pytest\.skip\(")
        for path in sources("bot", "cogs", "tests"):
            if path != Path(__file__):
                found = unfinished.search(path.read_text(encoding="utf-8"))
                assert not found, f"{relative(path)}: {found}"

    def test_no_text_names_a_package_registry(self) -> None:
        for path in committed_files():
            text = path.read_bytes().decode(errors="ignore").lower()
            assert not [host for host in REGISTRY_HOSTS if host in text], relative(path)


class TestSettings:
    @pytest.fixture
    def asked_for(self) -> set[str]:
        names: set[str] = set()

        class Recorder(dict[str, str]):
            def get(self, key: str, default: Any = None) -> Any:  # type: ignore[override]
                names.add(key)
                return "a.b.c" if key == "DISCORD_TOKEN" else default

        load_settings(Recorder(), None, need_token=True)
        assert len(names) > 5
        return names

    def test_each_is_in_the_example_with_a_line_about_it(self, asked_for: set[str]) -> None:
        example = (ROOT / ".env.example").read_text(encoding="utf-8")
        assert set(re.findall(r"^# .+\n([A-Z_]+)=", example, re.MULTILINE)) == asked_for
        assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == asked_for

    def test_each_is_in_the_table(self, asked_for: set[str]) -> None:
        table = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
        assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)) == asked_for

    def test_the_examples_values_are_the_defaults(self, tmp_path: Path) -> None:
        dotenv = tmp_path / ".env"
        dotenv.write_bytes((ROOT / ".env.example").read_bytes())
        defaults = load_settings({}, None, need_token=False)
        assert load_settings({}, dotenv, need_token=False) == defaults


class TestDependencies:
    @staticmethod
    def locked(lock: str) -> dict[str, str]:
        text = (ROOT / lock).read_text(encoding="utf-8")
        pins = re.findall(
            r"^([a-z0-9.-]+)==([^\s;]+)(?: ; [^\\\n]+)? \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE
        )
        unpinned = len(re.findall(r"^\w", text, re.MULTILINE)) - len(pins)
        assert unpinned == 0, f"{lock}: {unpinned} requirements without a version or a hash"
        return dict(pins)

    @pytest.mark.parametrize(
        ("lock", "extras"),
        [(LOCKS[0], ["postgres"]), (LOCKS[1], ["sandbox"]), (LOCKS[2], ["postgres", "sandbox", "dev"])],
    )
    def test_a_lock_has_all_that_is_asked_for(self, lock: str, extras: list[str]) -> None:
        project = pyproject()["project"]
        wanted = project["dependencies"] + [
            line for extra in extras for line in project["optional-dependencies"][extra]
        ]
        wanted += pyproject()["dependency-groups"]["build"]
        locked = self.locked(lock)
        for requirement in map(Requirement, wanted):
            if requirement.name != project["name"]:
                assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement

    def test_one_environment_takes_all_locks(self) -> None:
        everything = self.locked("requirements-dev.lock")
        for lock in LOCKS:
            assert self.locked(lock).items() <= everything.items(), lock

    def test_each_has_a_line_that_says_what_for(self) -> None:
        project = pyproject()["project"]
        lines = project["dependencies"] + [
            line for extra in project["optional-dependencies"].values() for line in extra
        ]
        names = {Requirement(line).name for line in lines} - {project["name"]}
        page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
        assert names <= set(re.findall(r"^\| `([\w.-]+)` \|", page, re.MULTILINE))


class TestArrows:
    #: Who imports what it may not, and the contract that says so.
    FORBIDDEN = (
        ("bot/domain/x.py", "import bot.store", "the domain is pure"),
        ("bot/domain/y.py", "import asyncio", "the domain is pure"),
        ("bot/store/x.py", "import bot.services.tracking", "use cases are called by"),
        ("bot/services/x.py", "import discord", "only the rim knows Discord"),
        ("bot/services/y.py", "import bot.ui", "only the rim renders"),
        ("bot/ui/x.py", "import bot.store", "the store is reached through use cases"),
        ("bot/sources/x.py", "import aiosqlite", "only the store knows a database"),
        ("bot/scheduler_of_theirs.py", "import bot.services", "use cases are called by"),
        ("cogs/x.py", "from bot.store import database", "the store is reached through use cases"),
        ("cogs/y.py", "def later():\n    import aiosql", "only the store knows a database"),
        ("bot/ui/y.py", "import cogs", "nothing imports a command"),
        ("bot/sources/y.py", "import bot.app", "app and sandbox are started by"),
    )

    @staticmethod
    def lint(folder: Path) -> subprocess.CompletedProcess[str]:
        # A process of its own: it looks for `bot` where it starts, and this process has imported ours.
        command = [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as lint; lint()",
            "--no-cache",
        ]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)

    def test_every_import_goes_an_allowed_way(self) -> None:
        lint = self.lint(ROOT)
        assert lint.returncode == 0, lint.stdout + lint.stderr

    def test_a_forbidden_arrow_is_caught(self, tmp_path: Path) -> None:
        for top in ("bot", "cogs"):
            shutil.copytree(ROOT / top, tmp_path / top, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        for file, statement, _ in self.FORBIDDEN:
            (tmp_path / file).write_text(f"{statement}\n")
        report = self.lint(tmp_path).stdout
        assert report.count(" BROKEN") == len({contract for _, _, contract in self.FORBIDDEN})
        for file, _, contract in self.FORBIDDEN:
            importer = file.removesuffix(".py").replace("/", ".")
            assert re.search(rf"^{contract}.* BROKEN$", report, re.MULTILINE), contract
            assert re.search(rf"^- +{re.escape(importer)} -> ", report, re.MULTILINE), importer

    def test_every_part_has_a_contract(self) -> None:
        contracts = pyproject()["tool"]["importlinter"]["contracts"]
        protected = {module for contract in contracts for module in contract.get("protected_modules", ())}
        parts = {
            f"bot.{path.stem}"
            for path in (ROOT / "bot").iterdir()
            if path.suffix == ".py" or (path / "__init__.py").exists()
        }
        assert parts - {"bot.__init__", "bot.__main__"} <= protected

    def test_the_domain_uses_the_standard_library_and_dateutil(self) -> None:
        allowed = sys.stdlib_module_names | {"bot", "dateutil"}
        for path in sources("bot/domain"):
            for node in ast.walk(ast.parse(path.read_bytes())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert {name.partition(".")[0] for name in names} <= allowed, relative(path)
                assert not isinstance(node, ast.AsyncFunctionDef), f"{relative(path)}: the core awaits nothing"


class TestPackage:
    def test_every_command_can_be_imported(self) -> None:
        for target in pyproject()["project"]["scripts"].values():
            module, _, name = target.partition(":")
            assert callable(getattr(importlib.import_module(module), name))

    def test_the_wheel_has_the_code_its_files_and_the_catalogue(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(ROOT)
        wheel = build_wheel(str(tmp_path))
        assert wheel == f"marquee_bot-{__version__}-py3-none-any.whl"
        with zipfile.ZipFile(tmp_path / wheel) as archive:
            names = {name for name in archive.namelist() if ".dist-info/" not in name}
            entry_points = archive.read(f"marquee_bot-{__version__}.dist-info/entry_points.txt").decode()
        paths = [relative(path) for path in committed_files()]
        code = {path for path in paths if path.startswith(("bot/", "cogs/"))}
        catalogue = {f"bot/{path}" for path in paths if path.startswith("data/")}
        assert names == code | catalogue
        assert {"bot/py.typed", "bot/store/migrations/0001_initial.sql", "bot/data/films/ballerina-2025.toml"} <= names
        assert "marquee = bot.cli:main" in entry_points
