import asyncio
import re
import signal
import socket
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
import simcord

from bot.ports import Clock
from bot.sandbox import page
from bot.sandbox.errors import PortInUse, SimcordMissing
from bot.sandbox.run import serve
from bot.sandbox.session import run_session
from tests.sandbox.cinema import Cinema, open_cinema

STATIC = Path(simcord.__file__).parent / "preview" / "static"


class Opened:
    """Remembers what was opened, and where."""

    def __init__(self) -> None:
        self.cinema: Cinema | None = None
        self.folder: Path | None = None
        self.addresses: list[str] = []

    @asynccontextmanager
    async def __call__(self, database: Path, clock: Clock) -> AsyncGenerator[Cinema]:
        self.folder = database.parent
        async with open_cinema(database, clock) as cinema:
            self.cinema = cinema
            yield cinema


async def start(opened: Opened, capsys: pytest.CaptureFixture[str], **options: Any) -> tuple[asyncio.Task[None], str]:
    """A sandbox in the background, and its address."""
    options = {"at": None, "port": None, "browser": False} | options
    task = asyncio.create_task(serve(opened, **options))
    shown = ""
    while not (found := re.findall(r"http://\S+", shown)):
        done, _ = await asyncio.wait({task}, timeout=0.02)
        if done:
            await task
        shown += capsys.readouterr().out
    opened.addresses = found
    return task, found[0]


async def end(task: asyncio.Task[None]) -> float:
    """Press Ctrl-C; how long it took."""
    began = time.perf_counter()
    signal.raise_signal(signal.SIGINT)
    await asyncio.wait_for(task, 5)
    return time.perf_counter() - began


async def test_ctrl_c_ends_it_at_once_and_leaves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    opened = Opened()
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    task, url = await start(opened, capsys)
    assert opened.folder is not None
    assert opened.folder.exists()
    assert await end(task) < 1
    assert not opened.folder.exists()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(url)


async def test_the_welcome_is_short_and_says_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    for at, command in ((None, "/track ballerina"), (date(2026, 11, 23), "/upcoming")):
        opened = Opened()
        task, _ = await start(opened, capsys, at=at)
        assert opened.cinema is not None
        (channel,) = filter(None, opened.cinema.client.http.backend.messages.values())  # type: ignore[attr-defined]
        (welcome,) = channel.values()
        assert command in welcome.content
        assert len(welcome.content.split()) < 40
        await end(task)


async def test_the_page_is_on_loopback_with_our_script_and_strangers_are_kept_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    task, url = await start(Opened(), capsys)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#[\w-]{43}", url)
    base = url.partition("#")[0]
    async with aiohttp.ClientSession() as session:
        index = await (await session.get(base)).text()
        assert index.count("/marquee.js") == 1
        assert index.index("/app.js") < index.index("/marquee.js")
        script = await session.get(base + "marquee.js")
        assert script.content_type == "application/javascript"
        assert await script.text() == Path(page.__file__).with_name("page.js").read_text(encoding="utf-8")
        assert (await session.get(base, headers={"Host": "example.org"})).status == 403
        assert (await session.post(base + "api/pages", json={})).status == 401
    await end(task)


async def test_direct_messages_and_announcements_have_pages_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    opened = Opened()
    task, _ = await start(opened, capsys)
    assert len({address.partition("#")[2] for address in opened.addresses}) == 3
    async with aiohttp.ClientSession() as session:
        for address, name in zip(opened.addresses, ("", "Direct messages", "#announcements"), strict=True):
            base = address.partition("#")[0]
            index = await (await session.get(base)).text()
            assert re.findall(r'src="/marquee\.js" data-place="([^"]*)"', index) == [name]
            assert (await session.get(base + "marquee.js")).status == 200
            assert (await session.post(base + "api/pages", json={})).status == 401
    assert await end(task) < 1


async def test_a_post_in_the_forum_gets_a_page_once_it_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    opened = Opened()
    task, _ = await start(opened, capsys)
    assert opened.cinema is not None
    backend = opened.cinema.client.http.backend  # type: ignore[attr-defined]
    (forum_id,) = (channel.id for channel in backend.channels.values() if channel.name == "film-forum")
    forum = await opened.cinema.client.fetch_channel(forum_id)
    assert isinstance(forum, discord.ForumChannel)
    await forum.create_thread(name='Ballerina "2025"', content="It is followed.")
    shown = ""
    while "http" not in shown:
        await asyncio.sleep(0.05)
        shown += capsys.readouterr().out
    assert shown.startswith('  Ballerina "2025" in #film-forum: http://127.0.0.1:')
    async with aiohttp.ClientSession() as session:
        index = await (await session.get(shown.split()[-1].partition("#")[0])).text()
        assert 'data-place="Ballerina &quot;2025&quot;"' in index
    assert await end(task) < 1


def test_what_our_script_reaches_for_is_on_the_page() -> None:
    script = Path(page.__file__).with_name("page.js").read_text(encoding="utf-8")
    index = (STATIC / "index.html").read_text(encoding="utf-8")
    commands = (STATIC / "commands.js").read_text(encoding="utf-8")
    ids = re.findall(r'getElementById\("([\w-]+)"\)', script)
    assert len(ids) >= 4
    assert [name for name in ids if f'id="{name}"' not in index] == []
    assert [name for name in ("brand-mark", "preview-brand", "viewer-control") if f'class="{name}"' not in index] == []
    classes = ("command-chip", "command-suggestion", "command-suggestion-label", "command-option-input")
    assert [name for name in classes if name not in script or f'"{name}' not in commands.replace("`", '"')] == []


async def test_a_port_in_use_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"^Port {port} cannot be used.*\.$"):
            await serve(Opened(), at=None, port=port, browser=False)
    assert capsys.readouterr().out == ""


async def test_simcord_missing_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("bot.sandbox.") and name != "bot.sandbox.errors"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "simcord", None)
    with pytest.raises(SimcordMissing, match=r'make sandbox.*pip install "marquee-bot\[sandbox\]"'):
        await serve(Opened(), at=None, port=None, browser=False)


async def test_simcord_without_its_page_is_the_same_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise simcord.SetupError("Preview requires aiohttp")

    monkeypatch.setattr("simcord.preview._require_preview_runtime", missing)
    with pytest.raises(SimcordMissing):
        await serve(Opened(), at=None, port=None, browser=False)


async def test_the_browser_is_opened_only_if_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    for browser in (False, True):
        task, url = await start(Opened(), capsys, browser=browser)
        await end(task)
    assert shown == [url]


async def test_an_error_in_the_application_is_raised() -> None:
    @asynccontextmanager
    async def broken(database: Path, clock: Clock) -> AsyncGenerator[Cinema]:
        raise RuntimeError("no catalogue")
        yield

    with pytest.raises(RuntimeError, match="no catalogue"):
        await run_session(broken, at=None, port=None, browser=False, stopped=lambda: False)
