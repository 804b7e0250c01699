"""Trouble to order: which of the next requests go wrong, how, and whether Discord has stored the message by then."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, Protocol

from aiohttp import web

from tests.standin.errors import Json
from tests.standin.replies import reply

FaultKind = Literal["status", "drop", "reset", "hang", "delay"]


@lru_cache
def path_pattern(glob: str) -> re.Pattern[str]:
    """Compile a path pattern below /api/v10: `*` stands for one segment, `**` for any number of them."""
    parts = (".*" if part == "**" else "[^/]+" if part == "*" else re.escape(part) for part in re.split(r"(\*+)", glob))
    return re.compile("".join(parts))


@dataclass(slots=True)
class Fault:
    """One order: the next `times` requests that match go wrong this way, `stored` after the request took effect."""

    kind: FaultKind
    method: str
    path: str
    stored: bool = False
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    body: Json = field(default_factory=dict[str, object])
    headers: dict[str, str] = field(default_factory=dict[str, str])

    def fits(self, method: str, path: str) -> bool:
        """Whether it is still to happen and this request is meant."""
        return self.times > 0 and self.method in {"*", method} and path_pattern(self.path).fullmatch(path) is not None


class Storm(Protocol):
    """Trouble by chance, for requests that nothing was ordered for (`tests.standin.storm`)."""

    def take(self, method: str, path: str) -> Fault | None:
        """What becomes of a request."""
        ...


class FaultPlan:
    """The orders not yet used up, first come first served."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self.storm: Storm | None = None

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Forget what was ordered; requests that hang already go on hanging."""
        self._faults.clear()
        self.storm = None

    def take(self, method: str, path: str) -> Fault | None:
        """Use up one time of the first order that fits."""
        for fault in self._faults:
            if fault.fits(method, path):
                fault.times -= 1
                return fault
        return self.storm.take(method, path) if self.storm is not None else None


async def commit(fault: Fault, request: web.Request) -> web.Response | None:
    """Let the fault happen; None if the request then goes on as if nothing had been."""
    if fault.kind == "status":
        return reply(fault.body, fault.status, fault.headers)
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
        return None
    if fault.kind == "hang":
        await asyncio.Event().wait()
    cut(request, reset=fault.kind == "reset")
    return web.Response(status=499)


def cut(request: web.Request, *, reset: bool) -> None:
    """End the request's connection without an answer: by FIN (server disconnected) or RST (connection reset)."""
    if request.transport is None:
        return
    if reset:
        raw = request.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
