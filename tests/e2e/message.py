"""Reads the messages that stand on the sandbox's page."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it stands on the page."""

    text: str
    author: str
    command: str  #: "/track" above its answer; empty above a post, and above the answer to a button
    sent_at: str  #: ISO, UTC
    private: bool
    buttons: tuple[str, ...]
    pictures: int  #: that have loaded
    broken: int  #: that have not


def read_messages(articles: Locator) -> list[Message]:
    """What stands in `articles`, in their order, without the time and the buttons around it."""
    return [_read(found) for found in articles.evaluate_all(_READ_MESSAGES)]


_READ_MESSAGES = """articles => { let author = "", sentAt = ""; return articles.map(article => {
    const around = [...article.querySelectorAll(".message-header, .message-interaction-header, "
        + ".message-context-actions, .message-ephemeral-note, button, .preview-select")];
    const shown = around.map(part => part.style.display);
    around.forEach(part => { part.style.display = "none"; });
    const content = article.innerText;
    around.forEach((part, index) => { part.style.display = shown[index]; });
    const text = selector => article.querySelector(selector)?.innerText || "";
    const pictures = [...article.querySelectorAll(
        ".component-gallery img, .embed img, .message-attachments img, img.gallery-image, img.embed-image")];
    author = text(".message-author") || author; // a message soon after another of the same author has no head
    sentAt = article.querySelector("time:not(.discord-timestamp)")?.dateTime || sentAt;
    return {
        text: content, author, command: text(".message-interaction-header strong"),
        sentAt,
        isPrivate: !!article.querySelector(".message-ephemeral-note"),
        buttons: [...article.querySelectorAll("button.component-button")].map(button => button.innerText.trim()),
        pictures: pictures.filter(img => img.naturalWidth > 0).length,
        broken: pictures.filter(img => img.naturalWidth === 0).length,
    };
}); }"""


def _read(found: dict[str, Any]) -> Message:
    return Message(
        text=re.sub(r"\s*\n\s*", "\n", found["text"]).strip(),
        author=found["author"],
        command=found["command"],
        sent_at=found["sentAt"],
        private=found["isPrivate"],
        buttons=tuple(found["buttons"]),
        pictures=found["pictures"],
        broken=found["broken"],
    )
