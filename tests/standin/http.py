"""What every API request goes through: log, authorization, faults, the global limit, errors as Discord words them."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from tests.standin.compose import Upload
from tests.standin.errors import ApiError, Json, Refusal, refuse
from tests.standin.faults import commit
from tests.standin.limits import too_many
from tests.standin.replies import reply
from tests.standin.state import LoggedRequest, Standin, standin_of

API = "/api/v10"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_UNSIGNED = ("/interactions/", "/webhooks/")  # their address is their secret


@dataclass(frozen=True, slots=True)
class Form:
    """A request's JSON, and its files if it was multipart."""

    body: object = None
    uploads: list[Upload] = field(default_factory=list[Upload])


FORM = web.RequestKey("form", Form)


def body_of(request: web.Request) -> Json:
    """Get a request's JSON object; empty if it had none.

    Raises:
        ApiError: 400 50109, if it is something else.
    """
    body = request[FORM].body
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise refuse(Refusal.INVALID_JSON)
    return body


def number(request: web.Request, name: str) -> int:
    """Get a snowflake from the path; 0, which nothing has, if it is not one."""
    text = request.match_info[name]
    return int(text) if text.isdigit() else 0


@web.middleware
async def api_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log an API request, let its fault happen before or after it takes effect, and answer in Discord's words."""
    if not request.path.startswith(f"{API}/"):
        return await handler(request)
    standin, path = standin_of(request), request.path.removeprefix(API)
    entry = standin.log.open(request.method, path, request.query_string)
    started = time.perf_counter()
    standin.changes.notify()
    try:
        response = await _respond(request, handler, standin, entry, path)
        if entry.fault not in {"drop", "reset", "hang"}:
            entry.status, entry.code = response.status, _code_of(response)
        return response
    finally:
        entry.ms = (time.perf_counter() - started) * 1000
        standin.changes.notify()


async def _respond(
    request: web.Request, handler: Handler, standin: Standin, entry: LoggedRequest, path: str
) -> web.StreamResponse:
    form = await _read(request)
    request[FORM] = form
    if isinstance(form.body, dict) and form.body.get("nonce") is not None:
        entry.nonce = str(form.body["nonce"])
    fault = standin.faults.take(request.method, path)
    if fault is not None:
        entry.fault = fault.kind
        standin.changes.notify()
    if fault is not None and not fault.stored and (broken := await commit(fault, request)):
        return broken
    if (wait := standin.limit.take(path)) is not None:
        body, headers = too_many(wait, "global")
        return reply(body, 429, headers)
    wait, limits = standin.channel_limits.take(request.method, path)
    if wait is not None:
        body, headers = too_many(wait, "user")
        return reply(body, 429, headers | limits)
    response = await _handle(request, handler, standin, path)
    response.headers.update(limits)
    if standin.openapi is not None:
        standin.openapi.check_request(request.method, path, form.body if response.status < 400 else None)
        text = response.body if isinstance(response, web.Response) else None
        shown = json.loads(text) if isinstance(text, bytes) and text else None
        standin.openapi.check_response(request.method, path, response.status, shown)
    if fault is not None and fault.stored:
        standin.changes.notify()
        return await commit(fault, request) or response
    return response


async def _handle(request: web.Request, handler: Handler, standin: Standin, path: str) -> web.StreamResponse:
    try:
        signed = request.headers.get("Authorization") == f"Bot {standin.world.token}"
        if not signed and not path.startswith(_UNSIGNED):
            raise refuse(Refusal.UNAUTHORIZED)
        return await handler(request)
    except ApiError as error:
        return reply(error.body, error.status)
    except web.HTTPMethodNotAllowed:
        error = refuse(Refusal.METHOD_NOT_ALLOWED)
        return reply(error.body, error.status)
    except web.HTTPNotFound:
        error = refuse(Refusal.NOT_FOUND)
        return reply(error.body, error.status)


def _code_of(response: web.StreamResponse) -> int | None:
    if response.status < 400 or not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return None
    return json.loads(response.body).get("code")


async def _read(request: web.Request) -> Form:
    if not request.can_read_body:
        return Form()
    if request.content_type != "multipart/form-data":
        return Form(_parse(await request.read()))
    body: object = None
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue  # nested multipart, which Discord's API has not
        content = bytes(await part.read())
        if part.name == "payload_json":
            body = _parse(content)
        else:
            uploads.append(Upload(part.name or "", part.filename or "", content))
    return Form(body, uploads)


def _parse(raw: bytes) -> object:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")  # refused as invalid JSON by `body_of`
