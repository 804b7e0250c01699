"""Python processes that tests start, end and kill: the stand-in itself and the bots under test."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
_STOP_SECONDS = 30.0


class PythonProcess:
    """`python -m module arguments…` in the checkout, ended with the `async with` at the latest.

    Its standard input stays open as long as this process lives; its output goes to `log`, or to this process's own.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        with_stdout: bool = False,
    ) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self._log = log
        self._with_stdout = with_stdout
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> Self:
        """Start it; it runs when this returns, but may still be importing."""
        self._process = await asyncio.to_thread(self._spawn)
        return self

    async def read_line(self) -> str:
        """Read a line of its standard output; empty when it ended. Needs `with_stdout`."""
        process = self._running()
        if process.stdout is None:
            raise ValueError("started without with_stdout")
        return (await asyncio.to_thread(process.stdout.readline)).decode()

    async def kill(self) -> None:
        """End it with SIGKILL, between any two instructions."""
        await self._end(subprocess.Popen.kill)

    async def terminate(self) -> int:
        """Ask it to end with SIGTERM; its exit code.

        Raises:
            subprocess.TimeoutExpired: if it does not within 15 seconds.
        """
        return await self._end(subprocess.Popen.terminate)

    async def wait(self, timeout_seconds: float = _STOP_SECONDS) -> int:
        """Wait for it to end by itself; its exit code."""
        return await asyncio.to_thread(self._running().wait, timeout_seconds)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._running().pid

    @property
    def exit_code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._running().poll()

    async def __aenter__(self) -> Self:
        """Start it."""
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Kill it, if it still runs."""
        await self.kill()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ValueError("not started")
        return self._process

    def _spawn(self) -> subprocess.Popen[bytes]:
        output = subprocess.PIPE if self._with_stdout else None
        if self._log is None:
            return self._popen(output, None)
        with self._log.open("ab") as log:
            return self._popen(output or log.fileno(), log.fileno())

    def _popen(self, stdout: int | None, stderr: int | None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdin=subprocess.PIPE, stdout=stdout, stderr=stderr
        )

    async def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> int:
        process = self._running()

        def end() -> int:
            if process.poll() is None:
                how(process)
            code = process.wait(_STOP_SECONDS)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            return code

        return await asyncio.to_thread(end)
