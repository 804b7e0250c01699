"""365 days and more, in nine zones with all their clock changes: plan() posts exactly what the oracle says."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

import pytest

from bot.domain import plan as planner
from bot.domain.plan import LOOK_AHEAD, Plan
from bot.domain.subscribers import Subscriber, Subscription
from tests.domain.choices import WANTED, make_choosy_script
from tests.domain.desk import Desk
from tests.domain.examples import change, film, following, guild, utc
from tests.domain.mutants import MUTANTS, Mutant
from tests.domain.oracle import Posted, what_must_be_posted
from tests.domain.script import ZONES, Date, Event, Outage, Script, Settings, make_script

#: Five years of ten films in each zone.
SEEDS = {zone: range(place, 3 * len(ZONES), len(ZONES)) for place, zone in enumerate(ZONES)}
#: A mutant is told apart by one of these, or lives.
FEW = range(3 * len(ZONES))
#: These show the most mistakes, or the rarest: looked at first.
TELLING = (8, 5, 26, 4, 15, 6, 3, 9)
SECOND = timedelta(seconds=1)


@cache
def oracle_of(seed: int) -> Sequence[Posted]:
    return tuple(what_must_be_posted(make_choosy_script(seed)))


def differences(seed: int, found: Sequence[Posted]) -> list[str]:
    wanted = oracle_of(seed)
    return [
        f"{'missing' if post in wanted else 'too much'}: {post.at:%Y-%m-%d %H:%M:%S} {post[1:]}"
        for post in sorted(set(wanted).symmetric_difference(found))
    ] + (["one twice"] if len(found) != len(set(found)) else [])


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_brings_what_the_oracle_says_each_once_and_at_its_time(zone: str) -> None:
    wrong = {seed: found for seed in SEEDS[zone] if (found := differences(seed, Desk(make_choosy_script(seed)).run()))}
    assert wrong == {}


@pytest.mark.parametrize("zone", ZONES)
def test_planning_at_every_moment_and_twice_changes_nothing(zone: str) -> None:
    desks = {seed: Desk(make_choosy_script(seed), eager=True) for seed in SEEDS[zone][:2]}
    wrong = {seed: found for seed, desk in desks.items() if (found := differences(seed, desk.run()))}
    assert wrong == {}


def test_the_years_hold_all_that_there_is_to_go_wrong() -> None:
    scripts = [make_choosy_script(seed) for seeds in SEEDS.values() for seed in seeds]
    assert sum(len(script.films) for script in scripts) == 270
    assert {script.settings.zone for script in scripts} == set(ZONES)
    events = [event for script in scripts for event in script.events]
    assert sum(event.settings is not None for event in events) > 30
    assert sum(event.tracked is False for event in events) > 15
    assert sum(event.dates is not None for event in events) > 300
    assert sum(event.chosen is not None for event in events) > 100
    assert {event.settings.wanted for event in events if event.settings} == set(WANTED)
    assert sum(found.language == "fr" for script in scripts for dates in script.films.values() for found in dates) > 50
    assert {outage.bot for script in scripts for outage in script.outages} == {True, False}
    posted = [post for seeds in SEEDS.values() for seed in seeds for post in oracle_of(seed)]
    counts = {what: sum(post.what == what for post in posted) for what in ("countdown", "release", "date_change")}
    assert min(counts.values()) > 100, counts


@cache
def plain_year(seed: int) -> tuple[Script, Sequence[Posted]]:
    """A year in which nobody chooses anything: some mistakes show there alone."""
    script = make_script(seed)
    return script, what_must_be_posted(script)


@cache
def right_plan_agrees(seed: int) -> tuple[bool, bool]:
    """Whether the right plan posts what the oracle says in a seed's year with choices, and in the one without."""
    plain, wanted = plain_year(seed)
    return not differences(seed, Desk(make_choosy_script(seed)).run()), Desk(plain).run() == wanted


def is_noticed(mutant: Mutant, seed: int) -> bool:
    """Whether a mutant posts otherwise than the oracle in a seed's years, where the right plan agrees with it."""
    choosy, (plain, wanted) = make_choosy_script(seed), plain_year(seed)
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        wrong_choosy, wrong_plain = differences(seed, Desk(choosy).run()), Desk(plain).run() != wanted
    agrees_choosy, agrees_plain = right_plan_agrees(seed)
    return bool(wrong_choosy and agrees_choosy) or (wrong_plain and agrees_plain)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_oracle_tells_a_wrong_plan_from_the_right_one(mutant: Mutant) -> None:
    assert any(is_noticed(mutant, seed) for seed in dict.fromkeys((*TELLING, *FEW)))


