"""How a control call reaches its verb: one POST each, JSON in and out, refusals in Discord's error shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.standin.errors import ApiError, Json
from tests.standin.state import Standin, standin_of

Verb = Callable[[Standin, Json], Awaitable[object]]


class VerbTable:
    """Verbs by name; a module registers its functions with the table as a decorator."""

    def __init__(self) -> None:
        self.by_name: dict[str, Verb] = {}

    def __call__(self, function: Verb) -> Verb:
        """Register a function under its name."""
        self.by_name[getattr(function, "__name__")] = function  # noqa: B009 - a Callable's type has no __name__
        return function


def handler_of(*tables: VerbTable) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Build the request handler that runs the verb named by the path's last part."""
    verbs = {name: function for table in tables for name, function in table.by_name.items()}

    async def run(request: web.Request) -> web.Response:
        function = verbs.get(request.match_info["verb"])
        if function is None:
            return web.json_response({"message": "no such verb", "code": 0}, status=404)
        standin = standin_of(request)
        try:
            result = await function(standin, await request.json())
        except ApiError as error:
            return web.json_response(error.body, status=400)
        except (KeyError, ValueError, TypeError) as error:
            return web.json_response({"message": f"wrong call: {error!r}", "code": 0}, status=400)
        if standin.keeping is not None:
            standin.keeping.save_world()
        standin.changes.notify()
        return web.json_response({"result": result})

    return run
