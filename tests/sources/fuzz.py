"""`python -m tests.sources.fuzz --n 50000`: damaged answers of TMDB through its source, as long as one likes."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.sources.tmdb_fuzz import TmdbFuzz


def main() -> int:
    """Run it, and print what came of the answers; 1, and the answer in a file, if something got through."""
    parser = argparse.ArgumentParser(prog="python -m tests.sources.fuzz", description=__doc__)
    parser.add_argument("--n", type=int, default=50_000, help="how many answers")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    fuzz, started = TmdbFuzz(arguments.seed), time.perf_counter()
    try:
        asyncio.run(fuzz.run(arguments.n))
    except Exception:
        sys.stderr.write(f"seed {arguments.seed}: the answer is in {fuzz.keep(Path(tempfile.mkdtemp()))}\n")
        raise
    seconds = time.perf_counter() - started
    sys.stdout.write(f"{arguments.n} answers, seed {arguments.seed}, {seconds:.0f} s\n")
    for outcome, count in sorted(fuzz.outcomes.items()):
        sys.stdout.write(f"{count:7} {outcome}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
