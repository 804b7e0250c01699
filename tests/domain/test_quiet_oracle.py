"""Years with quiet hours in nine zones: plan() posts exactly what an oracle says that shares no code with it."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest

from bot.domain import changes
from bot.domain import plan as planner
from bot.domain.posts import PostKind
from bot.domain.quiet import QuietHours
from bot.domain.subscribers import Subscriber
from tests.domain.desk import Desk
from tests.domain.oracle import Posted, what_must_be_posted
from tests.domain.quiet_oracle import QUIET, make_quiet_script, what_must_be_posted_quietly
from tests.domain.script import ZONES, Script

SEEDS = range(len(ZONES))
Mutant = Callable[[pytest.MonkeyPatch], None]


def script_of(seed: int) -> Script:
    return make_quiet_script(seed, films=6)


@cache
def oracle_of(seed: int) -> tuple[Posted, ...]:
    return tuple(what_must_be_posted_quietly(script_of(seed)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_with_quiet_hours_brings_what_the_oracle_says(seed: int) -> None:
    posted = Desk(script_of(seed)).run()
    assert posted == list(oracle_of(seed))
    assert len({post[1:] for post in posted if post.what == "release"}) == sum(p.what == "release" for p in posted)


def test_planning_at_every_moment_and_twice_changes_nothing() -> None:
    for seed in (0, 3):
        assert Desk(script_of(seed), eager=True).run() == list(oracle_of(seed))


def test_looking_at_every_quarter_of_an_hour_finds_nothing_more() -> None:
    script = make_quiet_script(1, films=2)
    assert what_must_be_posted_quietly(script, every_quarter=True) == what_must_be_posted_quietly(script)


def test_the_years_hold_what_quiet_hours_are_about() -> None:
    scripts = [script_of(seed) for seed in SEEDS]
    in_force = [s for script in scripts for s in (script.settings, *(e.settings for e in script.events)) if s]
    assert {settings.quiet for settings in in_force} == set(QUIET)
    assert sum(len(script.events) for script in scripts) > 150
    moved = {seed: set(what_must_be_posted(script_of(seed))) - set(oracle_of(seed)) for seed in SEEDS}
    kinds = [post.what for posts in moved.values() for post in posts]
    assert min(kinds.count(kind) for kind in ("countdown", "release", "date_change")) > 10


def the_hour_stays(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Subscriber, "posts_at", property(lambda subscriber: subscriber.posting_time))


def news_waits_for_no_hour(patch: pytest.MonkeyPatch) -> None:
    right = changes.notice_due
    patch.setattr(planner, "notice_due", lambda subscriber, told: right(subscriber, told) - timedelta(hours=6))


def countdowns_outlive_their_day(patch: pytest.MonkeyPatch) -> None:
    right = planner._countdown

    def longer(*args: object) -> object:
        for post in right(*args):  # type: ignore[arg-type]
            fresh = timedelta(days=1) if post.kind is PostKind.COUNTDOWN else timedelta()
            yield planner.replace(post, fresh_until=post.fresh_until + fresh)

    patch.setattr(planner, "_countdown", longer)


def nights_end_at_midnight(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(QuietHours, "cover", lambda quiet, at: quiet.start <= at < quiet.end)


@pytest.mark.parametrize(
    "mutant",
    [the_hour_stays, news_waits_for_no_hour, countdowns_outlive_their_day, nights_end_at_midnight],
    ids=lambda mutant: mutant.__name__,
)
def test_the_oracle_tells_a_wrong_plan_from_the_right_one(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [oracle_of(seed) for seed in SEEDS]
    mutant(monkeypatch)
    assert any(set(Desk(script_of(seed)).run()) != set(wanted[seed]) for seed in SEEDS)
