"""Shards: how Discord deals out a bot's servers to its connections, and which of them a process has."""

import re
from dataclasses import dataclass
from datetime import datetime

#: https://discord.com/developers/docs/events/gateway#sharding: no shard may have more servers.
SERVERS_A_SHARD = 2_500
#: More than that no bot has: a number above it is a slip.
MAX_SHARDS = 16_384

_RANGES = re.compile(r"\d{1,5}(?:\s*-\s*\d{1,5})?(?:\s*,\s*\d{1,5}(?:\s*-\s*\d{1,5})?)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shards:
    """Some of a bot's `count` shards, by number, from 0, in order."""

    ids: tuple[int, ...]
    count: int

    @classmethod
    def all_of(cls, count: int) -> "Shards":
        """All shards of a bot."""
        return cls(tuple(range(count)), count)

    @property
    def is_all(self) -> bool:
        """Whether these are all that the bot has."""
        return len(self.ids) == self.count

    def has(self, guild_id: int) -> bool:
        """Whether a server's events come here. What is in no server, such as direct messages, comes to shard 0."""
        return (guild_id >> 22) % self.count in self.ids

    def __str__(self) -> str:
        """What a person calls them: "shards 0-3, 8 of 16"."""
        runs: list[list[int]] = []
        for number in self.ids:
            if runs and number == runs[-1][-1] + 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        listed = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
        return f"{'shard' if len(self.ids) == 1 else 'shards'} {listed} of {self.count}"


#: A bot without shards, for Discord, is a bot with one.
ONE_SHARD = Shards((0,), 1)


class ShardsUnclear(ValueError):
    """What was written does not say which shards; `str()` is the end of a sentence on it."""


def read_shards(listed: str, count: str) -> Shards:
    """Read which shards of how many: "0-3,8" of "16".

    Raises:
        ShardsUnclear: one of the two is malformed, or they do not fit each other. It repeats neither.
    """
    if not re.fullmatch(r"\d{1,5}", count, re.ASCII) or not 1 <= int(count) <= MAX_SHARDS:
        raise ShardsUnclear(f"the number of all shards is a whole number from 1 to {MAX_SHARDS}")
    if not _RANGES.fullmatch(listed.strip()):
        raise ShardsUnclear("shards are numbers and ranges of them with commas between")
    total = int(count)
    ids: list[int] = []
    for part in listed.split(","):
        first, _, last = part.partition("-")
        low, high = int(first), int(last or first)
        if high < low:
            raise ShardsUnclear("a range of shards goes from the lower number to the higher")
        if high >= total:
            raise ShardsUnclear("shards are counted from 0, so that the last number is one below that of all shards")
        ids += range(low, high + 1)
    if len(set(ids)) < len(ids):
        raise ShardsUnclear("a shard is named twice")
    return Shards(tuple(sorted(ids)), total)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What Discord says of a bot's connections to its gateway."""

    shards: int  #: how many it recommends
    concurrency: int  #: how many may identify at once: one of each number modulo this
    remaining: int  #: how many may still identify; if more do, Discord takes the token away
    resets_at: datetime  #: when that begins anew

    def bucket_of(self, shard_id: int) -> int:
        """Shards of one bucket identify one after the other."""
        return shard_id % self.concurrency
