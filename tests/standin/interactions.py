"""Interactions from being sent to a bot until their token ends: their payload, their one answer, their follow-ups."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.standin.checks import EPHEMERAL, LOADING, check_choices
from tests.standin.choices import Resolver, partial_channel
from tests.standin.components import check_modal, number_components
from tests.standin.compose import Upload
from tests.standin.errors import FormErrors, Json, Refusal, refuse
from tests.standin.messages import Message, MessageStore
from tests.standin.permissions import EVERYONE
from tests.standin.shapes import member_shape, user_shape
from tests.standin.world import Channel, Member, World

ANSWER_SECONDS = 3.0  # then Discord tells the person that the application did not respond
TOKEN_SECONDS = 15 * 60.0

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
REPLY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, OPEN_MODAL = 4, 5, 6, 7, 8, 9
_FITTING = {
    COMMAND: {REPLY, DEFER, OPEN_MODAL},
    COMPONENT: {REPLY, DEFER, DEFER_UPDATE, UPDATE, OPEN_MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL: {REPLY, DEFER, DEFER_UPDATE, UPDATE},
}


@dataclass(slots=True)
class Interaction:
    """One interaction. `source` is the message clicked on, `opener` the interaction that opened a modal."""

    id: int
    kind: int
    channel: Channel
    user_id: int
    data: Json
    source: Message | None = None
    opener: Interaction | None = None
    sent_at: float = field(default_factory=time.monotonic)
    answer_type: int | None = None
    answer_data: Json = field(default_factory=dict[str, object])
    answered_ms: float | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list[Message])
    edits: int = 0

    @property
    def token(self) -> str:
        """The secret that answers and follow-ups carry in their address."""
        return f"interaction-token-{self.id}"

    @property
    def age_seconds(self) -> float:
        """How long ago it was sent to the bot."""
        return time.monotonic() - self.sent_at

    @property
    def is_settled(self) -> bool:
        """Whether the person sees the answer: a deferred one only counts once something followed."""
        if self.answer_type is None:
            return self.age_seconds > ANSWER_SECONDS
        is_deferred = self.answer_type in {DEFER, DEFER_UPDATE}
        is_gone = self.original is not None and self.original.is_deleted
        return not is_deferred or is_gone or bool(self.edits or self.followups)


class InteractionDesk:
    """Sends interactions out and takes in what the bot answers."""

    def __init__(self, world: World, messages: MessageStore) -> None:
        self._world = world
        self._messages = messages
        self.by_id: dict[int, Interaction] = {}

    def open(
        self,
        kind: int,
        channel: Channel,
        user_id: int,
        data: Json,
        resolver: Resolver,
        *,
        source: Message | None = None,
        opener: Interaction | None = None,
    ) -> Interaction:
        """Register a new interaction; the caller dispatches its `payload`."""
        if resolver.found:
            data = data | {"resolved": resolver.found}
        interaction = Interaction(
            self._world.snowflakes.mint(), kind, channel, user_id, data, source=source, opener=opener
        )
        self.by_id[interaction.id] = interaction
        return interaction

    def payload(self, interaction: Interaction) -> Json:
        """Render INTERACTION_CREATE."""
        world, channel, user_id = self._world, interaction.channel, interaction.user_id
        guild = world.guilds.get(channel.guild_id or 0)
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(world.application_id),
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel": partial_channel(world, channel, user_id),
            "channel_id": str(channel.id),
            "app_permissions": str(world.permissions(channel, world.bot_id) if guild else EVERYONE),
            "locale": guild.locale if guild else "en-US",
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": self._owners(interaction),
            "context": 0 if guild else 1,
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if interaction.source is not None:
            payload["message"] = self._messages.shape(interaction.source)
        if guild is None:
            return payload | {"user": user_shape(world.users[user_id])}
        member = guild.members.get(user_id) or Member(user_id, [], time.time())
        permissions = str(world.permissions(channel, user_id))
        return payload | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": member_shape(world, member) | {"permissions": permissions, "unusual_dm_activity_until": None},
        }

    def answer(self, interaction_id: int, token: str, body: Json, uploads: list[Upload]) -> Interaction:
        """Take the one answer to an interaction.

        Raises:
            ApiError: 404 10062 when unknown or over three seconds old, 400 40060 when answered before, 400 50035.
        """
        interaction = self.by_id.get(interaction_id)
        if interaction is None or interaction.token != token:
            raise refuse(Refusal.UNKNOWN_INTERACTION)
        if interaction.answer_type is not None:
            raise refuse(Refusal.ALREADY_ACKNOWLEDGED)
        if interaction.age_seconds > ANSWER_SECONDS:
            raise refuse(Refusal.UNKNOWN_INTERACTION)
        elapsed_ms = interaction.age_seconds * 1000
        answer_type, data = body.get("type"), body.get("data") or {}
        errors = FormErrors()
        is_update = answer_type in {UPDATE, DEFER_UPDATE}
        if answer_type not in _FITTING[interaction.kind] or (is_update and interaction.source is None):
            errors.add("type", "BASE_TYPE_CHOICES", f"Value must be one of {sorted(_FITTING[interaction.kind])}.")
        if answer_type == OPEN_MODAL:
            check_modal(data, errors)
            data = data | {"components": number_components(data.get("components") or [])}
        errors.raise_if_any()
        if answer_type == CHOICES:
            check_choices(data)
        elif answer_type in {REPLY, DEFER}:
            interaction.original = self._create(interaction, data, uploads, is_loading=answer_type == DEFER)
        elif is_update and interaction.source is not None:
            interaction.original = interaction.source
            if answer_type == UPDATE:
                self._messages.edit(interaction.source, data, uploads)
        interaction.answer_type, interaction.answer_data = answer_type, data
        interaction.answered_ms = elapsed_ms
        return interaction

    def by_token(self, application_id: int, token: str) -> Interaction:
        """Find the interaction whose token a webhook address carries.

        Raises:
            ApiError: 404 10015 for one unknown or unanswered, 401 50027 after fifteen minutes.
        """
        interaction = self.by_id.get(int(token.rpartition("-")[2])) if token.rpartition("-")[2].isdigit() else None
        if interaction is None or application_id != self._world.application_id or interaction.answer_type is None:
            raise refuse(Refusal.UNKNOWN_WEBHOOK)
        if interaction.age_seconds > TOKEN_SECONDS:
            raise refuse(Refusal.INVALID_WEBHOOK_TOKEN)
        return interaction

    def message_of(self, interaction: Interaction, which: str) -> Message:
        """Get the original answer (`@original`) or a follow-up by its id.

        Raises:
            ApiError: 404 10008.
        """
        known = [interaction.original, *interaction.followups]
        for message in known:
            is_asked = which == "@original" and message is interaction.original
            if message and not message.is_deleted and (is_asked or str(message.id) == which):
                return message
        raise refuse(Refusal.UNKNOWN_MESSAGE)

    def edit(self, interaction: Interaction, message: Message, body: Json, uploads: list[Upload]) -> Message:
        """Edit the original answer or a follow-up."""
        self._messages.edit(message, body, uploads)
        interaction.edits += message is interaction.original
        return message

    def follow_up(self, interaction: Interaction, body: Json, uploads: list[Upload]) -> Message:
        """Send a follow-up; right after a deferred answer Discord fills that answer instead."""
        original = interaction.original
        if interaction.answer_type == DEFER and original is not None and original.flags & LOADING:
            return self.edit(interaction, original, body, uploads)
        message = self._create(interaction, body, uploads)
        interaction.followups.append(message)
        return message

    def _create(
        self, interaction: Interaction, body: Json, uploads: list[Upload], *, is_loading: bool = False
    ) -> Message:
        extra: Json = {
            "application_id": str(self._world.application_id),
            "webhook_id": str(self._world.application_id),
            "interaction_metadata": self._metadata(interaction),
        }
        if interaction.kind == COMMAND and interaction.original is None:
            extra["type"] = 20
        body = {key: value for key, value in body.items() if key not in {"nonce", "enforce_nonce"}}
        if is_loading:
            body = {"flags": (body.get("flags") or 0) & EPHEMERAL}
        return self._messages.create(interaction.channel, body, uploads, is_loading=is_loading, extra=extra)

    def _metadata(self, interaction: Interaction) -> Json:
        metadata: Json = {
            "id": str(interaction.id),
            "type": interaction.kind,
            "user": user_shape(self._world.users[interaction.user_id]),
            "authorizing_integration_owners": self._owners(interaction),
        }
        if interaction.kind == COMPONENT and interaction.source is not None:
            metadata["interacted_message_id"] = str(interaction.source.id)
        if interaction.kind == MODAL and interaction.opener is not None:
            metadata["triggering_interaction_metadata"] = self._metadata(interaction.opener)
        return metadata

    def _owners(self, interaction: Interaction) -> Json:
        return {"0": str(interaction.channel.guild_id or 0)}
