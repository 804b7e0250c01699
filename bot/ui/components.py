"""Reads the components of a message as Discord's JSON has them."""

from collections.abc import Iterator
from typing import cast


def custom_ids(components: object) -> Iterator[str]:
    """Every custom_id in a message's components, however deep."""
    if isinstance(components, list):
        for component in cast(list[object], components):
            yield from custom_ids(component)
    elif isinstance(components, dict):
        for name, value in cast(dict[str, object], components).items():
            if name == "custom_id" and isinstance(value, str):
                yield value
            else:
                yield from custom_ids(value)
