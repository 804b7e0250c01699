"""Starts `marquee sandbox` as a person does, in a process of its own, and opens its page in Chromium."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

import pytest
from playwright.sync_api import Browser

from tests.e2e.page import SandboxPage, find_chromium, launch_chromium, open_page

ROOT = Path(__file__).parent.parent.parent
SHOTS = ROOT / "test-results"
COMMAND = (sys.executable, "-m", "bot", "sandbox", "--no-browser", "--port", "0")
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox, and the page on which a person uses it."""

    process: subprocess.Popen[str]
    url: str
    page: SandboxPage

    def press_ctrl_c(self) -> tuple[int, float]:
        """Its exit code, and how many seconds it took to end."""
        began = time.perf_counter()
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(10), time.perf_counter() - began


@contextmanager
def run_sandbox(*arguments: str, command: tuple[str, ...] = COMMAND) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a sandbox, read its address, and end it with Ctrl-C if nobody has."""
    with subprocess.Popen(
        [*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process, _read_address(process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


def _read_address(process: subprocess.Popen[str]) -> str:
    """The address that the sandbox prints; what it printed instead is in the error."""
    lines: Queue[str] = Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line)

    threading.Thread(target=read, daemon=True).start()
    printed, deadline = "", time.monotonic() + START_SECONDS
    while not (found := re.search(r"http://127\.0\.0\.1:\d+/#\S+", printed)):
        try:
            printed += lines.get(timeout=0.1)
        except Empty:
            assert process.poll() is None, f"the sandbox ended: {printed}"
            assert time.monotonic() < deadline, f"the sandbox did not start: {printed}"
    return found[0]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here; each page is a new person's.

    Not for the whole session: while Playwright runs, no test elsewhere could run a loop of its own.
    """
    assert find_chromium(), "No Chromium: put it on the PATH, or name it in MARQUEE_CHROMIUM."
    with launch_chromium() as launched:
        yield launched


@pytest.fixture
def start_sandbox(request: pytest.FixtureRequest, browser: Browser) -> Generator[Callable[..., Sandbox]]:
    """Start a sandbox with more arguments, if any; a picture of its page is kept when the test fails."""
    with ExitStack() as stack:
        opened: list[Sandbox] = []

        def start(*arguments: str) -> Sandbox:
            process, url = stack.enter_context(run_sandbox(*arguments))
            page = stack.enter_context(open_page(browser, url, SHOTS))
            opened.append(Sandbox(process, url, page))
            return opened[-1]

        yield start
        if getattr(request.node, "failed", False):
            for number, sandbox in enumerate(opened):
                sandbox.page.screenshot(f"{request.node.name}-{number}")


@pytest.fixture
def page(start_sandbox: Callable[..., Sandbox]) -> SandboxPage:
    """The page of a sandbox that begins on 27 May 2025."""
    return start_sandbox().page


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a fixture know that its test failed."""
    report = yield
    item.failed = getattr(item, "failed", False) or (call.when == "call" and report.failed)  # type: ignore[attr-defined]
    return report
