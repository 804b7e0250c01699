"""Message and modal components: walking them, and refusing those that Discord refuses.

https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.standin.errors import FormErrors, Json

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
SELECTS = {STRING_SELECT, 5, 6, 7, 8}
INPUTS = {TEXT_INPUT, *SELECTS, 19, 21, 22, 23}
V2_TOP_LEVEL = {ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR, CONTAINER}
V2_IN_CONTAINER = V2_TOP_LEVEL - {CONTAINER}
MODAL_TOP_LEVEL = {ROW, TEXT_DISPLAY, LABEL}

_MEDIA_DEFAULTS: Json = {"description": None, "spoiler": False}
_DEFAULTS: dict[int, Json] = {
    THUMBNAIL: _MEDIA_DEFAULTS,
    FILE: {"name": None, "size": None, "spoiler": False},
    SEPARATOR: {"spacing": 1, "divider": True},
    CONTAINER: {"accent_color": None, "spoiler": False},
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
}

MAX_V2_COMPONENTS = 40  # nested ones counted
MAX_V2_TEXT = 4_000  # all text displays of a message together


def walk(components: list[Json], path: str = "components") -> Iterator[tuple[str, Json]]:
    """Yield every component with its dotted path, parents first."""
    for index, component in enumerate(components):
        here = f"{path}.{index}"
        yield here, component
        yield from walk(component.get("components") or [], f"{here}.components")
        for key in ("accessory", "component"):
            if child := component.get(key):
                yield f"{here}.{key}", child


def find_component(components: list[Json], custom_id: str) -> Json | None:
    """Find the component with this custom_id, however deep."""
    return next((c for _, c in walk(components) if c.get("custom_id") == custom_id), None)


def number_components(components: list[Json]) -> list[Json]:
    """Copy components, giving each the `id` that Discord would."""
    taken = {int(c["id"]) for _, c in walk(components) if c.get("id")}
    fresh = (number for number in range(1, 10_000) if number not in taken)

    def copy(component: Json) -> Json:
        copied = dict(component)
        copied["id"] = component.get("id") or next(fresh)
        if "components" in copied:
            copied["components"] = [copy(child) for child in copied["components"]]
        for key in ("accessory", "component"):
            if key in copied:
                copied[key] = copy(copied[key])
        if "items" in copied:
            copied["items"] = [_MEDIA_DEFAULTS | item for item in copied["items"]]
        return _DEFAULTS.get(copied["type"], {}) | copied

    return [copy(without_nulls(component)) for component in components]


def without_nulls(value: Any) -> Any:
    """Copy JSON without the members that are null, as Discord leaves them out of components."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def check_components(components: list[Json], errors: FormErrors, *, is_v2: bool) -> None:
    """Note what Discord would refuse in a message's components."""
    if not is_v2:
        errors.add_longer_than("components", components, 5)
    for index, component in enumerate(components):
        allowed = V2_TOP_LEVEL if is_v2 else {ROW}
        if component.get("type") not in allowed:
            _refuse_type(errors, f"components.{index}", allowed)
    everything = list(walk(components))
    if is_v2 and len(everything) > MAX_V2_COMPONENTS:
        errors.add(
            "components", "COMPONENT_MAX_TOTAL_COMPONENTS", f"The maximum number of components is {MAX_V2_COMPONENTS}."
        )
    if sum(len(c.get("content") or "") for _, c in everything if c.get("type") == TEXT_DISPLAY) > MAX_V2_TEXT:
        errors.add("components", "COMPONENT_TEXT_TOO_LONG", f"Must be {MAX_V2_TEXT} or fewer in length in total.")
    _check_each(everything, errors)


