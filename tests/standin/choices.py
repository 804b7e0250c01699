"""What a person chose, as an interaction's `data`: command options, select values, modal fields, all resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.standin.commands import (
    BOOLEAN,
    CHANNEL,
    GROUP,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUBCOMMAND,
    USER,
)
from tests.standin.components import LABEL, ROW, STRING_SELECT, TEXT_INPUT
from tests.standin.errors import FormErrors, Json, form_error
from tests.standin.shapes import channel_shape, member_shape, role_shape, user_shape
from tests.standin.world import Channel, World

# Which kinds of thing each entity option (by option type) or entity select (by component type) may name.
_OPTION_ENTITIES = {USER: {"users"}, CHANNEL: {"channels"}, ROLE: {"roles"}, MENTIONABLE: {"users", "roles"}}
_SELECT_ENTITIES = {5: {"users"}, 6: {"roles"}, 7: {"users", "roles"}, 8: {"channels"}}
_PYTHON_TYPES: dict[int, tuple[type, ...]] = {
    STRING: (str,),
    INTEGER: (int,),
    BOOLEAN: (bool,),
    NUMBER: (int, float),
}


@dataclass(slots=True)
class Resolver:
    """Collects the users, roles and channels that ids in an interaction stand for."""

    world: World
    channel: Channel
    found: dict[str, Json] = field(default_factory=dict[str, Json])

    def add(self, snowflake: int, kinds: set[str]) -> bool:
        """Resolve one id as one of `kinds`; False if there is no such thing here."""
        world, guild = self.world, self.world.guilds.get(self.channel.guild_id or 0)
        key = str(snowflake)
        if "users" in kinds and (user := world.users.get(snowflake)):
            self.found.setdefault("users", {})[key] = user_shape(user)
            if guild and (member := guild.members.get(snowflake)):
                shape = member_shape(world, member)
                partial = {k: v for k, v in shape.items() if k not in {"user", "deaf", "mute"}}
                partial["permissions"] = str(world.permissions(self.channel, snowflake))
                self.found.setdefault("members", {})[key] = partial
            return True
        if "roles" in kinds and guild and (role := guild.roles.get(snowflake)):
            self.found.setdefault("roles", {})[key] = role_shape(world, role)
            return True
        if "channels" in kinds and guild and snowflake in guild.channel_ids:
            chosen = world.channels[snowflake]
            self.found.setdefault("channels", {})[key] = partial_channel(world, chosen, world.bot_id)
            return True
        return False


def partial_channel(world: World, channel: Channel, user_id: int) -> Json:
    """Render a channel as interactions do: without overwrites, with `user_id`'s permissions."""
    shape = channel_shape(world, channel)
    shape.pop("permission_overwrites", None)
    return shape | {"permissions": str(world.permissions(channel, user_id))}


def command_options(
    command: Json, path: list[str], chosen: Mapping[str, object], resolver: Resolver, *, focused: str | None = None
) -> list[Json]:
    """Build the options of a command interaction; `path` names the subcommand, if any.

    While autocompleting, `focused` names the option being typed and nothing is required or resolved.

    Raises:
        ApiError: 400, code 50035, for options the command was not registered with.
    """
    errors = FormErrors()
    node, wrappers = command, list[Json]()
    for step in path:
        child = next(
            (o for o in node.get("options", []) if o["name"] == step and o["type"] in {SUBCOMMAND, GROUP}), None
        )
        if child is None:
            raise form_error("data.options", "APPLICATION_COMMAND_UNKNOWN", f"There is no subcommand {step!r}")
        wrappers.append({"name": child["name"], "type": child["type"]})
        node = child
    registered: list[Json] = node.get("options") or []
    if any(option["type"] in {SUBCOMMAND, GROUP} for option in registered):
        errors.add("data.options", "BASE_TYPE_REQUIRED", "A subcommand is required")
    values: list[Json] = []
    for option in registered:
        name = option["name"]
        if name in chosen:
            _check_value(option, chosen[name], resolver, errors, is_typing=focused is not None)
            value = str(chosen[name]) if option["type"] in _OPTION_ENTITIES else chosen[name]
            values.append({"name": name, "type": option["type"], "value": value})
            if name == focused:
                values[-1]["focused"] = True
        elif option.get("required") and focused is None:
            errors.add(f"data.options.{name}", "BASE_TYPE_REQUIRED", "This field is required")
    for name in set(chosen) - {option["name"] for option in registered}:
        errors.add(f"data.options.{name}", "APPLICATION_COMMAND_UNKNOWN_OPTION", "There is no such option")
    if focused is not None and not any(o["name"] == focused and o.get("autocomplete") for o in registered):
        errors.add(f"data.options.{focused}", "APPLICATION_COMMAND_NO_AUTOCOMPLETE", "The option has no autocomplete")
    errors.raise_if_any()
    for wrapper in reversed(wrappers):
        values = [wrapper | {"options": values}]
    return values


