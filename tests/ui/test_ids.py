"""What is built is read back; nothing else is read at all."""

import re

import discord
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.by_hand import Remedy
from bot.domain.doubts import DoubtVerdict
from bot.domain.reminders import Snooze
from bot.ui.ids import (
    MAX_CUSTOM_ID,
    VERBS,
    ChangeId,
    CheckId,
    ChooseId,
    CustomId,
    DateOfId,
    DoubtId,
    FollowId,
    MarkId,
    PageId,
    PickId,
    PostAction,
    PostId,
    PreviewId,
    Purpose,
    RemedyId,
    SettingId,
    SettingName,
    StopId,
    StuckId,
    Tab,
    TabId,
    ZoneId,
    marker_of,
)
from bot.ui.person_ids import BellAction, BellId, MyControl, MyId, PingMeId, SnoozeId

KEY = "q7x_-A" * 4
numbers = st.integers(min_value=0, max_value=2**63 - 1)
keys = st.text("abcdefXYZ019_-", min_size=24, max_size=24)
args = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=":"), max_size=40)
ids = st.one_of(
    st.builds(TabId, numbers, st.sampled_from(Tab), numbers, args),
    st.builds(PostId, st.sampled_from(PostAction), numbers, keys),
    st.builds(PickId, keys),
    st.builds(MarkId, keys),
    st.builds(DoubtId, st.sampled_from(DoubtVerdict), numbers, st.integers(0, 9), keys),
    st.builds(ChooseId, st.sampled_from(Purpose), numbers),
    st.builds(PageId, st.sampled_from(["upcoming", "tracked", "log"]), st.integers(0, 9999), numbers, args),
    st.builds(ChangeId),
    st.builds(ZoneId, numbers),
    st.builds(StopId, numbers),
    st.builds(CheckId, numbers),
    st.builds(DateOfId, numbers, st.sampled_from(["US", "GB", "CH"])),
    st.builds(SettingId, st.sampled_from(SettingName)),
    st.builds(PreviewId),
    st.builds(FollowId, st.sampled_from(["franchise", "person"]), numbers),
    st.builds(BellId, st.sampled_from(BellAction), numbers),
    st.builds(SnoozeId, numbers, st.sampled_from(Snooze)),
    st.builds(MyId, st.sampled_from(MyControl)),
    st.builds(PingMeId),
    st.builds(StuckId),
    st.builds(RemedyId, st.sampled_from(Remedy), numbers),
)  # fmt: skip


@given(ids)
def test_what_is_built_is_read_back_by_its_own_verb_and_no_other(made: CustomId) -> None:
    text = str(made)
    assert len(text) <= MAX_CUSTOM_ID
    assert [found for verb in VERBS if (found := verb.parse(text))] == [made]


@given(st.one_of(st.text(), st.from_regex(r"mq:[a-z]+(:[^:]*){0,5}")))
@example("mq:tab:१२:cast:1:")
@example("mq:tab:12:cast:1:0\n")
@example("mq:stop:" + "9" * 60)
def test_any_text_is_a_value_that_says_the_same_or_none(text: str) -> None:
    for verb in VERBS:
        found = verb.parse(text)
        assert found is None or verb.parse(str(found)) == found
    assert marker_of(text) is None or str(marker_of(text)) in text


@pytest.mark.parametrize(
    "custom_id",
    ["", "mq", "mq:tab", "mq:tab:1:plot:2:", "mq:tab:1:cast:2", "mq:tab:-1:cast:2:", "MQ:stop:1", "mq:stop:1:2",
     "mq:mark:", "mq:mark:ä", "mq:zone:1\n", " mq:zone:1", "mq:post:cast:1:" + "k" * 26, "mq:tab:1:cast:2:a:b"],
)  # fmt: skip
def test_what_is_no_custom_id_of_ours_is_not_read(custom_id: str) -> None:
    assert all(verb.parse(custom_id) is None for verb in VERBS)


@pytest.mark.parametrize(
    "bad",
    [TabId(1, Tab.CAST, 2, "a:b"), TabId(1, Tab.CAST, 2, "x" * 41), TabId(-1, Tab.CAST, 2), MarkId(""), MarkId("a:b"),
     PageId("Not A Name", 0, 1), PageId("log", 10_000, 1), StopId(10**19)],
    ids=repr,
)  # fmt: skip
def test_what_could_not_be_read_back_is_not_written(bad: CustomId) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        str(bad)


def test_the_marker_of_a_message_is_found_on_all_four_and_only_there() -> None:
    assert marker_of(str(PostId(PostAction.STOP, 3, KEY))) == KEY
    assert marker_of(str(PickId(KEY))) == KEY
    assert marker_of(str(MarkId(KEY))) == KEY
    assert marker_of(str(DoubtId(DoubtVerdict.WAIT, 3, 0, KEY))) == KEY
    assert marker_of(str(TabId(3, Tab.CAST, 4, "x"))) is None
    assert marker_of("somebody else's") is None


def test_a_template_serves_a_dynamic_item() -> None:
    class StopButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=StopId.template):
        pass

    button = StopButton(discord.ui.Button(label="Stop", custom_id=str(StopId(12))))
    match = button.template.fullmatch(button.custom_id)
    assert isinstance(match, re.Match)
    assert StopId.of(match) == StopId(12)
