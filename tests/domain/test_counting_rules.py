"""What holds of the release that counts, whatever is known of a film."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.films import CINEMA, PUBLIC, Film, Release, ReleaseType
from bot.domain.plan import forecast
from bot.domain.releases import Counting, counting_for, counting_release, may_count
from bot.domain.subscribers import Wanted
from tests.domain.case import parsed
from tests.domain.examples import following, guild

RELEASES = st.builds(
    "{}{} {} {} {}".format,
    st.sampled_from(["", "", "de ", "fr "]),
    st.sampled_from(["US", "US", "CH"]),
    st.sampled_from(list(ReleaseType)),
    st.sampled_from(["05-30", "06-06", "06-30", "06", "Q2", "2025", "tba"]),
    st.sampled_from(["", "", "", "IMAX", "Re-release", "Film Festival", "Preview"]),
).map(lambda text: parsed(text.strip()))
FILMS = st.lists(RELEASES, max_size=8)
WAYS = st.frozensets(st.sampled_from(Wanted), min_size=1)
DAYS = st.none() | st.integers(-30, 60).map(lambda days: date(2025, 6, 1) + timedelta(days=days))


def counted(releases: list[Release], tracked_on: date | None, wanted: frozenset[Wanted]) -> Counting:
    return counting_release(Film(7, "Ballerina", releases=tuple(releases)), "US", tracked_on, wanted)


def _is_real(one: Release) -> bool:
    """A preview is a thing of the cinema: beside another type the word says nothing."""
    return one.type in PUBLIC and one.note in (("", "IMAX") if one.type in CINEMA else ("", "IMAX", "Preview"))


@given(FILMS, DAYS, WAYS)
def test_no_premiere_festival_or_re_release_ever_counts_and_all_that_is_owed_is_of_the_country(
    releases: list[Release], tracked_on: date | None, wanted: frozenset[Wanted]
) -> None:
    found = counted(releases, tracked_on, wanted)
    said = [*found.owed, *found.others, *(one for one in (found.main, found.wide) if one)]
    assert all(_is_real(one) and one.country == "US" for one in said)
    assert set(said) <= set(releases)
    assert found.elsewhere is None or (found.main is None and found.elsewhere.country != "US")
    assert found.elsewhere is None or (may_count(found.elsewhere) and found.elsewhere.date.first is not None)
    assert found.wide is None or (found.main is not None and found.main.type is ReleaseType.LIMITED)


@given(FILMS, DAYS, WAYS)
def test_at_most_one_release_of_each_wanted_way_is_owed_by_date(
    releases: list[Release], tracked_on: date | None, wanted: frozenset[Wanted]
) -> None:
    owed = counted(releases, tracked_on, wanted).owed
    assert len(owed) <= len(wanted)
    assert len({one.type for one in owed}) == len(owed)
    assert [one.date.sort_key for one in owed] == sorted(one.date.sort_key for one in owed)
    assert tracked_on is None or all(one.date.last is None or one.date.last >= tracked_on for one in owed)


@given(FILMS.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))), DAYS, WAYS)
def test_the_order_in_which_facts_come_never_matters(
    orders: tuple[list[Release], list[Release]], tracked_on: date | None, wanted: frozenset[Wanted]
) -> None:
    assert counted(orders[0], tracked_on, wanted) == counted(orders[1], tracked_on, wanted)


@given(FILMS, RELEASES, DAYS, WAYS)
def test_another_countrys_release_changes_nothing_here_but_that_the_film_reaches_a_cinema(
    releases: list[Release], foreign: Release, tracked_on: date | None, wanted: frozenset[Wanted]
) -> None:
    foreign = Release("FR", foreign.type, foreign.date, foreign.note)
    before, after = (counted(known, tracked_on, wanted) for known in (releases, [*releases, foreign]))
    first_cinema = not any(one.type in CINEMA and may_count(one) for one in releases)
    if not (first_cinema and foreign.type in CINEMA and may_count(foreign)):
        assert (before.main, before.owed, before.others) == (after.main, after.owed, after.others)


@given(FILMS, WAYS)
def test_without_a_day_there_is_no_countdown(releases: list[Release], wanted: frozenset[Wanted]) -> None:
    film = Film(7, "Ballerina", releases=tuple(releases))
    posts = forecast(guild(wanted=wanted), [following(film)])
    days = {one.date.day for one in counting_for(guild(wanted=wanted), following(film)).owed if one.date.day}
    assert {post.date.day for post in posts if post.date} == days
