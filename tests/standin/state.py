"""Everything one stand-in remembers, in one place, and the log of the requests it got."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from tests.standin.changes import Changes
from tests.standin.commands import CommandRegistry
from tests.standin.errors import Json
from tests.standin.faults import FaultPlan, path_pattern
from tests.standin.gateway import Gateway
from tests.standin.interactions import InteractionDesk
from tests.standin.keeping import Keeping
from tests.standin.limits import ChannelLimits, GlobalLimit
from tests.standin.messages import MessageStore
from tests.standin.openapi import OpenApiCheck
from tests.standin.publishing import PublishLimit
from tests.standin.world import World


@dataclass(slots=True)
class LoggedRequest:
    """One API request. `status` is None while it is under way, and for ever if it hangs or was cut off."""

    number: int
    method: str
    path: str
    query: str
    at: float
    nonce: str | None = None
    status: int | None = None
    code: int | None = None
    ms: float | None = None
    fault: str | None = None

    def shape(self) -> Json:
        """Render it for the control API."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class RequestLog:
    """The requests so far, oldest first."""

    entries: list[LoggedRequest] = field(default_factory=list[LoggedRequest])

    def open(self, method: str, path: str, query: str) -> LoggedRequest:
        """Note a request on arrival."""
        entry = LoggedRequest(len(self.entries) + 1, method, path, query, time.time())
        self.entries.append(entry)
        return entry

    def matching(self, method: str, path: str, since: int = 0) -> list[LoggedRequest]:
        """List the requests of a method (`*` for any) whose path fits a pattern, after the first `since` of all."""
        pattern = path_pattern(path)
        found = self.entries[since:]
        return [entry for entry in found if method in {"*", entry.method} and pattern.fullmatch(entry.path)]


class Standin:
    """The stand-in's memory and its parts."""

    def __init__(self, token: str, openapi: Path | None, keep: Path | None = None) -> None:
        self.changes = Changes()
        self.world = World(token)
        self.messages = MessageStore(self.world)
        self.commands = CommandRegistry(self.world)
        self.interactions = InteractionDesk(self.world, self.messages)
        self.gateway = Gateway(self.world, self.changes)
        self.faults = FaultPlan()
        self.limit = GlobalLimit()
        self.channel_limits = ChannelLimits()
        self.publishing = PublishLimit()
        self.log = RequestLog()
        self.openapi = OpenApiCheck(openapi) if openapi else None
        self.keeping = Keeping(keep, self.world, self.messages) if keep else None


STANDIN = web.AppKey("standin", Standin)


def standin_of(request: web.Request) -> Standin:
    """Get the stand-in that serves a request."""
    return request.app[STANDIN]
