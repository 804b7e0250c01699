"""What admins are asked about a doubtful date: a sentence for each reason, two buttons, and no phone rings."""

from dataclasses import replace
from datetime import timedelta

import discord
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate
from bot.domain.doubts import DoubtAnswer, DoubtState, DoubtVerdict, Heard
from bot.domain.films import Doubt, DoubtReason, ReleaseType
from bot.domain.messages import MAX_DOUBTS, Parcel
from bot.domain.posts import Post, PostKind
from bot.ui.doubt_posts import answer_in_words
from bot.ui.ids import DoubtId, marker_of
from bot.ui.posts import MAX_CONTENT, picture_of, render_message
from bot.ui.text import width
from tests.domain.examples import cases, utc
from tests.ui.parcels import NINE, parcel, pinging, whole_film

OLD, FAR = "2025-06-06", "2025-12-09"


def doubt(
    reason: DoubtReason,
    old: str = OLD,
    new: str = FAR,
    number: int = 1,
    *,
    type_: str = "theatrical",
    country: str = "US",
) -> Doubt:
    was, now = (None if day == "none" else ReleaseDate.parse(day) for day in (old, new))
    return Doubt(number, number, country, ReleaseType(type_), was, now, "tmdb", reason, utc(NINE))


def asking(*doubts: Doubt, title: str = "Ballerina", plain: bool = False) -> Parcel:
    """A message about these doubts, one of a film each."""
    posts = [
        Post(
            1, PostKind.DOUBT, f"1:{d.film_id}:doubt:{d.id}", utc(NINE), utc(NINE) + timedelta(days=7),
            film_id=d.film_id, country=d.country, type=d.type, date=d.new, old_date=d.old, doubt_id=d.id,
        )
        for d in doubts
    ]  # fmt: skip
    films = [replace(whole_film(d.film_id, title), doubts=(d,)) for d in doubts]
    return parcel(*posts, films=films, subscriber=pinging(77), plain=plain)


SELF = "It goes through by itself once a second source, or TMDB a day later, says the same."
ONLY = "That does not settle by itself: it counts here only if it is trusted."
SAID = [
    ("jump", doubt(DoubtReason.JUMP),
     ("TMDB now says **9 December 2025** (in cinemas, United States), 186 days later than the 6 June 2025 that counts "
     f"here. Not believed yet: half a year at once is more often a slip. {SELF}")),
    ("jump back", doubt(DoubtReason.JUMP, FAR, OLD), "186 days earlier than the 9 December 2025 that counts here."),
    ("jump of a year", doubt(DoubtReason.JUMP, OLD, "2027"),
     "TMDB now says **2027** (in cinemas, United States), instead of the 6 June 2025 that counts here."),
    ("past", doubt(DoubtReason.PAST, OLD, "2024-03-01"), "Not believed yet: that day is over"),
    ("apart", doubt(DoubtReason.DISAGREE, "none", OLD),
     ("TMDB now says **6 June 2025** (in cinemas, United States), where no date counts so far. "
     f"Not believed yet: another source names a date more than a month off. {SELF}")),
    ("withdrawn", doubt(DoubtReason.WITHDRAWN, OLD, "none"),
     ("TMDB names no date any more (in cinemas, United States); 6 June 2025 counts here. "
     f"Not believed yet: a source that falls silent is more often a slip. {SELF}")),
    ("to be announced", doubt(DoubtReason.WITHDRAWN, OLD, "tba"), "TMDB names no date any more"),
    ("again", doubt(DoubtReason.AGAIN, "none"), f"Not counted: all it stands on is a re-release. {ONLY}"),
    ("festival", doubt(DoubtReason.FESTIVAL, "none"),
     f"Not counted: all it stands on is a festival or a preview. {ONLY}"),
]  # fmt: skip


@cases("found, said", SAID)
async def test_each_reason_has_its_sentence(found: Doubt, said: str) -> None:
    content = render_message(asking(found)).content
    assert content.startswith("❔ **Ballerina (2025)**: TMDB ")
    assert said in content
    assert content.endswith("Admins, do you trust it?")


async def test_it_rings_nobodys_phone_and_ends_in_its_marker() -> None:
    asked = asking(doubt(DoubtReason.JUMP))
    rendered = render_message(asked)
    assert rendered.silent
    assert rendered.allowed_mentions.to_dict() == {"parse": []}
    assert (rendered.embeds, picture_of(asked)) == ((), None)
    assert marker_of(rendered.last_custom_id) == asked.message.message_key
    buttons = [item for item in rendered.view.children if isinstance(item, discord.ui.Button)]
    assert [button.label for button in buttons] == ["Trust it", "Wait"]
    assert DoubtId.parse(rendered.last_custom_id) == DoubtId(DoubtVerdict.WAIT, 1, 0, asked.message.message_key)


