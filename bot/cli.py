"""The command line: `marquee run`, `marquee sandbox`, `marquee invite`, `marquee db`, `marquee titles`."""

import argparse
import asyncio
import base64
import binascii
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from bot import __version__, collecting
from bot.domain.errors import OperatorError
from bot.settings import Settings, load_settings

DOTENV = Path(".env")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done, 2 something that the person at the keyboard must mend."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except OperatorError as error:
        print(f"marquee: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="marquee", description="A Discord bot that tells a community what is coming to the cinema, and when."
    )
    parser.add_argument("--version", action="version", version=f"marquee {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run the bot on Discord, with the settings of .env")
    run.add_argument("--shards", metavar="LIST", help="only these of Discord's shards, such as 0-3 or 0-3,8")
    run.add_argument("--shard-count", metavar="NUMBER", help="how many shards all processes have together")
    run.set_defaults(run=_run)
    sandbox = commands.add_parser("sandbox", help="try the bot in your browser: no token, no Discord")
    sandbox.add_argument("--at", type=_day, metavar="DATE", help="the day it begins on, such as 2025-05-27")
    sandbox.add_argument("--port", type=_port, help="the page's port (any free one)")
    sandbox.add_argument("--no-browser", action="store_true", help="print the page's address and open nothing")
    sandbox.set_defaults(run=_sandbox)
    invite = commands.add_parser("invite", help="print the link that adds the bot to a server")
    invite.set_defaults(run=_invite)
    _add_db(commands.add_parser("db", help="move the bot to another database"))
    _add_titles(commands.add_parser("titles", help="import lists of film titles, and search them"))
    return parser


def _add_db(db: argparse.ArgumentParser) -> None:
    commands = db.add_subparsers(title="commands", required=True, metavar="COMMAND")
    move = commands.add_parser("move", help="take all that the bot knows from DATABASE_URL to another, empty database")
    move.add_argument("url", metavar="URL", help="such as postgresql://user:password@host/name or sqlite:///marquee.db")
    move.set_defaults(run=_move_database)


def _add_titles(titles: argparse.ArgumentParser) -> None:
    commands = titles.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for source, whose in (("tmdb", "TMDB's daily export of movie ids"), ("imdb", "IMDb's title.basics.tsv.gz")):
        importing = commands.add_parser(f"import-{source}", help=f"search {whose} too")
        importing.add_argument("file", type=Path, metavar="FILE", help="as it was downloaded, packed with gzip")
        importing.set_defaults(run=_import_titles, source=source)
    search = commands.add_parser("search", help="show what autocomplete would")
    search.add_argument("text", nargs="+", metavar="TEXT", help="what is typed; - reads a query a line from stdin")
    search.add_argument("--json", action="store_true", help="print JSON, a line a query")
    search.set_defaults(run=_search_titles)


def _run(options: argparse.Namespace) -> int:
    collecting.put_off()
    try:
        return _run_at_once(options)
    finally:
        collecting.end()


def _run_at_once(options: argparse.Namespace) -> int:
    from bot.app import run
    from bot.logs import set_up_logging

    given = {"SHARDS": options.shards, "SHARD_COUNT": options.shard_count}
    environ = {**os.environ, **{name: text for name, text in given.items() if text is not None}}
    settings = load_settings(environ, DOTENV, need_token=True)
    if settings.part_of_shards and settings.database_url.startswith("sqlite:"):
        raise OperatorError(
            "SQLite is for one process, which has all shards: leave --shards and --shard-count (SHARDS, SHARD_COUNT) "
            "out, or keep everything in PostgreSQL (DATABASE_URL=postgresql://…)."
        )
    set_up_logging(settings.log_level, settings.log_format, settings.secrets)
    asyncio.run(run(settings))
    return 0


def _sandbox(options: argparse.Namespace) -> int:
    from bot.sandbox.run import run_sandbox

    asyncio.run(run_sandbox(at=options.at, port=options.port, open_browser=not options.no_browser))
    return 0


def _invite(_: argparse.Namespace) -> int:
    from bot.ui.permissions import invite_link

    settings = _settings(need_token=True)
    print(invite_link(_application_id(settings)))
    return 0


def _move_database(options: argparse.Namespace) -> int:
    from bot.moving import move_database

    for line in move_database(_settings(need_token=False), options.url, sys.stderr):
        print(line)
    return 0


def _import_titles(options: argparse.Namespace) -> int:
    from bot.titles import import_titles

    print(import_titles(_settings(need_token=False), options.source, options.file, sys.stderr))
    return 0


def _search_titles(options: argparse.Namespace) -> int:
    from bot.titles import lines_of, open_search

    typed = options.text == ["-"]

    def queries() -> Iterator[str]:
        if typed:
            yield from (line.decode(errors="replace").rstrip("\r\n") for line in sys.stdin.buffer)
        else:
            yield " ".join(options.text)

    async def answer_all() -> None:
        async with open_search(_settings(need_token=False)) as ask:
            for query in queries():
                answer = await ask(query)
                # ASCII, whatever the terminal's encoding is; a reader of JSON gets the letters back.
                print("\n".join([json.dumps(answer)] if typed or options.json else lines_of(answer)), flush=True)

    out: object = sys.stdout
    if isinstance(out, io.TextIOWrapper):  # a title may have letters that the terminal has not
        out.reconfigure(errors="backslashreplace")
    try:
        asyncio.run(answer_all())
    except BrokenPipeError:  # whoever reads has seen enough, as in `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 0


def _settings(*, need_token: bool) -> Settings:
    return load_settings(os.environ, DOTENV, need_token=need_token)


def _application_id(settings: Settings) -> int:
    """The bot's own id: the first part of its token, in base64.

    Raises:
        OperatorError: the token does not begin with one.
    """
    first = settings.token.reveal().partition(".")[0] if settings.token else ""
    try:
        return int(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, binascii.Error) as error:
        raise OperatorError("The token does not name a bot; copy it again from Discord's Developer Portal.") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is not a day such as 2025-05-27") from error


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"“{text}” is not a port, a number from 0 to 65535")
    return int(text)
