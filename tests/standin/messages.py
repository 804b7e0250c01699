"""The messages that reached Discord, the nonce window, and history: the truth that chaos tests count."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.standin.checks import EPHEMERAL, IS_V2, LOADING, check_message
from tests.standin.compose import (
    Attachment,
    Upload,
    render_components,
    render_embeds,
    render_mentions,
    store_attachments,
    urls_in,
)
from tests.standin.errors import Json, Refusal, form_error, refuse
from tests.standin.shapes import iso, user_shape
from tests.standin.world import Channel, World

_WRITTEN = ("content", "embeds", "components", "flags")
_SETTABLE_FLAGS = 1 << 2 | EPHEMERAL | 1 << 12 | IS_V2  # suppress embeds, ephemeral, silent, Components V2
_EDITABLE_FLAGS = 1 << 2 | IS_V2
CROSSPOSTED = 1 << 0


@dataclass(slots=True)
class Message:
    """A message as stored. `written` keeps the fields as they were sent, `shown` as Discord returns them."""

    id: int
    channel_id: int
    author_id: int
    created_at: float
    nonce: str | int | None = None
    written: Json = field(default_factory=dict[str, object])
    shown: Json = field(default_factory=dict[str, object])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    edits: int = 0
    edited_at: float | None = None
    is_deleted: bool = False
    extra: Json = field(default_factory=dict[str, object])

    @property
    def flags(self) -> int:
        """The message's flags, LOADING included while a deferred answer is awaited."""
        return int(self.written.get("flags") or 0)


