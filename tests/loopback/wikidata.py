"""A loopback Wikidata: its action API as far as Marquee uses it, over real HTTP.

`python -m tests.loopback.wikidata` serves our own catalogue's films and prints a JSON line with its address. While it
runs, `POST /control/move` with {"qid": …, "dates": [["2027-06-11", 11, "Q30"]]} gives a film other dates; likewise
touch, merge, delete, fault ({"fault": "storm", "times": 3}), fail ({"code": "maxlag", "times": 2}) and well.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot.sources.bundled import find_catalogue, read_catalogue
from tests.loopback.faults import Fault, Faults
from tests.loopback.wikidata_catalogue import add_catalogue
from tests.loopback.wikidata_world import WikidataWorld, error


@dataclass(slots=True)
class LoopbackWikidata:
    """The world that it tells of, its faults, and where it is."""

    world: WikidataWorld = field(default_factory=WikidataWorld)
    faults: Faults = field(default_factory=Faults)
    errors: list[tuple[str, str]] = field(default_factory=list)  #: code and Retry-After of the next answers' errors
    mangle: Callable[[bytes], bytes] | None = None  #: what becomes of every answer on its way
    url: str = ""

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self.faults.middleware()])
        application.add_routes([web.get("/w/api.php", self._answer), web.post("/control/{verb}", self._control)])
        return application

    def fail(self, code: str, times: int = 1, retry_after: str = "") -> None:
        """Let the next answers be an error of the API's own, which comes with HTTP 200."""
        self.errors += [(code, retry_after)] * times

    async def _answer(self, request: web.Request) -> web.Response:
        if self.errors:
            code, wait = self.errors.pop(0)
            return web.json_response(error(code, "…"), headers={"Retry-After": wait} if wait else {})
        body = json.dumps(self.world.answer(request.query), ensure_ascii=False).encode()
        return web.Response(body=self.mangle(body) if self.mangle else body, content_type="application/json")

    async def _control(self, request: web.Request) -> web.Response:
        verb, arguments = request.match_info["verb"], await request.json()
        match verb:
            case "fault":
                self.faults.plan(Fault(arguments.pop("fault")), **arguments)
            case "fail":
                self.fail(**arguments)
            case "well":
                self.faults.clear()
                self.errors.clear()
            case "move" | "touch" | "merge" | "delete":
                getattr(self.world, verb)(**arguments)
            case _:
                return web.json_response({"error": f"no such verb: {verb}"}, status=400)
        return web.json_response({"ok": True})


@asynccontextmanager
async def serve(wikidata: LoopbackWikidata | None = None, port: int = 0) -> AsyncGenerator[LoopbackWikidata]:
    """Serve on the loopback for as long as the `async with` lasts; `url` is what WIKIDATA_URL takes."""
    wikidata = wikidata or LoopbackWikidata()
    runner = web.AppRunner(wikidata.application(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        wikidata.url = f"http://127.0.0.1:{runner.addresses[0][1]}/w/api.php"
        yield wikidata
    finally:
        await runner.cleanup()


async def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.loopback.wikidata", description=__doc__)
    parser.add_argument("--port", type=int, default=8083, help="the loopback port; 0 picks a free one")
    wikidata = LoopbackWikidata()
    add_catalogue(wikidata.world, read_catalogue(find_catalogue()))
    async with serve(wikidata, parser.parse_args().port):
        sys.stdout.write(json.dumps({"WIKIDATA_URL": wikidata.url}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
