"""Which shards of how many a process has: as it is written, and which servers are there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.shards import ONE_SHARD, Shards, ShardsUnclear, read_shards


@pytest.mark.parametrize(
    ("listed", "count", "ids", "said"),
    [
        pytest.param("0", "1", (0,), "shard 0 of 1", id="the only one"),
        pytest.param("0-3", "16", (0, 1, 2, 3), "shards 0-3 of 16", id="a range"),
        pytest.param("8, 0 - 2,4", "16", (0, 1, 2, 4, 8), "shards 0-2, 4, 8 of 16", id="in any order, with spaces"),
        pytest.param("15", "16", (15,), "shard 15 of 16", id="the last"),
        pytest.param("0-1,2-3", "4", (0, 1, 2, 3), "shards 0-3 of 4", id="ranges that meet"),
    ],
)
def test_what_is_written_is_read(listed: str, count: str, ids: tuple[int, ...], said: str) -> None:
    shards = read_shards(listed, count)
    assert (shards.ids, str(shards), shards.is_all) == (ids, said, len(ids) == int(count))


@pytest.mark.parametrize(
    ("listed", "count", "says"),
    [
        pytest.param("0-3", "0", "whole number", id="of none"),
        pytest.param("0-3", "four", "whole number", id="of a word"),
        pytest.param("0-3", "-4", "whole number", id="of fewer than none"),
        pytest.param("0-3", "99999", "whole number", id="of more than anybody has"),
        pytest.param("", "4", "commas", id="nothing"),
        pytest.param("all", "4", "commas", id="a word"),
        pytest.param("0-", "4", "commas", id="no end"),
        pytest.param("-1", "4", "commas", id="below none"),
        pytest.param("0,,1", "4", "commas", id="a gap"),
        pytest.param("0;1", "4", "commas", id="another mark"),
        pytest.param("٣", "4", "commas", id="other digits"),
        pytest.param("3-0", "4", "lower", id="backwards"),
        pytest.param("0-4", "4", "counted from 0", id="one too many"),
        pytest.param("99999", "4", "counted from 0", id="far outside"),
        pytest.param("0-2,2", "4", "twice", id="twice"),
    ],
)
def test_what_cannot_be_says_why_and_repeats_nothing(listed: str, count: str, says: str) -> None:
    with pytest.raises(ShardsUnclear) as caught:
        read_shards(listed, count)
    assert says in str(caught.value)
    assert not listed or listed not in str(caught.value).replace("counted from 0,", "")


@given(st.integers(1, 64), st.data())
def test_what_is_said_of_shards_can_be_written_again(count: int, data: st.DataObject) -> None:
    ids = data.draw(st.sets(st.integers(0, count - 1), min_size=1))
    shards = Shards(tuple(sorted(ids)), count)
    _, listed = str(shards).removesuffix(f" of {count}").split(" ", 1)
    assert read_shards(listed, str(count)) == shards


@given(st.integers(0, 2**63 - 1), st.integers(1, 64))
def test_every_server_is_in_one_shard(guild_id: int, count: int) -> None:
    assert sum(Shards((number,), count).has(guild_id) for number in range(count)) == 1
    assert Shards.all_of(count).has(guild_id)
    assert ONE_SHARD.has(guild_id)


def test_which_one_is_discords_rule() -> None:
    # https://discord.com/developers/docs/events/gateway#sharding, with the id of its Developers server.
    assert Shards((14,), 16).has(613425648685547541) == ((613425648685547541 >> 22) % 16 == 14)
    assert not Shards((1, 2, 3), 4).has(0), "what is in no server comes to shard 0"