class MessageStore:
    """Creates, edits, deletes and lists messages; checks limits before anything is stored."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.origin = ""
        self.nonce_window_seconds = 300.0
        self.by_id: dict[int, Message] = {}
        self._in_channel: dict[int, list[int]] = {}
        self._visible = 0
        #: Told of every message that is new or has changed, before anybody is answered.
        self.changed: Callable[[Message], None] = lambda _: None
        self._nonces: dict[tuple[int, str], tuple[float, int]] = {}

    def create(
        self,
        channel: Channel,
        body: Json,
        uploads: list[Upload],
        *,
        author_id: int | None = None,
        is_loading: bool = False,
        extra: Json | None = None,
        message_id: int | None = None,
    ) -> Message:
        """Store a new message, or find the one that `enforce_nonce` says it is.

        Raises:
            ApiError: 400 for what Discord refuses; 404 10008 for a repeat of a message that was since deleted.
        """
        author = author_id or self._world.bot_id
        flags = (body.get("flags") or 0) & _SETTABLE_FLAGS
        if not is_loading:
            check_message(body | {"flags": flags}, file_sizes={u.field: len(u.content) for u in uploads})
        nonce_key = (author, str(body.get("nonce")))
        if body.get("enforce_nonce") and body.get("nonce") is not None and (known := self._find_by_nonce(nonce_key)):
            return known
        message_id = message_id or self._world.snowflakes.mint()
        message = Message(message_id, channel.id, author, time.time(), body.get("nonce"), extra=extra or {})
        self._write(message, channel, body | {"flags": flags | (LOADING if is_loading else 0)}, uploads)
        self.by_id[message.id] = message
        if not flags & EPHEMERAL:
            self._in_channel.setdefault(channel.id, []).append(message.id)
            self._visible += 1
            channel.last_message_id = message.id
        if message.nonce is not None:
            self._nonces[nonce_key] = (message.created_at, message.id)
        self.changed(message)
        return message

    def take_back(self, message: Message) -> None:
        """Remember a message that an earlier stand-in stored, as it was last."""
        listed = self._in_channel.setdefault(message.channel_id, [])
        shown = not message.flags & EPHEMERAL and not message.is_deleted
        if shown and message.id not in self.by_id:
            listed.append(message.id)
            self._visible += 1
        elif not shown and message.id in listed:
            listed.remove(message.id)
            self._visible -= 1
        self.by_id[message.id] = message
        if message.nonce is not None:
            self._nonces[message.author_id, str(message.nonce)] = (message.created_at, message.id)

    def edit(self, message: Message, body: Json, uploads: list[Upload]) -> Message:
        """Change the given fields of a message; Components V2 once set stays set.

        Raises:
            ApiError: 400 for what Discord refuses.
        """
        channel = self._world.channels[message.channel_id]
        is_answer = bool(message.flags & LOADING)
        flags = message.flags & ~LOADING | (body.get("flags") or 0) & _EDITABLE_FLAGS
        whole = message.written | {key: value for key, value in body.items() if key != "flags"} | {"flags": flags}
        kept = store_attachments(self._world, self.origin, channel, body, [], message.attachments)
        sizes = {upload.field: len(upload.content) for upload in uploads}
        if message.flags & IS_V2 and body.get("flags") is not None and not body["flags"] & IS_V2:
            raise form_error("flags", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "The V2 flag cannot be removed")
        check_message(whole, file_sizes=sizes, kept_files=len(kept))
        self._write(message, channel, whole, uploads)
        if not is_answer:
            message.edits += 1
            message.edited_at = time.time()
        self.changed(message)
        return message

    def get(self, channel_id: int, message_id: int) -> Message:
        """Get a message that exists, is of this channel and is not ephemeral.

        Raises:
            ApiError: 404 10008.
        """
        message = self.by_id.get(message_id)
        if message is None or message.is_deleted or message.channel_id != channel_id or message.flags & EPHEMERAL:
            raise refuse(Refusal.UNKNOWN_MESSAGE)
        return message

    def delete(self, message: Message) -> None:
        """Delete a message; its nonce stays known for the rest of the window."""
        message.is_deleted = True
        listed = self._in_channel.get(message.channel_id, [])
        if message.id in listed:
            listed.remove(message.id)
            self._visible -= 1
        self.changed(message)

    def list_history(
        self, channel_id: int, *, limit: int, before: int | None, after: int | None, around: int | None
    ) -> list[Message]:
        """List a channel's messages, newest first; `after` gives the oldest ones after it, as Discord does."""
        ids = self._in_channel.get(channel_id, [])
        if around is not None:
            middle = bisect_left(ids, around)
            start = max(0, middle - limit // 2)
            ids = ids[start : start + limit]
        elif after is not None:
            start = bisect_right(ids, after)
            ids = ids[start : start + limit]
        else:
            end = len(ids) if before is None else bisect_left(ids, before)
            ids = ids[max(0, end - limit) : end]
        return [self.by_id[message_id] for message_id in reversed(ids)]

    def list_all(self, channel_id: int) -> list[Message]:
        """List everything that ever reached a channel, deleted and ephemeral messages too, oldest first."""
        return [message for message in self.by_id.values() if message.channel_id == channel_id]

    def count(self, channel_id: int | None = None) -> int:
        """Count the messages that a person could see, in one channel or in all."""
        if channel_id is not None:
            return len(self._in_channel.get(channel_id, []))
        return self._visible

    def expire_nonces(self) -> None:
        """End the nonce window of every message at once."""
        self._nonces.clear()

    def shape(self, message: Message, *, with_nonce: bool = False) -> Json:
        """Render a message; only the answer to its creation shows the nonce, history never does.

        Files placed in an embed or component are not among its attachments: discord/discord-api-docs#8277.
        """
        placed = urls_in([message.shown["embeds"], message.shown["components"]])
        shape: Json = {
            "id": str(message.id),
            "channel_id": str(message.channel_id),
            "author": user_shape(self._world.users[message.author_id]),
            "type": 0,
            "timestamp": iso(message.created_at),
            "edited_timestamp": iso(message.edited_at) if message.edited_at else None,
            "tts": False,
            "pinned": False,
            "attachments": [a.shape() for a in message.attachments if a.url not in placed],
            "flags": message.flags,
        }
        if with_nonce and message.nonce is not None:
            shape["nonce"] = message.nonce
        return shape | message.shown | message.extra

    def _find_by_nonce(self, key: tuple[int, str]) -> Message | None:
        created_at, message_id = self._nonces.get(key, (0.0, 0))
        if time.time() - created_at > self.nonce_window_seconds:
            return None
        message = self.by_id[message_id]
        if message.is_deleted:
            raise refuse(Refusal.UNKNOWN_MESSAGE)
        return message

    def _write(self, message: Message, channel: Channel, body: Json, uploads: list[Upload]) -> None:
        world = self._world
        files = store_attachments(world, self.origin, channel, body, uploads, message.attachments)
        shown: Json = {
            "content": body.get("content") or "",
            "embeds": render_embeds(body.get("embeds") or [], files),
            "components": render_components(world, body.get("components") or [], files),
        }
        message.shown = shown | render_mentions(world, channel, body)
        message.attachments = files
        message.written = {key: body.get(key) for key in _WRITTEN}
