"""What can keep the sandbox from starting, each one sentence."""

from datetime import date

from bot.domain.errors import OperatorError


class SimcordMissing(OperatorError):
    """The sandbox's extra is not installed, or not whole."""

    def __init__(self) -> None:
        super().__init__('The sandbox needs simcord: run `make sandbox`, or `pip install "marquee-bot[sandbox]"`.')


class PortInUse(OperatorError):
    """The page has no port to listen on."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} cannot be used: another program may have it. Leave --port out to take a free one."
        )


class Busy(Exception):
    """No page can be opened while the simulated Discord answers a command."""


class BadStart(OperatorError):
    """A day on which no simulated Discord can begin."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"--at must be a day from {first} to {last}, as in --at 2025-05-27.")
