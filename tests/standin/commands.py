"""The application commands a bot registered, and the rules Discord holds them to."""

from __future__ import annotations

import re

from tests.standin.errors import ApiError, FormErrors, Json, Refusal, refuse
from tests.standin.world import World

CHAT_INPUT = 1
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
_NAME = re.compile(r"[-_'\w]{1,32}")
_LIMITS = {CHAT_INPUT: 100, 2: 15, 3: 15}  # commands of each type in one place; context menus rose from 5 to 15
_MAX_TEXT = 8_000  # names, descriptions and values of one command together


class CommandRegistry:
    """Global commands under the key 0, a server's own under its id."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._places: dict[int, list[Json]] = {}

    def list_in(self, guild_id: int) -> list[Json]:
        """List the commands registered for a server, or globally for 0."""
        return self._places.get(guild_id, [])

    def replace(self, guild_id: int, commands: list[Json]) -> list[Json]:
        """Set all commands of a place; a command that keeps its name and type keeps its id.

        Raises:
            ApiError: 400, code 50035.
        """
        errors = FormErrors()
        by_type: dict[int, set[str]] = {}
        for index, command in enumerate(commands):
            check_command(command, errors, str(index))
            names = by_type.setdefault(command.get("type") or CHAT_INPUT, set())
            if command.get("name") in names:
                code = "APPLICATION_COMMANDS_DUPLICATE_NAME"
                errors.add(str(index), code, "Application command names must be unique")
            names.add(str(command.get("name")))
        errors.raise_if_any()
        for kind, names in by_type.items():
            if len(names) > _LIMITS.get(kind, 1):
                raise ApiError(400, 30032, f"Maximum number of application commands reached ({_LIMITS.get(kind, 1)}).")
        self._places[guild_id] = [self._registered(guild_id, command) for command in commands]
        return self._places[guild_id]

    def upsert(self, guild_id: int, command: Json) -> Json:
        """Add one command, or overwrite the one with its name and type.

        Raises:
            ApiError: 400, code 50035.
        """
        same = (command.get("name"), command.get("type") or CHAT_INPUT)
        others = [known for known in self.list_in(guild_id) if (known["name"], known["type"]) != same]
        return self.replace(guild_id, [*others, command])[-1]

    def remove(self, guild_id: int, command_id: int) -> None:
        """Remove one command.

        Raises:
            ApiError: 404 10063.
        """
        kept = [command for command in self.list_in(guild_id) if command["id"] != str(command_id)]
        if len(kept) == len(self.list_in(guild_id)):
            raise refuse(Refusal.UNKNOWN_COMMAND)
        self._places[guild_id] = kept

    def find(self, name: str, guild_id: int | None, kind: int = CHAT_INPUT) -> Json | None:
        """Find the command a person there would get; a server's own goes before a global one."""
        for place in dict.fromkeys((guild_id or 0, 0)):
            for command in self.list_in(place):
                if command["name"] == name and command["type"] == kind:
                    return command
        return None

    def _registered(self, guild_id: int, command: Json) -> Json:
        kind = command.get("type") or CHAT_INPUT
        known = self.find(command["name"], guild_id or None, kind)
        is_same_place = known is not None and (known.get("guild_id") or "0") == str(guild_id)
        permissions = command.get("default_member_permissions")
        shape: Json = {
            "id": known["id"] if known and is_same_place else str(self._world.snowflakes.mint()),
            "application_id": str(self._world.application_id),
            "version": str(self._world.snowflakes.mint()),
            "type": kind,
            "name": command["name"],
            "name_localizations": command.get("name_localizations"),
            "description": command.get("description") or "",
            "description_localizations": command.get("description_localizations"),
            "default_member_permissions": None if permissions is None else str(permissions),
            "nsfw": bool(command.get("nsfw")),
            "contexts": command.get("contexts"),
            "integration_types": command.get("integration_types") or [0],
            "options": command.get("options") or [],
        }
        return shape | (
            {"guild_id": str(guild_id)} if guild_id else {"dm_permission": command.get("dm_permission") is not False}
        )


def check_command(command: Json, errors: FormErrors, path: str) -> None:
    """Note what Discord would refuse in one command."""
    kind = command.get("type") or CHAT_INPUT
    name = str(command.get("name") or "")
    if kind == CHAT_INPUT:
        _check_name(name, errors, path)
        if not command.get("description"):
            errors.add(f"{path}.description", "BASE_TYPE_REQUIRED", "This field is required")
    errors.add_longer_than(f"{path}.name", name, 32)
    errors.add_longer_than(f"{path}.description", command.get("description"), 100)
    options: list[Json] = command.get("options") or []
    _check_options(options, errors, path)
    if _text_length(command) > _MAX_TEXT:
        errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({_MAX_TEXT})")


def _check_name(name: str, errors: FormErrors, path: str) -> None:
    if not _NAME.fullmatch(name) or name != name.lower():
        errors.add(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_options(options: list[Json], errors: FormErrors, path: str) -> None:
    errors.add_longer_than(f"{path}.options", options, 25)
    if len({option.get("name") for option in options}) < len(options):
        code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
        errors.add(f"{path}.options", code, "Option name already exists")
    was_optional = False
    for index, option in enumerate(options):
        here = f"{path}.options.{index}"
        _check_name(str(option.get("name") or ""), errors, here)
        if not option.get("description"):
            errors.add(f"{here}.description", "BASE_TYPE_REQUIRED", "This field is required")
        errors.add_longer_than(f"{here}.description", option.get("description"), 100)
        if option.get("required") and was_optional:
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            errors.add(here, code, "Required options must be placed before non-required options")
        was_optional = was_optional or (option.get("type", STRING) > GROUP and not option.get("required"))
        choices: list[Json] = option.get("choices") or []
        errors.add_longer_than(f"{here}.choices", choices, 25)
        if choices and option.get("autocomplete"):
            code = "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_INVALID"
            errors.add(here, code, "Autocomplete cannot be used with choices")
        for number, choice in enumerate(choices):
            for key in ("name", "value"):
                errors.add_longer_than(f"{here}.choices.{number}.{key}", choice.get(key), 100)
        _check_options(option.get("options") or [], errors, here)


def _text_length(node: Json) -> int:
    own = sum(len(str(node.get(key) or "")) for key in ("name", "description", "value"))
    return own + sum(_text_length(child) for key in ("options", "choices") for child in (node.get(key) or []))
