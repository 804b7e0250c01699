"""The table of Discord's answers, row by row: what is known, what is in doubt, and what an admin reads."""

import ssl
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.domain.messages import Outcome
from bot.ui.answers import BROKEN, reading_of, sending_of
from tests.domain.examples import cases

KEY = ConnectionKey("127.0.0.1", 1, is_ssl=False, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None)
REFUSED = aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "refused"))
DISCONNECTED = aiohttp.ServerDisconnectedError()


def answer(
    status: int, code: int = 0, text: str = "No", headers: dict[str, str] | None = None
) -> discord.HTTPException:
    """An answer as discord.py raises it."""
    response = cast(Any, SimpleNamespace(status=status, reason="", headers=headers or {}))
    kinds = {403: discord.Forbidden, 404: discord.NotFound, 500: discord.DiscordServerError}
    return kinds.get(status, discord.HTTPException)(response, {"code": code, "message": text})


@cases(
    "error, outcome",
    [
        ("200, unreadable", aiohttp.ClientPayloadError(), Outcome.UNKNOWN),
        ("400", answer(400, 50035), Outcome.REJECTED),
        ("401", answer(401), Outcome.UNAUTHORISED),
        ("401 at the login", discord.LoginFailure("Improper token"), Outcome.UNAUTHORISED),
        ("403 missing access", answer(403, 50001), Outcome.CLOSED),
        ("403 missing permissions", answer(403, 50013), Outcome.CLOSED),
        ("403 closed DMs", answer(403, 50007), Outcome.CLOSED),
        ("403 slow down", answer(403, 20028), Outcome.NOT_SENT),
        ("403 of a proxy", answer(403), Outcome.NOT_SENT),
        ("403, another", answer(403, 240000), Outcome.REJECTED),
        ("404 channel", answer(404, 10003), Outcome.CLOSED),
        ("404 message: deduplicated, then deleted", answer(404, 10008), Outcome.SENT),
        ("404 server", answer(404, 10004), Outcome.CLOSED),
        ("404 of a proxy", answer(404), Outcome.NOT_SENT),
        ("408", answer(408), Outcome.UNKNOWN),
        ("413", answer(413, 40005), Outcome.REJECTED),
        ("429", answer(429), Outcome.NOT_SENT),
        ("429 that discord.py does not wait for", discord.RateLimited(60), Outcome.NOT_SENT),
        ("500", answer(500), Outcome.UNKNOWN),
        ("503", answer(503), Outcome.UNKNOWN),
        ("refused", REFUSED, Outcome.NOT_SENT),
        ("no such host", aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "unknown")), Outcome.NOT_SENT),
        ("no TLS", aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError()), Outcome.NOT_SENT),
        ("disconnected", DISCONNECTED, Outcome.UNKNOWN),
        ("reset", aiohttp.ClientOSError(104, "reset by peer"), Outcome.UNKNOWN),
        ("reset, bare", ConnectionResetError(104, "reset by peer"), Outcome.UNKNOWN),
        ("time-out", TimeoutError(), Outcome.UNKNOWN),
        ("time-out of aiohttp's", aiohttp.ServerTimeoutError(), Outcome.UNKNOWN),
    ],
)
def test_each_answer_to_a_send(error: Exception, outcome: Outcome) -> None:
    attempt = sending_of(error, [])
    assert attempt.outcome is outcome
    assert attempt.reason.endswith((".", ")"))


@cases(
    "error, tries, outcome",
    [
        ("502, then refused", REFUSED, [502, BROKEN], Outcome.UNKNOWN),
        ("502, then 429", answer(429), [502, 429], Outcome.UNKNOWN),
        ("502, then 403", answer(403, 50013), [502, 403], Outcome.UNKNOWN),
        ("502, then deduplicated and deleted", answer(404, 10008), [502, 404], Outcome.SENT),
        ("broken, then 429", answer(429), [BROKEN, 429], Outcome.UNKNOWN),
        ("429, then refused", REFUSED, [429, BROKEN], Outcome.NOT_SENT),
        ("429 five times", answer(429), [429] * 5, Outcome.NOT_SENT),
        ("taken, and the answer broke off", aiohttp.ClientPayloadError(), [200], Outcome.SENT),
        ("502, taken, and the answer broke off", aiohttp.ClientPayloadError(), [502, 200], Outcome.SENT),
    ],
)
def test_what_refuses_a_retry_says_nothing_of_the_first_try(
    error: Exception, tries: list[int], outcome: Outcome
) -> None:
    assert sending_of(error, tries).outcome is outcome


@cases(
    "error, seconds",
    [
        ("a header", answer(429, headers={"Retry-After": "65"}), 65),
        ("a fraction", answer(429, headers={"Retry-After": "0.5"}), 0.5),
        ("none", answer(429), 0),
        ("a date", answer(429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), 0),
        ("nonsense", answer(429, headers={"Retry-After": "inf"}), 0),
        ("below zero", answer(429, headers={"Retry-After": "-5"}), 0),
        ("a year", answer(429, headers={"Retry-After": "31536000"}), 86_400),
        ("raised by discord.py", discord.RateLimited(45.5), 45.5),
    ],
)
def test_how_long_a_rate_limit_makes_it_wait(error: Exception, seconds: float) -> None:
    assert sending_of(error, []).retry_after == timedelta(seconds=seconds)


@cases(
    "error, outcome",
    [
        ("403", answer(403, 50001), Outcome.UNREADABLE),
        ("404", answer(404, 10003), Outcome.UNREADABLE),
        ("404 server", answer(404, 10004), Outcome.UNREADABLE),
        ("403 of a proxy", answer(403), Outcome.UNKNOWN),
        ("404 of a proxy", answer(404), Outcome.UNKNOWN),
        ("400", answer(400), Outcome.UNKNOWN),
        ("401", answer(401), Outcome.UNKNOWN),
        ("429", answer(429), Outcome.UNKNOWN),
        ("500", answer(500), Outcome.UNKNOWN),
        ("refused", REFUSED, Outcome.UNKNOWN),
        ("disconnected", DISCONNECTED, Outcome.UNKNOWN),
        ("time-out", TimeoutError(), Outcome.UNKNOWN),
    ],
)
def test_each_answer_to_reading_the_history(error: Exception, outcome: Outcome) -> None:
    assert reading_of(error).outcome is outcome


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            answer(403, 50013),
            "It needs View Channel, Send Messages, Embed Links, Attach Files and Read Message History",
        ),
        (answer(403, 50001), "View Channel"),
        (answer(403, 50007), "does not take direct messages"),
        (answer(404, 10003), "The channel no longer exists."),
        (answer(403, 20028, "Slow\ndown"), "Slow down (20028)"),
        (answer(400, 50035, "Invalid Form Body"), "Discord refuses this message: Invalid Form Body (50035)"),
    ],
)
def test_what_an_admin_reads(error: discord.HTTPException, words: str) -> None:
    assert words in sending_of(error, []).reason
