"""What the control client hands to tests: messages, answers, logged requests, counts, violations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.standin.components import BUTTON, TEXT_DISPLAY, walk
from tests.standin.errors import Json


class StandinRefused(Exception):
    """A control call that Discord's client would not let a person make, or that was called wrongly."""

    def __init__(self, body: Json) -> None:
        super().__init__(f"{body['message']} {body.get('errors', '')}")
        self.code = int(body["code"])
        self.errors: Json = body.get("errors", {})


@dataclass(frozen=True, slots=True)
class Guild:
    """A server that was added; its id is also that of its @everyone role."""

    id: int
    owner_id: int
    bot_role_id: int


@dataclass(frozen=True, slots=True)
class Message:
    """A message that reached Discord; `payload` is how GET shows it."""

    payload: Json
    nonce: str | None
    edits: int
    created_at: datetime
    files: tuple[str, ...]
    file_urls: tuple[str, ...]
    is_deleted: bool

    @classmethod
    def from_json(cls, record: Json) -> Message:
        """Read the control API's record."""
        return cls(
            payload=record["payload"],
            nonce=record["nonce"],
            edits=record["edits"],
            created_at=datetime.fromtimestamp(record["created_at"], UTC),
            files=tuple(record["files"]),
            file_urls=tuple(record["file_urls"]),
            is_deleted=record["is_deleted"],
        )

    @property
    def id(self) -> int:
        """The message's id."""
        return int(self.payload["id"])

    @property
    def channel_id(self) -> int:
        """The channel it is in."""
        return int(self.payload["channel_id"])

    @property
    def author_id(self) -> int:
        """Who wrote it."""
        return int(self.payload["author"]["id"])

    @property
    def content(self) -> str:
        """The text outside embeds and components."""
        return str(self.payload["content"])

    @property
    def embeds(self) -> list[Json]:
        """The embeds."""
        return self.payload["embeds"]

    @property
    def components(self) -> list[Json]:
        """The components, nested."""
        return self.payload["components"]

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.payload["flags"] & 1 << 6)

    @property
    def is_loading(self) -> bool:
        """Whether it is a deferred answer that nothing followed yet."""
        return bool(self.payload["flags"] & 1 << 7)

    @property
    def is_v2(self) -> bool:
        """Whether it is made of Components V2."""
        return bool(self.payload["flags"] & 1 << 15)

    @property
    def pinged_role_ids(self) -> list[int]:
        """The roles whose members it notified."""
        return [int(role_id) for role_id in self.payload["mention_roles"]]

    @property
    def text(self) -> str:
        """Everything a person reads, a line for each piece: content, embeds, text displays, labels of buttons."""
        return "\n".join(piece for piece in self._pieces() if piece)

    @property
    def custom_ids(self) -> list[str]:
        """The custom_ids of its components, top to bottom."""
        return [component["custom_id"] for _, component in walk(self.components) if component.get("custom_id")]

    def custom_id_of(self, label: str) -> str:
        """Get the custom_id of the button with this label.

        Raises:
            LookupError: if there is none.
        """
        for _, component in walk(self.components):
            if component["type"] == BUTTON and component.get("label") == label and component.get("custom_id"):
                return component["custom_id"]
        raise LookupError(f"no button {label!r} in {self.custom_ids}")

    def _pieces(self) -> Iterator[str]:
        yield self.content
        for embed in self.embeds:
            yield from (embed.get("title", ""), embed.get("description", ""))
            for field in embed.get("fields", []):
                yield from (field["name"], field["value"])
            yield embed.get("footer", {}).get("text", "")
        for _, component in walk(self.components):
            yield component["content"] if component["type"] == TEXT_DISPLAY else component.get("label") or ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an interaction got. `type` is None when nothing came within Discord's three seconds."""

    interaction_id: int
    type: int | None
    data: Json
    ms: float | None
    edits: int
    message: Message | None
    followups: tuple[Message, ...]

    @classmethod
    def from_json(cls, record: Json) -> Answer:
        """Read the control API's record."""
        return cls(
            interaction_id=record["interaction_id"],
            type=record["type"],
            data=record["data"],
            ms=record["ms"],
            edits=record["edits"],
            message=Message.from_json(record["message"]) if record["message"] else None,
            followups=tuple(Message.from_json(message) for message in record["followups"]),
        )

    @property
    def choices(self) -> list[tuple[str, str | float]]:
        """The autocomplete choices: what is shown, what is sent."""
        return [(choice["name"], choice["value"]) for choice in self.data.get("choices", [])]

    @property
    def shown(self) -> Message:
        """The message that is the answer, as it stands now.

        Raises:
            LookupError: if the answer is none.
        """
        if self.message is None:
            raise LookupError(f"the answer of type {self.type} is no message")
        return self.message


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request the API got. `status` is None while under way, and for ever if it hung or was cut off."""

    number: int
    method: str
    path: str
    query: str
    at: float
    nonce: str | None
    status: int | None
    code: int | None
    ms: float | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """Counts since the stand-in started, `delayed` of this moment; `requests`, `finished` and `messages` within the
    scope asked for.
    """

    bot_id: int
    application_id: int
    connected: int
    identifies: int
    resumes: int
    too_fast: int  #: identifies within five seconds of another of the bucket
    used_up: int  #: identifies beyond Discord's number of the day
    messages: int
    requests: int
    finished: int
    limited: int  #: answers of 429 by the global limit
    channel_limited: int  #: and by a channel's own
    peak: int  #: the most requests within one second that the global limit counts
    delayed: int  #: requests that are held back right now


@dataclass(frozen=True, slots=True)
class Violation:
    """A body that does not fit Discord's OpenAPI description."""

    side: str
    method: str
    path: str
    status: int | None
    problem: str
