"""Asking a source over HTTP: politely, within its limits, and believing nothing until it is a JSON object."""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast

import aiohttp
import msgspec
from aiolimiter import AsyncLimiter
from yarl import URL

from bot import __version__
from bot.domain.errors import SourceRefused, SourceUnavailable
from bot.sources.health import Fault, SourceHealth
from bot.sources.pacing import (
    PATIENCE_SECONDS,
    Failure,
    SingleFlight,
    Timing,
    read_retry_after,
    wait_before_retry,
)

_CHUNK_BYTES = 65_536
#: What may go back into a header (RFC 9110, 8.8.3); ours are short, and stored.
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,200}"')
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 2

JsonObject = Mapping[str, object]


def _never_busy(_: JsonObject) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Manners:
    """How one source is asked."""

    name: str  #: as in ids and logs: "tmdb"
    base_url: str
    headers: Mapping[str, str] = field(repr=False)  #: may hold a key
    per_second: float
    in_flight: int
    advice: str  #: when it refuses us, what its operator does: "check TMDB_TOKEN"
    connect_seconds: float = 5.0
    total_seconds: float = 20.0  #: an attempt, to the last byte: a slow drip ends here
    #: Unpacked. Parsing holds the interpreter's lock, in a thread as well: 7 ms a MB (measured), so this bounds it.
    max_bytes: int = 4_000_000
    attempts: int = 3
    #: Reads a 200's object that says "busy": a clause for the log, and it is tried again as after a 503.
    busy: Callable[[JsonObject], str | None] = _never_busy


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. A body may be shared with another caller: read it, do not change it."""

    body: JsonObject | None  #: None when not modified, or when a 404 came without an object
    validator: str = ""  #: to be sent along the next time; empty if the source gave none
    not_modified: bool = False  #: the same as when the validator that was sent along was given
    missing: bool = False  #: HTTP 404; `body` is what the source says about it


Check = Callable[[Reply], str | None]


class JsonClient:
    """Asks one source; the session is shared with others and not closed here."""

    def __init__(self, session: aiohttp.ClientSession, manners: Manners, timing: Timing | None = None) -> None:
        self._session = session
        self._manners = manners
        self._timing = timing or Timing()
        self._base = URL(manners.base_url)
        self._limiter = AsyncLimiter(max(manners.per_second, 1.0), max(1.0, 1.0 / manners.per_second))
        self._slots = asyncio.Semaphore(manners.in_flight)
        self._flights: SingleFlight[Reply] = SingleFlight()
        self._resume_at = float("-inf")
        self.health = SourceHealth(manners.name, self._timing.monotonic)

    async def get_json(
        self, path: str, params: Mapping[str, str], *, validator: str = "", check: Check | None = None
    ) -> Reply:
        """Ask for `path` below the base address; two callers with the same question share one request.

        `check` looks at a body, or at a 404, and says in a clause what of it makes no sense.

        Raises:
            SourceUnavailable: down, slow, limiting us, or talking nonsense, also after the retries.
            SourceRefused: it does not accept our key.
        """
        key = (path, tuple(sorted(params.items())), validator)
        return await self._flights.share(key, lambda: self._ask(path, params, validator, check))

    def blame(self, reason: str, fault: Fault = Fault.UNSURE) -> SourceUnavailable:
        """Make, and take note of, the error for what no `check` of a single answer can see; to be raised."""
        error = SourceUnavailable(self._manners.name, reason)
        self.health.failed(error, fault)
        return error

    async def close(self) -> None:
        """Give up what is under way."""
        await self._flights.close()

    async def _ask(self, path: str, params: Mapping[str, str], validator: str, check: Check | None) -> Reply:
        attempt, waited = 0, 0.0
        while True:
            attempt += 1
            self.health.check()
            waited += await self._sit_out(waited)
            outcome = await self._attempt(path, params, validator)
            if isinstance(outcome, Reply) and not outcome.not_modified and check and (wrong := check(outcome)):
                outcome = Failure(wrong, again=False)
            if isinstance(outcome, Reply):
                self.health.answered()
                return outcome
            wait = wait_before_retry(outcome, attempt, self._manners.attempts, waited, self._timing.chance())
            if wait is None:
                raise self._given_up(outcome)
            if outcome.retry_seconds is not None:  # it means all of us, not only this call
                self._resume_at = max(self._resume_at, self._timing.monotonic() + wait)
            else:
                await self._timing.sleep(wait)
                waited += wait

    async def _sit_out(self, waited: float) -> float:
        """Wait until the source wants to be asked again; give the seconds that it took."""
        seconds = 0.0
        while (left := self._resume_at - self._timing.monotonic()) > 0:
            # Whoever asked first may have been told to wait for all the patience there is: a tenth on top for the rest.
            if waited + seconds + left > PATIENCE_SECONDS * 1.1:
                raise SourceUnavailable(self._manners.name, "it asks us to wait", left)
            await self._timing.sleep(left)
            seconds += left
        return seconds

    def _given_up(self, failure: Failure) -> SourceUnavailable | SourceRefused:
        kind = SourceRefused if failure.refused else SourceUnavailable
        error = kind(self._manners.name, failure.reason, failure.retry_seconds)
        self.health.failed(error, failure.fault)
        return error

    async def _attempt(self, path: str, params: Mapping[str, str], validator: str) -> Reply | Failure:
        """Ask once. An exception of aiohttp may show our headers, and with them the key: none leaves this method."""
        async with self._slots:
            await self._limiter.acquire()
            url = URL(f"{self._manners.base_url}{path}")
            headers = {"Accept": "application/json", **self._manners.headers}
            if _ETAG.fullmatch(validator):
                headers["If-None-Match"] = validator
            try:
                # aiohttp's own total ends with the last byte as well, but not while it unpacks them.
                async with asyncio.timeout(self._manners.total_seconds):
                    return await self._follow(url, params, headers)
            except TimeoutError:
                return Failure("it takes too long to answer", Fault.SOURCE)
            except aiohttp.ClientPayloadError:
                return Failure("its answer broke off")
            except aiohttp.ClientConnectorError:
                return Failure("it cannot be reached", Fault.SOURCE)
            except (aiohttp.ClientConnectionError, OSError):
                return Failure("it closed the connection", Fault.SOURCE)
            except (aiohttp.ClientError, ValueError):  # no HTTP, or a header that cannot be
                return Failure("its answer is no HTTP")

    async def _follow(self, url: URL, params: Mapping[str, str], headers: Mapping[str, str]) -> Reply | Failure:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._manners.connect_seconds)
        for _ in range(_MAX_REDIRECTS + 1):
            async with self._session.get(
                url, params=params, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                if response.status not in _REDIRECTS:
                    return await self._read(response)
                with suppress(ValueError):
                    url, params = url.join(URL(response.headers.get("Location", ""))), {}
            if url.origin() != self._base.origin():  # our key is for this host alone
                return Failure("it sends us to another address", again=False)
        return Failure("it sends us round in circles", again=False)

    async def _read(self, response: aiohttp.ClientResponse) -> Reply | Failure:
        status = response.status
        if status == HTTPStatus.NOT_MODIFIED:
            validator = response.request_info.headers.get("If-None-Match", "")
            return Reply(None, validator, not_modified=True) if validator else _nonsense("is empty")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            reason = f"it refuses us (HTTP {status}): {self._manners.advice}"
            return Failure(reason, Fault.SOURCE, again=False, refused=True)
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            limited = status == HTTPStatus.TOO_MANY_REQUESTS
            reason = "it gets too many requests from us (HTTP 429)" if limited else f"it has trouble (HTTP {status})"
            fault = Fault.SOURCE if limited else Fault.UNSURE
            return Failure(reason, fault, retry_seconds=_retry_after(response))
        if status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            return Failure(f"it does not take the question (HTTP {status})", Fault.QUESTION, again=False)
        body = await self._read_object(response)
        if status == HTTPStatus.NOT_FOUND:
            return Reply(None if isinstance(body, Failure) else body, missing=True)
        if isinstance(body, Failure):
            return body
        if busy := self._manners.busy(body):
            return Failure(busy, Fault.SOURCE, retry_seconds=_retry_after(response))
        etag = response.headers.get("ETag", "")
        return Reply(body, etag if _ETAG.fullmatch(etag) else "")

    async def _read_object(self, response: aiohttp.ClientResponse) -> JsonObject | Failure:
        raw = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            raw += chunk
            if len(raw) > self._manners.max_bytes:
                return Failure(f"its answer is larger than {self._manners.max_bytes // 1_000_000} MB", again=False)
        return read_object(raw)


def user_agent(contact: str) -> str:
    """Say who asks, and where its operator can be reached; Wikimedia wants both, and nobody minds.

    As in https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy.
    """
    return f"Marquee/{__version__} ({contact or 'no contact given'}) aiohttp/{aiohttp.__version__}"


def read_object(raw: bytes | bytearray) -> JsonObject | Failure:
    """Read a JSON object from bytes that may be anything."""
    try:
        body: object = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        return _nonsense("is no JSON")
    return cast(JsonObject, body) if isinstance(body, dict) else _nonsense("is no JSON object")


def _nonsense(what: str) -> Failure:
    return Failure(f"its answer {what}")


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    return read_retry_after(response.headers.get("Retry-After"), response.headers.get("Date"))
