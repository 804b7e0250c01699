"""`python -m tests.standin`: prints one JSON line with its addresses, then serves until killed or its stdin closes."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from tests.standin.server import start
from tests.standin.state import Standin


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.standin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the loopback port; 0 picks a free one")
    parser.add_argument("--token", default="standin-token", help="the one bot token that is let in")
    parser.add_argument(
        "--openapi",
        type=Path,
        default=os.environ.get("MARQUEE_DISCORD_OPENAPI") or None,
        help="Discord's OpenAPI description, to hold every body against (needs jsonschema)",
    )
    parser.add_argument("--keep", type=Path, help="a folder for what outlives this process: servers, messages, nonces")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when the parent process does")
    return parser.parse_args()


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until killed, or until stdin closes if asked to."""
    openapi = Path(arguments.openapi) if arguments.openapi else None
    runner, urls = await start(Standin(arguments.token, openapi, arguments.keep), arguments.port)
    sys.stdout.write(json.dumps(asdict(urls)) + "\n")
    sys.stdout.flush()
    try:
        if arguments.until_stdin_closes:
            await asyncio.to_thread(sys.stdin.buffer.read)
            os._exit(0)  # nobody is left to be polite to, and hanging requests would hold a clean exit up
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(parse_arguments()))
