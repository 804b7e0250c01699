"""What can be wrong with a source, on demand; and what was asked of it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_MB = 1_000_000


class Fault(StrEnum):
    TRUNCATED = "truncated"  #: half of the JSON, as whole HTTP
    CUT_OFF = "cut off"  #: the connection ends in the middle of the body
    RESET = "reset"  #: it ends before the head
    HTML = "html"
    EMPTY = "empty"
    ARRAY = "array"  #: JSON, but no object
    REFUSED = "refused"  #: 401
    FORBIDDEN = "forbidden"  #: 403
    STORM = "storm"  #: 429
    TROUBLE = "trouble"  #: 500
    BUSY = "busy"  #: 503
    DRIP = "drip"  #: a byte now and then, for ever
    HANG = "hang"
    HUGE = "huge"  #: 10 MB of JSON
    BOMB = "bomb"  #: 10 MB of JSON in 10 KB of gzip
    ELSEWHERE = "elsewhere"  #: a redirect to another host
    ROUND = "round"  #: a redirect to itself; planned once, the answer comes after it
    STRANGE_404 = "strange 404"  #: a proxy's page, not the source's own words


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as it came."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(slots=True)
class _Planned:
    fault: Fault
    times: int | None
    under: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Faults:
    """Which answers go wrong. Goes into an application as its middleware."""

    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)  #: somebody has asked something
    gate: asyncio.Event | None = None  #: if there is one, all wait for it
    _now: int = 0
    _planned: list[_Planned] = field(default_factory=list)

    def plan(self, fault: Fault, *, times: int | None = None, under: str = "/", **headers: str) -> None:
        """Let the next `times` (None: all) requests whose path begins with `under` go wrong; `Retry_After="1"`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._planned.append(_Planned(fault, times, under, named))

    def clear(self) -> None:
        """Let all be well again."""
        self._planned.clear()

    def count(self, under: str = "/") -> int:
        """How many requests came for paths that begin so."""
        return sum(asked.path.startswith(under) for asked in self.asked)

    def middleware(self) -> Middleware:
        """What an application takes."""

        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith("/control"):
                return await handler(request)
            self.asked.append(Asked(request.path, dict(request.query), dict(request.headers)))
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.arrived.set()
            try:
                if self.gate is not None:
                    await self.gate.wait()
                planned = self._take(request.path)
                return await _go_wrong(planned, request, handler) if planned else await handler(request)
            finally:
                self._now -= 1

        return gate

    def _take(self, path: str) -> _Planned | None:
        for planned in self._planned:
            if path.startswith(planned.under):
                if planned.times is not None:
                    planned.times -= 1
                    if planned.times <= 0:
                        self._planned.remove(planned)
                return planned
        return None


_STATUS = {
    Fault.REFUSED: 401,
    Fault.FORBIDDEN: 403,
    Fault.STORM: 429,
    Fault.TROUBLE: 500,
    Fault.BUSY: 503,
}
_BODIES = {Fault.EMPTY: "", Fault.ARRAY: "[1, 2, 3]", Fault.HTML: "<!doctype html><title>Sign in</title>"}


async def _go_wrong(planned: _Planned, request: web.Request, handler: Handler) -> web.StreamResponse:
    fault, headers = planned.fault, planned.headers
    if status := _STATUS.get(fault):
        return web.json_response({"status_code": 0, "success": False}, status=status, headers=headers)
    if (body := _BODIES.get(fault)) is not None:
        kind = "text/html" if fault is Fault.HTML else "application/json"
        return web.Response(text=body, content_type=kind, headers=headers)
    match fault:
        case Fault.STRANGE_404:
            return web.Response(text="<h1>404 Not Found</h1>", content_type="text/html", status=404)
        case Fault.ELSEWHERE:
            raise web.HTTPFound("http://elsewhere.invalid/3/movie/1")
        case Fault.ROUND:
            raise web.HTTPFound(request.path_qs)
        case Fault.HUGE:
            return web.Response(body=_huge(), content_type="application/json")
        case Fault.BOMB:
            packed = await asyncio.to_thread(gzip.compress, _huge())
            return web.Response(body=packed, content_type="application/json", headers={"Content-Encoding": "gzip"})
        case Fault.RESET:
            _close(request)
            return web.Response()
        case Fault.TRUNCATED:
            whole = await _body_of(request, handler)
            return web.Response(body=whole[: len(whole) // 2], content_type="application/json")
        case _:
            return await _begin_only(fault, request, await _body_of(request, handler))


async def _begin_only(fault: Fault, request: web.Request, whole: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(whole))})
    if fault is Fault.HANG:
        await asyncio.Event().wait()  # until the client goes
    await response.prepare(request)
    if fault is Fault.CUT_OFF:
        await response.write(whole[: len(whole) // 2])
        _close(request)
        return response
    for position in range(len(whole)):
        await response.write(whole[position : position + 1])
        await asyncio.sleep(0.02)  # a slow drip is what this is about; the client's time-out ends it
    return response


async def _body_of(request: web.Request, handler: Handler) -> bytes:
    response = await handler(request)
    body = response.body if isinstance(response, web.Response) else None
    return body if isinstance(body, bytes) else b"{}"


def _close(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()


def _huge() -> bytes:
    return b'{"id": 1, "padding": "' + b"x" * (10 * _MB) + b'"}'
