"""A dispatch with its chores, as the app wires it."""

from bot.ports import Clock, MessageSender
from bot.services.correcting import Correcting
from bot.services.dispatch import Dispatch
from bot.services.pace import Pace
from bot.store.database import Database


def make_dispatch(
    db: Database, sender: MessageSender, clock: Clock, *, owner: str = "test", per_second: int = 100_000
) -> Dispatch:
    pace = Pace(per_second)
    return Dispatch(db, sender, clock, pace, owner=owner, chores=[Correcting(db, sender, clock, pace)])