def check_modal(data: Json, errors: FormErrors) -> None:
    """Note what Discord would refuse in a modal, below `data`."""
    components = data.get("components") or []
    for key, limit in (("title", 45), ("custom_id", 100)):
        if not data.get(key):
            errors.add(f"data.{key}", "BASE_TYPE_REQUIRED", "This field is required")
        errors.add_longer_than(f"data.{key}", data.get(key), limit)
    if not 1 <= len(components) <= 5:
        errors.add("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    for index, component in enumerate(components):
        if component.get("type") not in MODAL_TOP_LEVEL:
            _refuse_type(errors, f"data.components.{index}", MODAL_TOP_LEVEL)
    _check_each(list(walk(components, "data.components")), errors)


def _check_each(everything: list[tuple[str, Json]], errors: FormErrors) -> None:
    seen: set[str] = set()
    for path, component in everything:
        custom_id = component.get("custom_id")
        if custom_id in seen:
            errors.add(
                f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        if custom_id is not None:
            seen.add(custom_id)
            if not custom_id:
                errors.add(f"{path}.custom_id", "BASE_TYPE_MIN_LENGTH", "Must be 1 or more in length.")
        errors.add_longer_than(f"{path}.custom_id", custom_id, 100)
        _check_one(path, component, errors)


def _check_one(path: str, component: Json, errors: FormErrors) -> None:
    kind = component.get("type")
    children: list[Json] = component.get("components") or []
    if kind == ROW:
        _check_row(path, children, errors)
    elif kind == SECTION:
        if not 1 <= len(children) <= 3 or any(child.get("type") != TEXT_DISPLAY for child in children):
            errors.add(f"{path}.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 3 text displays.")
        if (component.get("accessory") or {}).get("type") not in {BUTTON, THUMBNAIL}:
            errors.add(f"{path}.accessory", "BASE_TYPE_REQUIRED", "This field is required")
    elif kind == CONTAINER:
        for index, child in enumerate(children):
            if child.get("type") not in V2_IN_CONTAINER:
                _refuse_type(errors, f"{path}.components.{index}", V2_IN_CONTAINER)
    elif kind == BUTTON:
        _check_button(path, component, errors)
    elif kind == TEXT_DISPLAY and not component.get("content"):
        errors.add(f"{path}.content", "BASE_TYPE_REQUIRED", "This field is required")
    elif kind in INPUTS:
        _check_input(path, component, errors)


def _check_row(path: str, children: list[Json], errors: FormErrors) -> None:
    kinds = [child.get("type") for child in children]
    if not 1 <= len(kinds) <= 5:
        errors.add(f"{path}.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    if len(kinds) > 1 and any(kind != BUTTON for kind in kinds):
        errors.add(f"{path}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the width")
    for index, kind in enumerate(kinds):
        if kind not in {BUTTON, TEXT_INPUT} | SELECTS:
            _refuse_type(errors, f"{path}.components.{index}", {BUTTON, *SELECTS})


def _check_button(path: str, button: Json, errors: FormErrors) -> None:
    errors.add_longer_than(f"{path}.label", button.get("label"), 80)
    errors.add_longer_than(f"{path}.url", button.get("url"), 512)
    style = button.get("style")
    if style == 5:
        if not button.get("url"):
            errors.add(f"{path}.url", "BASE_TYPE_REQUIRED", "A url is required")
        if button.get("custom_id"):
            errors.add(
                path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be set"
            )
    elif style != 6 and not button.get("custom_id"):
        errors.add(f"{path}.custom_id", "BASE_TYPE_REQUIRED", "A custom id is required")
    if style != 6 and not button.get("label") and not button.get("emoji"):
        errors.add(path, "BUTTON_COMPONENT_INVALID", "A button must have a label or emoji")


def _check_input(path: str, component: Json, errors: FormErrors) -> None:
    if not component.get("custom_id"):
        errors.add(f"{path}.custom_id", "BASE_TYPE_REQUIRED", "This field is required")
    limit = 100 if component.get("type") == TEXT_INPUT else 150
    errors.add_longer_than(f"{path}.placeholder", component.get("placeholder"), limit)
    if component.get("type") != STRING_SELECT:
        return
    options: list[Json] = component.get("options") or []
    if not 1 <= len(options) <= 25:
        errors.add(f"{path}.options", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length.")
    if len({option.get("value") for option in options}) < len(options):
        errors.add(f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is used")
    for index, option in enumerate(options):
        for key in ("label", "value", "description"):
            errors.add_longer_than(f"{path}.options.{index}.{key}", option.get(key), 100)
        for key in ("label", "value"):
            if not option.get(key):
                errors.add(f"{path}.options.{index}.{key}", "BASE_TYPE_REQUIRED", "This field is required")


def _refuse_type(errors: FormErrors, path: str, allowed: set[int]) -> None:
    choices = ", ".join(str(kind) for kind in sorted(allowed))
    errors.add(f"{path}.type", "UNION_TYPE_CHOICES", f"Value of field 'type' must be one of ({choices}).")
