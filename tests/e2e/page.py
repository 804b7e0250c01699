"""The sandbox's page as a person uses it: types, picks, clicks, reads. Knows simcord's page, not Marquee's commands.

Needs a Chromium: the one in MARQUEE_CHROMIUM, else `chromium`, `chromium-browser` or `google-chrome` on the PATH.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Response, expect, sync_playwright

from tests.e2e.message import Message, read_messages

#: One action may send dozens of posts with pictures.
ACTION_SECONDS = 60.0
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Where the browser is; None when there is none."""
    names = (os.environ.get("MARQUEE_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """A browser for any number of pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=_QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(
    browser: Browser, url: str, shots: Path, *, width: int = 1100, height: int = 900
) -> "Iterator[SandboxPage]":
    """Open the sandbox's address as a new person; pictures of it go to the folder `shots`."""
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1)
    context.set_default_timeout(20_000)
    try:
        yield SandboxPage(context.new_page(), url, shots)
    finally:
        context.close()


class SandboxPage:
    """Every method waits until the page has settled again, so that the next one may follow at once."""

    def __init__(self, tab: Page, url: str, shots: Path) -> None:
        self.tab = tab
        self.shots = shots
        self.errors: list[str] = []  #: what the page's own scripts complained of
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.goto(url)
        self.settle()

    # -- typing

    def type_command(self, name: str, *, choose: int | None = None, **options: str) -> None:
        """Type "/name", pick it from the list, fill in `options`, and send.

        With `choose` the text of the first option is only typed, and its suggestion of that number is taken.
        """
        self.begin_command(name)
        for index, (option, text) in enumerate(options.items()):
            self.type_option(option, text)
            if index == 0 and choose is not None:
                self.suggestions()[choose].click()
        self.send()

    def begin_command(self, name: str) -> None:
        """Type "/name" and pick it from the list of commands; whatever was begun before is given up."""
        if (left := self.tab.locator(".command-context-close")).count():
            left.click()
        box = self.tab.locator("#channel-composer-input")
        box.click()
        box.fill("")
        box.press_sequentially(f"/{name}")
        entry = self.tab.locator(".command-entry").filter(has=self.tab.get_by_text(f"/{name}", exact=True))
        entry.click()

    def type_option(self, option: str, text: str) -> None:
        """Type into one option of the command begun, bringing it up first if it is an optional one."""
        field = self.tab.locator(f'.command-option-input[data-option="{option}"]')
        if field.count() == 0:
            self.tab.locator(".command-ghost").click()
            self.tab.locator(f'.command-suggestion[data-value="{option}"]').click()
        field.click()
        field.fill("")
        field.press_sequentially(text)

    def suggestions(self) -> list[Locator]:
        """What the option being typed into offers, once the bot has answered."""
        self.tab.wait_for_function("() => window.simcordPreview.commandPicker.autocomplete.state !== 'loading'")
        self.settle()
        return self.tab.locator(".command-suggestion").all()

    def send(self) -> None:
        """Send the command or the message in the box."""
        self.settle()  # the page drops an Enter while it waits for suggestions
        with self._action():
            self.tab.locator("#send-message").click()

    def press_enter(self) -> None:
        """Press Enter wherever the page has put the cursor, as who never touches the mouse."""
        self.settle()
        with self._action():
            self.tab.keyboard.press("Enter")

    def command_line(self) -> str:
        """What the box shows of the command begun."""
        return self.tab.locator(".command-row").inner_text()

    def say(self, text: str) -> None:
        """Send an ordinary message."""
        self.tab.locator("#channel-composer-input").fill(text)
        with self._action():
            self.tab.locator("#channel-composer-input").press("Enter")

    # -- clicking

    def click(self, label: str, *, message: int = -1) -> None:
        """Press the button `label` on the `message`-th message that has one, the last by default."""
        name = re.compile(rf"^\s*{re.escape(label)}\s*$")
        buttons = self._messages.locator("button.component-button").filter(has_text=name)
        with self._action():
            (buttons.last if message == -1 else buttons.nth(message)).click()

    def pick(self, *labels: str, within: Locator | None = None, message: int = -1) -> None:
        """Choose `labels` in a select; in a message, the last select there is unless `message` names another."""
        if within is not None:
            self._choose(within, labels)
            return
        selects = self._messages.locator(".preview-select")
        with self._action():
            self._choose(selects.last if message == -1 else selects.nth(message), labels)

    def _choose(self, select: Locator, labels: tuple[str, ...]) -> None:
        trigger = select.locator(".select-trigger")
        trigger.click()
        for label in labels:
            select.get_by_role("option").filter(has_text=re.compile(rf"^{re.escape(label)}")).first.click()
        if trigger.get_attribute("aria-expanded") == "true":
            trigger.click()  # several may be chosen: closing the list is what takes them

    def fill_modal(self, **fields: str | tuple[str, ...]) -> None:
        """Fill in the open form by its labels, "Posting hour" as `posting_hour`, and submit it."""
        form = self.tab.locator(".modal-dialog")
        for name, value in fields.items():
            label = re.compile(rf"^{re.escape(name.replace('_', ' '))}", re.IGNORECASE)
            field = form.locator(".modal-field").filter(has=self.tab.locator(".control-label", has_text=label))
            if isinstance(value, tuple):
                self.pick(*value, within=field.locator(".preview-select"))
            else:
                field.locator("input, textarea").first.fill(value)
        with self._action():
            form.get_by_role("button", name="Submit").click()

    # -- reading

    @property
    def _messages(self) -> Locator:
        return self.tab.locator("article.channel-message")

    def messages(self) -> list[Message]:
        """What stands in the channel, oldest first, without the time and the buttons around it."""
        self._wait_for_pictures()
        return read_messages(self._messages)

    def last(self) -> Message:
        """The newest message."""
        return self.messages()[-1]

    def days(self) -> list[str]:
        """The dividers between days, as in "June 6, 2025"."""
        return self.tab.locator(".timeline-day-divider").all_inner_texts()

    def modal_title(self) -> str | None:
        """The open form's title; None when none is open."""
        title = self.tab.locator(".modal-title")
        return title.inner_text() if title.count() else None

    def is_at_the_end(self) -> bool:
        """Whether the newest message is in view, once the pictures have come and nothing moves."""
        self._wait_for_pictures()
        self._wait_until_still()
        return self.tab.locator("#channel-timeline").evaluate("c => c.scrollHeight - c.scrollTop - c.clientHeight < 2")

    def problems(self) -> list[str]:
        """What the page reports as gone wrong: errors of its scripts, and actions that the bot did not finish."""
        status = self._status()
        worst = [item["code"] for item in status["diagnostics"] if item.get("severity") == "error"]
        return self.errors + worst

    def screenshot(self, name: str, *, channel_only: bool = False) -> Path:
        """Take a picture, of the whole page or of the channel alone; its file is `name`.png."""
        self._wait_for_pictures()
        self._wait_until_still()
        path = self.shots / f"{name}.png"
        self.shots.mkdir(parents=True, exist_ok=True)
        (self.tab.locator("#channel-layout") if channel_only else self.tab).screenshot(path=path)
        return path

    # -- waiting

    def settle(self) -> None:
        """Wait until the page shows what the last action caused."""
        self.tab.wait_for_function(_SETTLED, timeout=ACTION_SECONDS * 1000)

    @contextmanager
    def _action(self) -> Iterator[None]:
        """Do something that the bot answers, and wait for the page to show the answer."""
        with self.tab.expect_response(_is_action, timeout=ACTION_SECONDS * 1000) as answered:
            yield
        receipt = answered.value.json()
        assert not receipt["rejected"], f"The page did not take the action: {receipt['diagnostics']}"
        done = receipt["settlement"] == "settled" and receipt["acknowledgement"] != "unacknowledged"
        assert done, f"The bot gave no answer: {receipt['diagnostics']}"
        self.settle()

    def _status(self) -> dict[str, Any]:
        return self.tab.evaluate("JSON.parse(JSON.stringify(window.simcordPreview))")

    def _wait_for_pictures(self) -> None:
        busy = self._messages.locator("img").filter(visible=True)
        for index in range(busy.count()):
            expect(busy.nth(index)).to_have_js_property("complete", value=True)

    def _wait_until_still(self) -> None:
        """Wait until the channel has stopped scrolling."""
        self.tab.wait_for_function(_STILL)


def _is_action(response: Response) -> bool:
    """Whether the bot was asked for more than suggestions."""
    if not response.url.endswith("/api/action"):
        return False
    return not re.search(r'"kind": ?"(autocomplete|browse|configure)', response.request.post_data or "")


_SETTLED = """() => { const s = window.simcordPreview;
    return s && s.ready && !s.pendingAction && !s.pendingQuery && s.awaitingRevision === null; }"""

_STILL = """() => new Promise(resolve => { const channel = document.querySelector("#channel-timeline");
    let top = -1, since = performance.now();
    const look = () => {
        const now = performance.now(), here = channel.scrollTop + channel.scrollHeight;
        if (here !== top) { top = here; since = now; }
        if (now - since > 250) resolve(true); else requestAnimationFrame(look);
    };
    look(); })"""
