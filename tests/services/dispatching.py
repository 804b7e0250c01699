"""A dispatch with its chores, as the app wires it."""

from datetime import UTC, datetime

from bot.ports import Chore, Clock, LiveEditor, MessageSender, Publisher
from bot.services.correcting import Correcting
from bot.services.crossposting import Crossposting
from bot.services.dispatch import Dispatch
from bot.services.living import Living
from bot.services.pace import Pace
from bot.store import admin_notices as notice_store
from bot.store.database import Database


def make_dispatch(
    db: Database,
    sender: MessageSender,
    clock: Clock,
    *,
    owner: str = "test",
    per_second: int = 100_000,
    editor: LiveEditor | None = None,
    publisher: Publisher | None = None,
) -> Dispatch:
    pace = Pace(per_second)
    chores: list[Chore] = [Correcting(db, sender, clock, pace)]
    if editor is not None:
        chores.append(Living(db, sender, editor, clock, pace))
    if publisher is not None:
        chores.append(Crossposting(db, sender, publisher, clock, pace))
    return Dispatch(db, sender, clock, pace, owner=owner, chores=chores)


async def list_noticed(db: Database) -> list[str]:
    """What admins are still to be told, in order; it is told to nobody after this."""
    never = datetime(2200, 1, 1, tzinfo=UTC)
    async with db.transaction() as tx:
        return [notice.sentence for notice in await notice_store.take_due_notices(tx, never, never, 1000)]
