"""Puts the API, the gateway and the control API on one loopback port."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from tests.standin import (
    bulk,
    control,
    members,
    people,
    routes_account,
    routes_interactions,
    routes_messages,
    routes_threads,
    threads,
)
from tests.standin.http import API, api_gate
from tests.standin.state import STANDIN, Standin
from tests.standin.verbs import handler_of

CONTROL = "/_control"
MAX_BODY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Urls:
    """Where a running stand-in is found."""

    api: str
    gateway: str
    control: str


async def start(standin: Standin, port: int) -> tuple[web.AppRunner, Urls]:
    """Serve on 127.0.0.1; port 0 picks a free one."""
    app = web.Application(middlewares=[api_gate], client_max_size=MAX_BODY_BYTES)
    app[STANDIN] = standin
    for table in (routes_account, routes_messages, routes_interactions, routes_threads, members):
        app.router.add_routes(table.routes)
    app.router.add_get("/gateway/", standin.gateway.serve)
    app.router.add_get("/gateway", standin.gateway.serve)
    app.router.add_post(
        f"{CONTROL}/{{verb}}", handler_of(control.verb, people.verb, threads.verb, bulk.verb, members.verb)
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    host, bound = runner.addresses[0][:2]
    origin = f"{host}:{bound}"
    standin.messages.origin = f"http://{origin}"
    standin.gateway.url = f"ws://{origin}/gateway"
    return runner, Urls(f"http://{origin}{API}", standin.gateway.url, f"http://{origin}{CONTROL}")