@pytest.mark.parametrize("seed", [0, 3])
def test_looking_at_every_quarter_of_an_hour_finds_nothing_more(seed: int) -> None:
    script = make_choosy_script(seed, films=2)
    assert what_must_be_posted(script, every_quarter=True) == what_must_be_posted(script)


@pytest.mark.parametrize("seed", [0, 1, 6])
def test_it_wakes_in_time_for_the_next_post_and_not_before(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    right, checked = planner.plan, 0

    def checking(subscriber: Subscriber, subscriptions: Sequence[Subscription], now: datetime) -> Plan:
        nonlocal checked
        found = right(subscriber, subscriptions, now)
        known = {post.dedup_key for post in found.posts}
        wake_at = found.next_wake_at
        # Never: the far future holds nothing either.
        at_wake = right(subscriber, subscriptions, wake_at or now + timedelta(days=20)).posts
        new = [post for post in at_wake if post.dedup_key not in known]
        assert bool(new) == (wake_at is not None)
        if wake_at is not None:
            assert wake_at > now
            assert all(post.due_at == wake_at + LOOK_AHEAD for post in new)
            a_second_before = right(subscriber, subscriptions, wake_at - SECOND).posts
            assert {post.dedup_key for post in a_second_before} <= known
        checked += 1
        return found

    monkeypatch.setattr(planner, "plan", checking)
    Desk(make_choosy_script(seed, films=5)).run()
    assert checked > 10


def test_the_oracle_itself_on_a_year_that_fits_on_a_page() -> None:
    june = (Date("US", "premiere", "2025-05-22"), Date("US", "theatrical", "2025-06-06"))
    july = (june[0], Date("US", "theatrical", "2025-07-09"))
    script = Script(
        seed=-1,
        start=utc("2025-01-01 00:00"),
        settings=Settings("US", "America/New_York", "09:00", (30, 7, 3, 1)),
        films={1: june},
        events=(
            Event(utc("2025-05-07 13:00"), 1, tracked=True),
            Event(utc("2025-06-03 13:00"), 1, dates=july),
            Event(utc("2025-07-09 16:00"), settings=Settings("US", "America/New_York", "18:00", ())),
        ),
        outages=(Outage(utc("2025-07-02 12:00"), utc("2025-07-03 03:59"), bot=True),
                 Outage(utc("2025-07-06 12:00"), utc("2025-07-07 04:00"), bot=False),
                 Outage(utc("2025-07-09 12:00"), utc("2025-07-09 15:00"), bot=True)),
    )  # fmt: skip
    assert what_must_be_posted(script) == [
        Posted(utc("2025-05-30 13:00"), "countdown", 1, 7, "theatrical", "2025-06-06", ""),
        Posted(utc("2025-06-04 13:00"), "date_change", 1, 0, "theatrical", "2025-07-09", "2025-06-06"),
        Posted(utc("2025-06-09 13:00"), "countdown", 1, 30, "theatrical", "2025-07-09", ""),
        Posted(utc("2025-07-03 03:59"), "countdown", 1, 7, "theatrical", "2025-07-09", ""),
        Posted(utc("2025-07-08 13:00"), "countdown", 1, 1, "theatrical", "2025-07-09", ""),
        Posted(utc("2025-07-09 15:00"), "release", 1, 0, "theatrical", "2025-07-09", ""),
    ]
    assert Desk(script).run() == what_must_be_posted(script)


def test_a_post_that_was_skipped_or_sent_is_never_armed_again() -> None:
    desk = Desk(make_choosy_script(1))
    desk.run()
    ended = {key: post for key, post in desk.stored.items() if str(post.state) in ("sent", "skipped")}
    desk.stored = dict(ended)
    assert len(ended) > 5
    for moment in range(0, 400, 10):
        desk.plan(desk.script.start + timedelta(days=moment))
    assert {key: desk.stored[key] for key in ended} == ended


def test_another_hour_makes_no_other_posts() -> None:
    def keys(hour: str) -> set[str]:
        return {post.dedup_key for post in planner.forecast(guild(hour=hour), [following(found)])}

    found = film("US theatrical 2025-07-09", changes=[change("1: 2025-06-06 -> 2025-07-09", "2025-05-20 15:00")])
    assert keys("09:00") == keys("23:45")
    assert len(keys("09:00")) == 6
