"""A backup is put back: what went out after it was made is in the channels, and the books know nothing of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.domain.messages import RESEND_WINDOW
from tests.chaos.audit import audit
from tests.chaos.seeding import MANY, MOVING, TODAY, WEEK, Seeding
from tests.chaos.stage import Stage

POSTS = "/channels/*/messages"


def copy(source: Path, target: Path) -> None:
    """What `sqlite3 marquee.db ".backup copy.db"` does, beside a running Marquee."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def put_back(stage: Stage, backup: Path) -> None:
    for end in ("-wal", "-shm"):
        stage.database.with_name(stage.database.name + end).unlink(missing_ok=True)
    stage.database.write_bytes(backup.read_bytes())


async def test_what_went_out_after_the_backup_is_not_told_again(stage: Stage) -> None:
    seeding = Seeding(stage)
    told = await seeding.add((WEEK,), (WEEK, TODAY), MANY, (WEEK,))
    backup = stage.folder / "backup.db"
    path = f"/channels/{told[3].channel_id}/messages"
    await stage.standin.hang_next("POST", path)
    async with stage.marquee() as bot:
        await stage.standin.wait_until(connected=1, timeout=20)
        copy(stage.database, backup)  # nothing is told yet, perhaps not even planned
        await stage.standin.wait_until(messages=4, requests=5, method="POST", path=POSTS, timeout=20)
        await bot.kill()
    put_back(stage, backup)
    late = await seeding.add((WEEK,))  # due before the start, and never sent by anybody
    await seeding.follow(told[0], MOVING)  # told in other company this time
    told[0] = type(told[0])(told[0].guild, told[0].channel_id, (WEEK, MOVING))
    seeding.seats = [*told, *late]
    stage.ledger.let_time_pass(int(RESEND_WINDOW.total_seconds()))
    stage.ledger.stop_heart(int(RESEND_WINDOW.total_seconds()))
    await stage.standin.expire_nonces()
    async with stage.marquee() as bot:
        await stage.wait_until_settled()
        assert await bot.terminate() == 0
    there = await audit(stage, seeding.seats)
    assert [len(there[seat.channel_id]) for seat in seeding.seats] == [2, 1, 2, 1, 1]
    assert stage.ledger.count("messages WHERE reason = 'found in the channel'") == 4
