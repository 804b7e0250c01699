"""The control verbs of a person at the keyboard: slash commands, autocomplete, clicks, modals, and what came back."""

from __future__ import annotations

from tests.standin.choices import Resolver, command_options, modal_components, select_values
from tests.standin.components import find_component
from tests.standin.control import message_record
from tests.standin.errors import ApiError, Json, form_error
from tests.standin.interactions import (
    ANSWER_SECONDS,
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL,
    OPEN_MODAL,
    Interaction,
)
from tests.standin.messages import Message
from tests.standin.permissions import EVERYTHING, bits
from tests.standin.state import Standin
from tests.standin.verbs import VerbTable
from tests.standin.world import Channel

verb = VerbTable()


def _where_and_who(standin: Standin, args: Json) -> tuple[Channel, int]:
    channel = standin.world.channels[args["channel_id"]]
    if args["user_id"] is not None:
        return channel, args["user_id"]
    if channel.recipient_id is not None:
        return channel, channel.recipient_id
    someone = next((user for user in standin.world.users.values() if user.name == "someone"), None)
    return channel, (someone or standin.world.add_user("someone")).id


def _find_command(standin: Standin, name: str, channel: Channel, user_id: int) -> Json:
    command = standin.commands.find(name, channel.guild_id)
    if command is None:
        raise form_error("data.name", "APPLICATION_COMMAND_UNKNOWN", f"No command {name!r} was synced")
    contexts = command["contexts"]
    is_dm = channel.guild_id is None
    if (contexts and int(is_dm) not in contexts) or (is_dm and not command.get("dm_permission", False)):
        raise form_error("data.name", "APPLICATION_COMMAND_NOT_HERE", f"Discord does not offer {name!r} here")
    needed, mine = command["default_member_permissions"], standin.world.permissions(channel, user_id)
    is_hidden = needed is not None and mine != EVERYTHING and (needed == "0" or mine & int(needed) != int(needed))
    if (is_hidden and not is_dm) or not mine & bits("use_application_commands"):
        raise form_error("data.name", "APPLICATION_COMMAND_HIDDEN", f"Discord does not show {name!r} to this member")
    return command


def _command_interaction(standin: Standin, args: Json, kind: int, focused: str | None) -> Interaction:
    channel, user_id = _where_and_who(standin, args)
    name, *path = args["name"].split()
    command = _find_command(standin, name, channel, user_id)
    resolver = Resolver(standin.world, channel)
    options = command_options(command, path, args["options"], resolver, focused=focused)
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"], "options": options}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return standin.interactions.open(kind, channel, user_id, data, resolver)


async def _deliver(standin: Standin, interaction: Interaction, args: Json) -> Json:
    """Send an interaction to the connected bots and wait until the person sees an answer, or would give up."""
    payload = standin.interactions.payload(interaction)
    guild_id = interaction.channel.guild_id
    if not await standin.gateway.dispatch("INTERACTION_CREATE", payload, guild_id=guild_id):
        raise ApiError(400, 0, "no bot is connected to the gateway")
    await standin.changes.wait_until(lambda: interaction.answer_type is not None, ANSWER_SECONDS)

    def is_done() -> bool:
        return interaction.is_settled and len(interaction.followups) >= args["followups"]

    if interaction.answer_type is not None:
        await standin.changes.wait_until(is_done, args["timeout_seconds"])
    return _answer_record(standin, interaction)


def _answer_record(standin: Standin, interaction: Interaction) -> Json:
    def record(message: Message | None) -> Json | None:
        return None if message is None else message_record(standin, message)

    return {
        "interaction_id": interaction.id,
        "type": interaction.answer_type,
        "data": interaction.answer_data,
        "ms": interaction.answered_ms,
        "edits": interaction.edits,
        "message": record(interaction.original),
        "followups": [record(message) for message in interaction.followups],
    }


@verb
async def slash(standin: Standin, args: Json) -> Json:
    """Use a slash command."""
    return await _deliver(standin, _command_interaction(standin, args, COMMAND, None), args)


@verb
async def autocomplete(standin: Standin, args: Json) -> Json:
    """Type into an option of a slash command."""
    return await _deliver(standin, _command_interaction(standin, args, AUTOCOMPLETE, args["focused"]), args)


@verb
async def click(standin: Standin, args: Json) -> Json:
    """Press a button of a message, or pick from a select menu."""
    message = standin.messages.by_id[args["message_id"]]
    component = find_component(message.shown["components"], args["custom_id"])
    if message.is_deleted or component is None or component.get("disabled"):
        raise form_error(
            "data.custom_id", "COMPONENT_VALIDATION_FAILED", f"Nobody can click {args['custom_id']!r} there"
        )
    channel, user_id = _where_and_who(standin, args | {"channel_id": message.channel_id})
    resolver = Resolver(standin.world, channel)
    data: Json = {"custom_id": args["custom_id"], "component_type": component["type"], "id": component["id"]}
    if args["values"] is not None:
        data["values"] = select_values(component, args["values"], resolver)
    return await _deliver(
        standin, standin.interactions.open(COMPONENT, channel, user_id, data, resolver, source=message), args
    )


@verb
async def submit(standin: Standin, args: Json) -> Json:
    """Fill in and submit the modal that an interaction opened."""
    opener = standin.interactions.by_id[args["interaction_id"]]
    earlier = (i for i in standin.interactions.by_id.values() if i.opener is opener)
    if opener.answer_type != OPEN_MODAL or any(i.answer_type is not None for i in earlier):
        raise form_error("data.custom_id", "MODAL_NOT_OPEN", "That interaction has no modal open")
    modal, resolver = opener.answer_data, Resolver(standin.world, opener.channel)
    components = modal_components(modal, args["values"], resolver)
    data: Json = {"custom_id": modal["custom_id"], "components": components}
    interaction = standin.interactions.open(
        MODAL, opener.channel, opener.user_id, data, resolver, source=opener.source, opener=opener
    )
    return await _deliver(standin, interaction, args)


@verb
async def get_answer(standin: Standin, args: Json) -> Json:
    """Look again at what an interaction got; it may have had edits and follow-ups since."""
    return _answer_record(standin, standin.interactions.by_id[args["interaction_id"]])
