"""The table of docs/delivery.md, read as what it promises."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text(encoding="utf-8")
HEADING = "## What becomes of each outcome"


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome; of each cell its bold words, and all of it."""

    name: str
    post: str
    channel: str
    told: tuple[str, ...]
    words: str

    @property
    def is_late(self) -> bool:
        """Whether the message is to say that it is late."""
        return "late, and says so" in self.words

    @property
    def is_in_doubt(self) -> bool:
        """Whether the first attempt leaves nobody knowing."""
        return "in doubt" in self.words or self.name.startswith(("time-out", "dropped"))

    @property
    def is_plain(self) -> bool:
        """Whether it goes without embed and picture."""
        return "as plain text" in self.words.split("|")[1]


def read_rows() -> dict[str, Row]:
    """The rows by their first cell."""
    table = PAGE.split(HEADING, 1)[1].split("\n## ", 1)[0]
    rows: dict[str, Row] = {}
    for line in re.findall(r"(?m)^\| (.+) \|$", table)[1:]:
        name, post, channel, told = line.split(" | ")
        bold = [re.findall(r"\*\*(.+?)\*\*", cell) for cell in (post, channel, told)]
        assert name not in rows, f"two rows are called {name!r}"
        rows[name] = Row(name, bold[0][0], bold[1][0], tuple(bold[2]), line)
    return rows
