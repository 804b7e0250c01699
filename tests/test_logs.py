import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import LIBRARY_LEVELS, set_up_logging
from bot.settings import LogFormat, LogLevel, Secret

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"
FORMATS: list[LogFormat] = ["text", "json"]

log = logging.getLogger("bot.services.dispatch")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARY_LEVELS}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)


def written(log_format: LogFormat, *secrets: str, level: LogLevel = "INFO") -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(level, log_format, secrets=[Secret(text) for text in secrets], stream=stream)
    return stream


def at_nine(record: logging.LogRecord) -> bool:
    record.created = 1748336400.25  # 2025-05-27 09:00:00.25 UTC
    return True


@pytest.fixture
def nine_oclock() -> Iterator[None]:
    log.addFilter(at_nine)
    yield
    log.removeFilter(at_nine)


@pytest.mark.usefixtures("nine_oclock")
class TestShape:
    def test_text_is_a_line_for_people(self) -> None:
        stream = written("text")
        log.info("%d messages sent", 2, extra={"guild_id": 7})
        assert stream.getvalue() == "2025-05-27 09:00:00Z INFO    bot.services.dispatch: 2 messages sent (guild_id=7)\n"

    def test_json_is_an_object_for_machines(self) -> None:
        stream = written("json")
        log.info("%d messages sent", 2, extra={"guild_id": 7})
        assert json.loads(stream.getvalue()) == {
            "time": "2025-05-27T09:00:00.250000+00:00",
            "level": "INFO",
            "logger": "bot.services.dispatch",
            "message": "2 messages sent",
            "guild_id": 7,
        }


class TestRecords:
    def test_what_is_typed_forges_no_line_in_text(self) -> None:
        stream = written("text")
        log.info("no film is called %r", "x", extra={"typed": "x\n2025-05-27 09:00:00Z ERROR forged"})
        assert stream.getvalue().count("\n") == 1

    @pytest.mark.parametrize("log_format", FORMATS)
    def test_an_exception_comes_with_its_traceback(self, log_format: LogFormat) -> None:
        stream = written(log_format)
        try:
            raise LookupError("no such channel")
        except LookupError:
            log.exception("not sent")
        assert "Traceback" in stream.getvalue()
        assert "no such channel" in stream.getvalue()

    def test_a_second_set_up_replaces_the_first(self) -> None:
        first = written("text")
        second = written("text")
        log.info("once")
        assert first.getvalue() == ""
        assert second.getvalue().count("once") == 1


class TestSecrets:
    @pytest.mark.parametrize("log_format", FORMATS)
    @pytest.mark.parametrize(
        ("text", "secret"),
        [
            pytest.param(f"logging in with {TOKEN}.", TOKEN, id="a token"),
            pytest.param(f"Authorization: Bot {TOKEN}", TOKEN, id="a header"),
            pytest.param("postgresql://marquee:horse-battery@db/marquee", "horse-battery", id="a URL's password"),
            pytest.param("postgresql://marquee:horse@battery@db/marquee", "battery", id="an @ in the password"),
            pytest.param("redis://:horse-battery@cache", "horse-battery", id="a password without a user"),
            pytest.param(
                "POST /api/v10/interactions/1234/aW50ZXJhY3Rpb246MTIzNDU2Nzg5/callback responded with 429",
                "aW50ZXJhY3Rpb246MTIzNDU2Nzg5",
                id="an interaction's token",
            ),
            pytest.param('our own pass phrase: open ✨ "sesame"', "sesame", id="a secret that was named"),
        ],
    )
    def test_no_record_shows_one(self, log_format: LogFormat, text: str, secret: str) -> None:
        stream = written(log_format, 'open ✨ "sesame"')
        log.info(text)
        log.info("argument %s", text)
        log.info("extra", extra={"address": text, "nested": {"deep": [text]}})
        try:
            try:
                raise OSError(text)
            except OSError as error:
                raise RuntimeError(f"while working: {error}") from error
        except RuntimeError:
            log.exception("failed", stack_info=True)
        assert secret not in stream.getvalue()
        assert stream.getvalue().count("[hidden]") >= 5

    @pytest.mark.parametrize("log_format", FORMATS)
    def test_what_is_no_secret_stays(self, log_format: LogFormat) -> None:
        stream = written(log_format, "ab")  # too short to hide: every "ab" would go
        kept = "GET https://discord.com:443/api/v10/channels/1234/messages by a@b.example for bot.store.films, v2.7.1"
        log.info(kept)
        assert kept in stream.getvalue()

    def test_of_two_secrets_the_longer_goes_whole(self) -> None:
        stream = written("text", "sesame", "sesame-street")
        log.info("it is sesame-street")
        assert stream.getvalue().endswith("it is [hidden]\n")


class TestLevels:
    def test_libraries_are_quieter_than_we_are(self) -> None:
        stream = written("text", level="DEBUG")
        log.debug("ours")
        logging.getLogger("discord.http").debug("a payload")
        logging.getLogger("apscheduler.executors.default").info("a job ran")
        logging.getLogger("apscheduler.scheduler").error("a job raised")
        assert "ours" in stream.getvalue()
        assert "payload" not in stream.getvalue()
        assert "a job ran" not in stream.getvalue()
        assert "a job raised" in stream.getvalue()

    def test_no_library_is_louder_than_the_level(self) -> None:
        stream = written("text", level="ERROR")
        logging.getLogger("discord.gateway").info("connected")
        log.warning("ours")
        assert stream.getvalue() == ""
