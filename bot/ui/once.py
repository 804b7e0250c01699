"""Requests that discord.py may not make twice: it repeats a POST after some 5xx, and not all of them carry a nonce."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp
import discord

#: What discord.py takes for a reason to ask again, besides an answer of 5xx: a reset, on macOS and on Windows.
_RESET = {54, 10054}
_once: ContextVar[bool] = ContextVar("once", default=False)


class NotRepeated(aiohttp.ClientError):
    """Nobody knows whether Discord took the request."""


@contextmanager
def never_twice() -> Generator[None]:
    """In it a request whose end is in doubt raises `NotRepeated`, where discord.py would make it again."""
    token = _once.set(True)
    try:
        yield
    finally:
        _once.reset(token)


def guard_against_repeats(client: discord.Client) -> None:
    """Make `never_twice` work for the requests of `client`, which has not logged in yet."""

    async def ended(_: aiohttp.ClientSession, __: SimpleNamespace, request: aiohttp.TraceRequestEndParams) -> None:
        if _once.get() and request.response.status >= 500:
            raise NotRepeated(f"Discord answered {request.response.status}")

    async def broke(_: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestExceptionParams) -> None:
        error = end.exception
        if _once.get() and isinstance(error, OSError) and error.errno in _RESET:
            raise NotRepeated("the connection was reset") from error

    trace = client.http.http_trace or aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    trace.on_request_exception.append(broke)
    client.http.http_trace = trace
