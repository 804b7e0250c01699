"""The outbox's property test, and that it finds each of many mistakes."""

import logging
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.services.outbox_machine import Outbox
from tests.services.outbox_mutants import MUTANTS, mutated
from tests.store.engines import PostgresServer

#: Every mistake is found within this many, most within ten. Always the same ones, in CI
#: and at home: a busy machine is no finding. On PostgreSQL, which takes three times as long, the first of them.
EXAMPLES, ON_POSTGRES, STEPS = 60, 6, 30


def look(*phases: Phase, examples: int = EXAMPLES) -> None:
    run_state_machine_as_test(  # pyright: ignore[reportUnknownMemberType]
        Outbox,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=phases,
            report_multiple_bugs=False,
            print_blob=False,
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
        ),
    )


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """Every outcome is logged; thousands of them are no use to anyone."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_nothing_doubles_nothing_is_lost_and_everything_ends() -> None:
    look(Phase.generate, Phase.shrink)


def test_nor_on_postgres(postgres: PostgresServer) -> None:
    with patch.object(Outbox, "postgres", postgres):
        look(Phase.generate, examples=ON_POSTGRES)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mistake_is_found(mutant: str) -> None:
    """On SQLite alone: it tells of the test, not of the engine."""
    with mutated(mutant), pytest.raises(AssertionError):
        look(Phase.generate)
