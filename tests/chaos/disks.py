"""A disk that is full when a test wants it: a small file system of its own, or a limit on what a process may write."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

_SIZE = "48m"
_PIECE = 1 << 16
#: What the log may grow to; the database's own log is larger after a few hundred posts.
_SMALL = 1 << 18


class Disk:
    """Mounted as memory where that is allowed; elsewhere no file of the process may grow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"
        self._pid = 0
        self.is_mounted = False

    def fill(self, pid: int) -> None:
        """Let nothing more be written by that process."""
        if not self.is_mounted:
            self._pid = pid
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (_SMALL, resource.RLIM_INFINITY))
            return
        with self._filler.open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(_PIECE))
            except OSError:  # full
                return

    def free(self) -> None:
        """Let it go on."""
        if self.is_mounted:
            self._filler.unlink()
        else:
            resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def __enter__(self) -> Self:
        """Mount it, if that is allowed."""
        self.folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "marquee-chaos", str(self.folder)]
        try:
            self.is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
        except OSError:  # no such program
            self.is_mounted = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take it away."""
        if self.is_mounted:
            subprocess.run(["umount", str(self.folder)], check=True)
