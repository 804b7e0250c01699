"""Messages as a person reads them: words, buttons, selects; and whom they notify."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simcord import InteractionResult
from simcord.backend import serializers
from simcord.backend.models import Message

from tests.cogs.limits import BUTTON, GALLERY, SELECTS, TEXT, TEXT_SELECT, Raw, problems_of_message, walk

_EPHEMERAL = 1 << 6


@dataclass(frozen=True)
class Screen:
    """A message on the screen, as it is now."""

    id: int
    channel_id: int
    raw: Raw
    pings: tuple[int, ...]  #: the users and roles that were notified; 0 for everyone

    @property
    def at(self) -> datetime:
        """When it was sent."""
        return datetime.fromisoformat(self.raw["timestamp"])

    @property
    def private(self) -> bool:
        """Whether only the one who asked sees it."""
        return bool(self.raw["flags"] & _EPHEMERAL)

    @property
    def text(self) -> str:
        """All its words, with their markdown."""
        parts = [self.raw["content"] or ""]
        for embed in self.raw["embeds"]:
            parts += [embed.get("title") or "", embed.get("description") or ""]
            parts += [f"{field['name']}\n{field['value']}" for field in embed.get("fields") or []]
            parts.append((embed.get("footer") or {}).get("text") or "")
        parts += [c["content"] for c in self.components if c["type"] == TEXT]
        return "\n".join(part for part in parts if part)

    @property
    def words(self) -> str:
        """Its words without markdown."""
        return re.sub(r"\*\*|^-# |^#+ |\\(?=[\W_])", "", self.text, flags=re.MULTILINE)

    def has_in_order(self, said: Sequence[str]) -> bool:
        """Whether each of `said` stands below the first line, in this order."""
        places = [self.words.find(text, self.words.find("\n")) for text in said]
        assert -1 not in places, (said, self.words)
        return sorted(places) == places

    @property
    def content(self) -> str:
        """What a notification shows."""
        return self.raw["content"] or ""

    @property
    def components(self) -> list[Raw]:
        """Every component, however deep."""
        return list(walk(self.raw["components"]))

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons that can be clicked."""
        return [c["label"] for c in self.components if c["type"] == BUTTON and not c.get("disabled")]

    @property
    def selects(self) -> list[Raw]:
        """Its selects, of text or of channels and roles."""
        return [c for c in self.components if c["type"] == TEXT_SELECT or c["type"] in SELECTS]

    @property
    def options(self) -> dict[str, str]:
        """The options of all its text selects: label → value."""
        return {option["label"]: option["value"] for select in self.selects for option in select.get("options") or []}

    @property
    def picture(self) -> str:
        """The alt text of its picture; empty if it shows none."""
        shown = [item["description"] for c in self.components if c["type"] == GALLERY for item in c["items"]]
        return (shown or [a.get("description") or "" for a in self.raw["attachments"]] or [""])[0]


def screen_of(backend: Any, message: Message) -> Screen:
    """Read a message; whatever it is, it keeps to Discord's limits."""
    raw = dict(serializers.message_payload(backend, message))
    pings = (*message.ping_user_ids, *message.ping_role_ids, *([0] if message.mention_everyone else []))
    found = problems_of_message(raw)
    assert not found, (found, raw)
    return Screen(message.id, message.channel_id, raw, pings)


@dataclass(frozen=True)
class Reply:
    """What came of something that a person did."""

    result: InteractionResult
    screen: Screen | None  #: the answer, or the message that was edited; None if a form opened
    edited: bool  #: no new message: one that was there shows something else now
    also: tuple[Screen, ...]  #: further answers

    @property
    def shown(self) -> Screen:
        """The answer, which there must be."""
        assert self.screen is not None, self.result
        return self.screen

    @property
    def text(self) -> str:
        """The words of the answer, without markdown."""
        return self.shown.words

    @property
    def refusal(self) -> str:
        """The answer, which must be one private sentence or two and nothing else."""
        screen = self.shown
        assert not self.edited, screen.text
        assert not self.also, self.also
        assert screen.private, f"everyone reads this: {screen.text}"
        assert not screen.components, screen.raw["components"]
        assert len(screen.content.splitlines()) == 1, screen.content
        return screen.words