def select_values(component: Json, values: list[str], resolver: Resolver) -> list[str]:
    """Check what was picked in a select menu, resolving users, roles and channels.

    Raises:
        ApiError: 400, code 50035.
    """
    errors = FormErrors()
    low, high = component.get("min_values", 1), component.get("max_values", 1)
    if not low <= len(values) <= high:
        errors.add("data.values", "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    for value in values:
        if component["type"] == STRING_SELECT:
            is_known = value in {option["value"] for option in component.get("options", [])}
        else:
            is_known = resolver.add(int(value), _SELECT_ENTITIES.get(component["type"], set()))
        if not is_known:
            errors.add("data.values", "SELECT_COMPONENT_VALUE_UNKNOWN", f"There is no option {value!r}")
    errors.raise_if_any()
    return values


def modal_components(modal: Json, values: Mapping[str, object], resolver: Resolver) -> list[Json]:
    """Fill in a modal that was opened: `values` by custom_id, a text as str, a select as a list of str.

    Raises:
        ApiError: 400, code 50035, for a field that is missing, too long or not in the modal.
    """
    errors = FormErrors()
    unused = set(values)

    def fill(field_: Json) -> Json:
        custom_id = field_["custom_id"]
        unused.discard(custom_id)
        filled: Json = {"type": field_["type"], "id": field_.get("id", 1), "custom_id": custom_id}
        if field_["type"] == TEXT_INPUT:
            text = str(values.get(custom_id, field_.get("value") or ""))
            low, high = field_.get("min_length") or 0, field_.get("max_length") or 4_000
            is_empty_and_fine = not text and field_.get("required") is False
            if not is_empty_and_fine and not max(low, 1) <= len(text) <= high:
                errors.add(custom_id, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
            return filled | {"value": text}
        if isinstance(picked := values.get(custom_id, []), list):
            is_skipped = not picked and field_.get("required") is False
            return filled | {"values": [] if is_skipped else select_values(field_, picked, resolver)}
        return filled | {"value": picked}

    filled: list[Json] = []
    for component in modal["components"]:
        own: Json = {"type": component["type"], "id": component.get("id", 1)}
        if component["type"] == ROW:
            own["components"] = [fill(child) for child in component["components"]]
        elif component["type"] == LABEL:
            own["component"] = fill(component["component"])
        filled.append(own)
    for custom_id in unused:
        errors.add(custom_id, "MODAL_FIELD_UNKNOWN", "There is no such field")
    errors.raise_if_any()
    return filled


def _check_value(option: Json, value: object, resolver: Resolver, errors: FormErrors, *, is_typing: bool) -> None:
    path, kind = f"data.options.{option['name']}", option["type"]
    if is_typing:
        return
    if kinds := _OPTION_ENTITIES.get(kind):
        if not isinstance(value, int | str) or not resolver.add(int(value), kinds):
            errors.add(path, "APPLICATION_COMMAND_OPTION_UNRESOLVED", f"{value!r} is none of {sorted(kinds)}")
        return
    if not isinstance(value, _PYTHON_TYPES.get(kind, ())) or (kind != BOOLEAN and isinstance(value, bool)):
        errors.add(path, "BASE_TYPE_BAD_TYPE", f"{value!r} does not fit option type {kind}")
        return
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        errors.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {choices}.")
    size = len(value) if isinstance(value, str) else value
    unit = "length" if isinstance(value, str) else "value"
    low, high = option.get(f"min_{unit}"), option.get(f"max_{unit}")
    if isinstance(size, int | float) and ((low is not None and size < low) or (high is not None and size > high)):
        errors.add(path, "BASE_TYPE_OUT_OF_RANGE", "The value is out of range")
    errors.add_longer_than(path, value, 6_000)
