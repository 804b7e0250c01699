"""The compose file and the image: their settings are Marquee's, and nothing private or missing goes into the image."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.app import GRACE
from bot.settings import load_settings

ROOT = Path(__file__).parents[1]
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"
COMPOSE: Mapping[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
BOTS = {name: service for name, service in COMPOSE["services"].items() if name.startswith("marquee-")}
KNOWN = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))


def _environ(service: Mapping[str, Any]) -> dict[str, str]:
    """What a container gets: the service's environment over its env file."""
    environ: dict[str, str] = service["environment"]
    assert service["env_file"] == ".env"
    assert all(isinstance(value, str) for value in environ.values())
    return {"DISCORD_TOKEN": TOKEN} | {
        name: re.sub(r"\$\{(\w+):\?[^}]+\}", r"made-of-\1", value) for name, value in environ.items()
    }


def test_every_process_has_settings_that_marquee_takes() -> None:
    assert len(BOTS) > 1
    for service in BOTS.values():
        assert set(service["environment"]) <= KNOWN
        settings = load_settings(_environ(service), None, need_token=True)
        assert settings.database_url == "postgresql://marquee:made-of-POSTGRES_PASSWORD@postgres/marquee"
        assert settings.post_rate == 48


def test_every_shard_is_in_one_process() -> None:
    counts = {service["environment"]["SHARD_COUNT"] for service in BOTS.values()}
    assert len(counts) == 1
    shards = [shard for service in BOTS.values() for shard in _shards(service["environment"]["SHARDS"])]
    assert sorted(shards) == list(range(int(counts.pop())))


def _shards(text: str) -> list[int]:
    spans = [part.partition("-") for part in text.split(",")]
    return [shard for first, _, last in spans for shard in range(int(first), int(last or first) + 1)]


def test_a_container_is_given_longer_than_marquee_needs_to_stop_and_comes_back() -> None:
    for service in BOTS.values():
        assert int(service["stop_grace_period"].removesuffix("s")) >= 2 * GRACE.total_seconds()
        assert service["restart"] == "unless-stopped"
        assert service["depends_on"]["postgres"]["condition"] == "service_healthy"
    named = {mount.partition(":")[0] for service in COMPOSE["services"].values() for mount in service["volumes"]}
    assert named == set(COMPOSE["volumes"])


def test_the_image_is_made_of_files_that_are_there_and_may_go_in() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)]
    sources = {Path(source) for group in copied for source in group}
    assert {source.parts[0] for source in sources} == allowed
    assert all((ROOT / source).exists() for source in sources)
    for service in BOTS.values():
        _, python, script = service["healthcheck"]["test"]
        assert (python, script) == ("python", "/opt/marquee/alive.py")
    assert "COPY docker/alive.py /opt/marquee/alive.py" in dockerfile
    assert re.search(r"^USER marquee$", dockerfile, re.MULTILINE)


def test_what_builds_the_image_is_taken_out_again() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    asked = re.findall(r"^([\w.-]+)==[^\n]*\\\n(?:    --hash[^\n]*\n)+    # via ([^\n]+)$", lock, re.MULTILINE)
    tools = {name for name, why in asked if why in ("hatchling", "marquee-bot (pyproject.toml:build)")}
    assert "hatchling" in tools
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    taken_out = re.findall(r"uninstall --yes (.+)$", dockerfile, re.MULTILINE)[0].split()
    assert set(taken_out) == tools
