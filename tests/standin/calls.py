"""The connection to a stand-in's control API."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.standin.errors import Json
from tests.standin.records import StandinRefused


class ControlCalls:
    """Runs verbs on a running stand-in; opened before the first and closed after the last."""

    def __init__(self) -> None:
        self.control = ""
        self._session: aiohttp.ClientSession | None = None

    async def open(self, control: str) -> None:
        """Connect to the control API at this address."""
        self.control = control
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))

    async def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()

    async def call(self, verb: str, **arguments: object) -> Any:
        """Run one verb.

        Raises:
            StandinRefused: with Discord's code and errors.
        """
        async with self._connected().post(f"{self.control}/{verb}", json=arguments) as response:
            body: Json = await response.json()
        if response.status != 200:
            raise StandinRefused(body)
        return body["result"]

    async def download(self, url: str) -> bytes:
        """Get a file of a message, from `Message.file_urls`."""
        async with self._connected().get(url) as response:
            response.raise_for_status()
            return await response.read()

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise ValueError("not open")
        return self._session
