"""Counts what became of thousands of posts: once, twice, lost, uncertain, and who was told of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from bot.ui.ids import marker_of
from tests.chaos.seeding import Seat
from tests.chaos.stage import Stage
from tests.standin.bulk_client import Told


@dataclass(slots=True)
class Count:
    """What was found. A post is one film told to one server."""

    posts: int = 0
    messages: int = 0
    doubled: int = 0  #: told twice or more
    lost: int = 0  #: not there, and nobody was told that it may not be
    uncertain: int = 0  #: the books say that nobody can tell
    uncertain_there: int = 0  #: and so many of these are there all the same
    to_tell: int = 0  #: servers with a post that is uncertain, whose people are told at the next try
    untold: int = 0  #: the same, and nobody ever will be
    told_twice: int = 0  #: servers whose people were told more often than there are uncertain posts
    wrong: list[str] = field(default_factory=list[str])  #: anything else that may not be

    @property
    def is_good(self) -> bool:
        """Whether all promises were kept."""
        return not (self.doubled or self.lost or self.untold or self.wrong)

    def row(self) -> dict[str, object]:
        """As JSON."""
        return {**asdict(self), "good": self.is_good}


async def count(stage: Stage, seats: Sequence[Seat]) -> Count:
    """Hold every seat's titles against what is in its channel, and the books against both; with the bot stopped."""
    found = Count(posts=sum(len(seat.titles) for seat in seats))
    there: dict[int, list[Told]] = defaultdict(list)
    letters: Counter[int] = Counter()
    for told in await stage.standin.list_told():
        if told.to is not None:
            letters[told.to] += 1
            continue
        there[told.channel_id].append(told)
        found.messages += 1
        if marker_of(told.last_custom_id) != told.nonce:
            found.wrong.append(f"message {told.id}: marker {told.last_custom_id}, nonce {told.nonce}")
    unsure = _uncertain(stage)
    rows = stage.ledger.rows("SELECT about FROM admin_notices WHERE told_at IS NULL AND due_at IS NOT NULL")
    waiting = {int(row["about"].split(":")[1]) for row in rows}
    for seat in seats:
        text = "\n".join(told.content for told in there[seat.channel_id])
        for title in seat.titles:
            times, is_unsure = text.count(f"**{title}**"), title in unsure.get(seat.channel_id, ())
            found.doubled += times > 1
            found.lost += times == 0 and not is_unsure
            found.uncertain += is_unsure
            found.uncertain_there += is_unsure and times == 1
        if seat.channel_id in unsure and letters[seat.guild.owner_id] == 0:
            found.to_tell += seat.channel_id in waiting
            found.untold += seat.channel_id not in waiting
        found.told_twice += letters[seat.guild.owner_id] > len(unsure.get(seat.channel_id, ()))
    found.wrong += stage.ledger.list_open()[:5]
    return found


def _uncertain(stage: Stage) -> dict[int, set[str]]:
    """Titles by channel."""
    unsure: dict[int, set[str]] = defaultdict(set)
    for post in stage.ledger.list_posts():
        if post.state == "uncertain":
            unsure[post.channel_id].add(post.title or "")
    return unsure
