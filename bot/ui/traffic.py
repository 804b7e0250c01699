"""Every request that discord.py makes: it waits for its turn, and its answer is looked at.

Discord.py's http_trace sees each try of a request, its own retries too. What Discord exempts from its limit passes.
"""

import math
from functools import cache
from types import SimpleNamespace

import aiohttp
import discord
from aiohttp import ClientResponse
from discord.http import Route
from yarl import URL

from bot.ports import RequestPace

#: https://discord.com/developers/docs/topics/rate-limits: answers to interactions, and what follows them.
_EXEMPT = ("/interactions/", "/webhooks/")
_INVALID = frozenset({401, 403, 429})
#: A global limit that says not how long, or for ever.
_WAIT_SECONDS, _MAX_WAIT_SECONDS = 5.0, 3_600.0


def direct_traffic(client: discord.Client, pace: RequestPace) -> None:
    """Lead all requests of `client` through `pace`.

    Raises:
        ValueError: it is logged in, and its requests are not seen any more.
    """
    if client.user is not None:
        raise ValueError("traffic must be directed before the client logs in")

    async def starts(_: aiohttp.ClientSession, trip: SimpleNamespace, start: aiohttp.TraceRequestStartParams) -> None:
        trip.end = None
        path = _path_of(start.url)
        if path is not None and not path.startswith(_EXEMPT):
            trip.end = await pace.admit()

    async def ended(_: aiohttp.ClientSession, trip: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
        if trip.end is not None:
            trip.end(True)
        if end.response.status in _INVALID and _path_of(end.url) is not None:
            _tell(pace, end.response)

    async def broke(_: aiohttp.ClientSession, trip: SimpleNamespace, __: aiohttp.TraceRequestExceptionParams) -> None:
        if trip.end is not None:
            trip.end(False)

    trace = client.http.http_trace or aiohttp.TraceConfig()
    trace.on_request_start.append(starts)
    trace.on_request_end.append(ended)
    trace.on_request_exception.append(broke)
    client.http.http_trace = trace


def _path_of(url: URL) -> str | None:
    """The path below the API's address; None for the gateway and for pictures."""
    base = _address(Route.BASE)
    inside = url.raw_path.startswith(base.raw_path) and (url.host, url.port) == (base.host, base.port)
    return url.raw_path.removeprefix(base.raw_path) if inside else None


@cache
def _address(base: str) -> URL:
    return URL(base)


def _tell(pace: RequestPace, response: ClientResponse) -> None:
    headers = response.headers
    scope = headers.get("X-RateLimit-Scope")
    if response.status != 429:
        pace.note_invalid()
    elif scope != "shared":  # that limit is other bots' doing: https://discord.com/developers/docs/topics/rate-limits
        pace.note_invalid()
        # Without Via it is no answer of the API: the wall before it has shut.
        if scope == "global" or "X-RateLimit-Global" in headers or not headers.get("Via"):
            pace.note_global_limit(_seconds(headers.get("Retry-After")))


def _seconds(header: str | None) -> float:
    try:
        seconds = float(header or "")
    except ValueError:
        return _WAIT_SECONDS
    return min(max(seconds, 0.0), _MAX_WAIT_SECONDS) if math.isfinite(seconds) else _WAIT_SECONDS