async def test_as_plain_text_it_asks_and_marks_itself() -> None:
    asked = asking(doubt(DoubtReason.JUMP), plain=True)
    rendered = render_message(asked)
    assert "186 days later" in rendered.content
    assert marker_of(rendered.last_custom_id) == asked.message.message_key


async def test_of_several_each_has_a_row_that_names_its_film_and_all_share_the_rule() -> None:
    rendered = render_message(asking(doubt(DoubtReason.JUMP), doubt(DoubtReason.AGAIN, "none", number=2)))
    buttons = [item for item in rendered.view.children if isinstance(item, discord.ui.Button)]
    assert [(button.row, button.label) for button in buttons] == [
        (0, "Trust it · Ballerina"), (0, "Wait · Ballerina"), (1, "Trust it · Ballerina"), (1, "Wait · Ballerina"),
    ]  # fmt: skip
    assert rendered.content.count("❔") == 2
    assert rendered.content.splitlines()[-1] == (
        "These go through by themselves once a second source, or the same one a day later, says the same; a re-release "
        "or a festival counts only if it is trusted. Admins, which do you trust?"
    )


async def test_what_was_settled_while_it_was_on_its_way_is_still_said_in_few_words() -> None:
    asked = asking(doubt(DoubtReason.JUMP))
    films = {1: replace(asked.films[1], doubts=())}
    content = render_message(replace(asked, films=films)).content
    assert "A source now says **9 December 2025**" in content
    assert "Not believed yet." in content


_doubts = st.builds(
    doubt, st.sampled_from(DoubtReason), st.sampled_from(["none", "tba", OLD, "2025-09", "2025-Q3"]),
    st.sampled_from(["none", "tba", FAR, "2027-09", "2027-Q3"]), country=st.sampled_from(["US", "GS", "VC"]),
    type_=st.sampled_from([str(type_) for type_ in ReleaseType]),
)  # fmt: skip


@given(st.lists(_doubts, min_size=1, max_size=MAX_DOUBTS), st.text(max_size=220))
async def test_any_five_fit_with_an_answer_under_each(doubts: list[Doubt], title: str) -> None:
    numbered = [replace(found, id=2**62 + n, film_id=n + 1) for n, found in enumerate(doubts)]
    rendered = render_message(asking(*numbered, title=title))
    answers = len(doubts) * width(f"\n-# Waiting; <@{2**63 - 1}> said so.")
    assert width(rendered.content) + answers <= MAX_CONTENT
    assert len(rendered.content.split("\n\n")) == len(doubts) + (len(doubts) > 1)


FILM = whole_film()
JUMP = doubt(DoubtReason.JUMP)
GONE = doubt(DoubtReason.WITHDRAWN, OLD, "none")
MINE = DoubtAnswer(DoubtVerdict.TRUST, 5)
WAITS = DoubtAnswer(DoubtVerdict.WAIT, 5)
WORDS = [
    ("trusted", Heard(FILM, JUMP, DoubtState.OPEN, MINE, news=True),
     "Trusted: **Ballerina (2025)** goes by 9 December 2025 (in cinemas, United States) in this server from now on."),
    ("trusted that there is none", Heard(FILM, GONE, DoubtState.OPEN, MINE, news=True),
     "Trusted: **Ballerina (2025)** has no date (in cinemas, United States) in this server from now on."),
    ("trusted before", Heard(FILM, JUMP, DoubtState.OPEN, MINE), "<@5> has trusted it already"),
    ("waits", Heard(FILM, JUMP, DoubtState.OPEN, WAITS, news=True),
     "Noted: for **Ballerina (2025)** 6 June 2025 counts until a second word says the same."),
    ("a re-release waits", Heard(FILM, doubt(DoubtReason.AGAIN, "none"), DoubtState.OPEN, WAITS, news=True),
     "Noted: for **Ballerina (2025)** it does not count unless somebody trusts it."),
    ("waited before", Heard(FILM, JUMP, DoubtState.OPEN, WAITS), "<@5> has said so already."),
    ("passed", Heard(FILM, JUMP, DoubtState.PASSED),
     "It went through by itself meanwhile: **Ballerina (2025)** goes by 9 December 2025 (in cinemas, United States)."),
    ("dropped", Heard(FILM, JUMP, DoubtState.DROPPED),
     "It came to nothing meanwhile: no source says 9 December 2025 of **Ballerina (2025)** any more."),
]  # fmt: skip


@cases("heard, said", WORDS)
def test_who_clicks_is_told_what_comes_of_it(heard: Heard, said: str) -> None:
    assert answer_in_words(heard).startswith(said)
