"""What the planner reads of many subscribers at once: a dozen statements, however many they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.corrections import CORRECTED_FOR
from bot.domain.films import Film
from bot.domain.orders import LOOK_BACK, Case, Orders
from bot.domain.posts import PostState
from bot.store.claims import free_held
from bot.store.columns import epoch, texts_of
from bot.store.corrections import add_corrections, list_told, read_told
from bot.store.database import Row, Transaction
from bot.store.doubts import read_answer, read_doubt
from bot.store.film_rows import in_time, read_change, read_release
from bot.store.live import plan_edits, read_live, rearm
from bot.store.posts import arm_posts, cancel_posts, move_posts, read_post
from bot.store.statements import each
from bot.store.subscriber_rows import read_subscriber, subscription_of
from bot.store.subscribers import end_planning


async def list_awake(tx: Transaction, until: datetime, limit: int) -> list[int]:
    """List the subscribers, by id, that are to be planned by `until`, the one that has waited longest first.

    If there are more, every fifth is one that was woken last: who has just typed something is not to wait for 76,000
    whom a film woke.
    """
    values = {"until": epoch(until)}
    rows = await tx.all("list_awake", n=limit, **values)
    if len(rows) == limit and (few := limit // 5):
        rows = [*rows[:-few], *await tx.all("list_just_woken", n=few, **values)]
    return [row["id"] for row in rows]


class Batch:
    """The rows of some subscribers, as of one instant, each film's once.

    They become objects one subscriber at a time, outside the transaction: rows that make no sense stop only those whose
    they are. Never kept: a fact that changes after it was read wakes whom it concerns, and the next batch reads it.
    """

    def __init__(self, rows: Mapping[str, Sequence[Row]]) -> None:
        self._subscribers = {row["id"]: row for row in rows["subscribers"]}
        self._of = {name: _grouped(rows[name], "subscriber_id") for name in _OF_SUBSCRIBERS}
        self._film_rows = {row["id"]: row for row in rows["films"]}
        self._of_film = {name: _grouped(rows[name], "film_id") for name in _OF_FILMS}
        self._films: dict[int, Film] = {}
        self._own_changes: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for row in rows["own_changes"]:
            self._own_changes[row["subscriber_id"], row["film_id"]].append(row)

    def case(self, subscriber_id: int) -> Case:
        """What there is of one subscriber.

        Raises:
            KeyError: there is no such subscriber.
            ValueError: a row makes no sense.
        """
        subscriber = read_subscriber(self._subscribers[subscriber_id])
        of = {name: rows.get(subscriber_id, ()) for name, rows in self._of.items()}
        answers = {row["doubt_id"]: read_answer(row) for row in of["answers"]}
        subscriptions = [
            subscription_of(row, self._film_of(subscriber_id, row["film_id"]), answers) for row in of["subscriptions"]
        ]
        return Case(
            subscriber,
            subscriptions,
            tuple(map(read_post, of["waiting"])),
            frozenset(row["id"] for row in of["waiting"] if row["sent_again"]),
            {row["dedup_key"]: PostState(row["state"]) for row in of["keys"]},
            tuple(map(read_told, of["told"])),
            tuple(map(read_live, of["live"])),
        )

    def _film_of(self, subscriber_id: int, film_id: int) -> Film:
        """The film as one subscriber knows it: with the changes of date that concern it alone."""
        own = self._own_changes.get((subscriber_id, film_id))
        if own:
            return self._read_film(film_id, own)
        if film_id not in self._films:
            self._films[film_id] = self._read_film(film_id, ())
        return self._films[film_id]

    def _read_film(self, film_id: int, own_changes: Sequence[Row]) -> Film:
        """No more of a film than plan() looks at."""
        row = self._film_rows[film_id]
        of = {name: rows.get(film_id, ()) for name, rows in self._of_film.items()}
        return Film(
            id=film_id,
            title=row["title"],
            year=row["year"],
            countries=texts_of(row["countries"]),
            releases=tuple(map(read_release, of["releases"])),
            changes=in_time(map(read_change, [*of["changes"], *own_changes])),
            doubts=tuple(map(read_doubt, of["doubts"])),
        )


_OF_SUBSCRIBERS = ("subscriptions", "answers", "waiting", "keys", "told", "live")
_OF_FILMS = ("releases", "changes", "doubts")


async def read_batch(tx: Transaction, subscriber_ids: Iterable[int], now: datetime) -> Batch:
    """Read what `Batch.case` makes objects of."""
    wanted = list(subscriber_ids)
    ids = each(wanted)
    since = epoch(now - LOOK_BACK)
    subscriptions = await tx.all("list_subscriptions_of", ids=ids)
    film_ids = each({row["film_id"] for row in subscriptions})
    doubts = await tx.all("list_doubts_of", film_ids=film_ids)
    return Batch(
        {
            "subscribers": await tx.all("list_to_plan", ids=ids),
            "subscriptions": subscriptions,
            "films": await tx.all("list_films_of", film_ids=film_ids),
            "releases": await tx.all("list_releases_of", film_ids=film_ids),
            "changes": await tx.all("list_changes_of", film_ids=film_ids),
            "own_changes": await tx.all("list_own_changes_of", ids=ids),
            "doubts": doubts,
            "answers": await tx.all("list_answers_of", ids=ids) if doubts else (),
            "waiting": await tx.all("list_waiting_of", ids=ids, since=since),
            "keys": await tx.all("list_keys_of", ids=ids, since=since),
            "told": await list_told(tx, wanted, now - CORRECTED_FOR),
            "live": await tx.all("list_live", ids=ids),
        }
    )


async def carry_out(tx: Transaction, orders: Iterable[Orders], now: datetime) -> int:
    """Bring about what was decided for each subscriber whom no fact reached since, and put it to sleep; how many.

    Everyone's row is locked first, in the order of ids; nothing is written for those who have a fact that the plan does
    not know.
    """
    orders = list(orders)
    await free_held(tx, [order.subscriber_id for order in orders if order.free])
    seen = {order.subscriber_id: (order.revision, order.next_wake_at) for order in orders}
    settled = await end_planning(tx, seen) if seen else frozenset[int]()
    orders = [order for order in orders if order.subscriber_id in settled]
    await cancel_posts(tx, [post for order in orders for post in order.cancel], now)
    await move_posts(tx, [post for order in orders for post in order.move])
    await arm_posts(tx, [post for order in orders for post in order.arm])
    await rearm(tx, [post for order in orders for post in order.rearm])
    await add_corrections(tx, [message_id for order in orders for message_id in order.correct], now)
    await plan_edits(tx, [edit for order in orders for edit in order.edit])
    return len(settled)


def _grouped(rows: Iterable[Row], by: str) -> Mapping[int, Sequence[Row]]:
    grouped: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row[by]].append(row)
    return grouped
