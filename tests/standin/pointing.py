"""Points discord.py at a stand-in: here, or for a module it runs (`python -m tests.standin.pointing bot run`).

Only base addresses change; discord.py itself is as installed.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import yarl
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

API_VARIABLE = "STANDIN_API"
GATEWAY_VARIABLE = "STANDIN_GATEWAY"


def point_discord_at(api: str, gateway: str) -> None:
    """Send everything discord.py does from now on to these addresses, pictures included."""
    Route.BASE = api
    Asset.BASE = f"{yarl.URL(api).origin()}/cdn"  # pyright: ignore[reportAttributeAccessIssue] - inferred as a literal
    # A session resumes where READY says, but one that was invalidated goes back to this.
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


@contextmanager
def pointed_at(api: str, gateway: str) -> Iterator[None]:
    """Point discord.py somewhere for the length of a `with`."""
    before = Route.BASE, Asset.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    point_discord_at(api, gateway)
    try:
        yield
    finally:
        Route.BASE, Asset.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


def main() -> None:
    """Run the module named first, as `python -m` would, with the addresses from the environment."""
    point_discord_at(os.environ[API_VARIABLE], os.environ[GATEWAY_VARIABLE])
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
