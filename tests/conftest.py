"""What holds for every test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# The same examples every time, and as long as they take: a busy machine is no finding. To look further:
# make test ARGS=--hypothesis-profile=default
hypothesis.settings.register_profile("marquee", deadline=None, derandomize=True)
hypothesis.settings.load_profile("marquee")

#: Room for what the tests of four workers have open at once.
ROOM = 1 << 30


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main() -> Iterator[None]:
    """Keep temporary files in memory where there is room: thousands of databases wait for no disk.

    To look at what a failed test left: TMPDIR=/tmp make test.
    """
    memory = Path("/dev/shm")  # noqa: S108
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < ROOM:
        return (yield)
    with tempfile.TemporaryDirectory(prefix="marquee-tests-", dir=memory, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root some tests run as another user
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        try:
            return (yield)
        finally:
            tempfile.tempdir = None
            del os.environ["TMPDIR"]
