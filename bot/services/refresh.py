"""Keeps followed films fresh: asks each source about what is due, and takes in what it says."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import random

from bot.domain.errors import SourceError, SourceUnavailable
from bot.domain.merge import remember
from bot.domain.refreshing import FAILED_AFTER, LISTED_EVERY, UNKNOWN_EVERY, next_check
from bot.domain.sources import Answer, AnswerState, Question
from bot.ports import FilmSource
from bot.services.taking import Taken, take_in
from bot.store import doubts as doubt_store
from bot.store import films as film_store
from bot.store import records as record_store
from bot.store.database import Database, Transaction
from bot.store.records import Due, RecordState, StoredRecord

log = logging.getLogger(__name__)
#: Films asked about in one run of the job, for each source; its own limits pace them.
A_RUN = 400
#: How far a list of changes is asked to overlap the last one: clocks differ, and edits appear with a delay.
OVERLAP = timedelta(hours=1)
CHANGES_EVERY = timedelta(hours=1)
#: A film is checked by hand no oftener than this, whoever asks.
BY_HAND_EVERY = timedelta(minutes=10)
#: Of the 3 seconds that Discord gives a command.
FRESHEN_SECONDS = 1.5
_STATES = {
    AnswerState.UNKNOWN: RecordState.UNKNOWN,
    AnswerState.GONE: RecordState.GONE,
    AnswerState.FAILED: RecordState.FAILED,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a film by hand came to."""

    asked: tuple[str, ...]  #: the sources that answered
    failed: tuple[tuple[str, str], ...] = ()  #: those that did not, and a clause that says why
    changes: int = 0  #: dates that are not what they were
    doubts: int = 0  #: dates that a source names and that are not believed yet
    too_soon: bool = False  #: it was checked a moment ago: nobody was asked


class Refresh:
    """Asks sources about followed films. Nothing that they fail to say is lost."""

    def __init__(self, db: Database, sources: Sequence[FilmSource], share: Callable[[], float] = random) -> None:
        self._db = db
        self._sources = sources
        self._share = share
        self._by_hand: dict[int, datetime] = {}
        self._listed_at: dict[str, datetime] = {}
        self._listed: dict[str, frozenset[str]] = {}  #: what each list of changes named the last time
        self._has_unasked = {source.name for source in sources}
        self._begun: dict[str, datetime] = {}  #: a source was asked about all films that were followed before then

    async def run(self, now: datetime) -> int:
        """Ask about what is due at `now`, all sources at once; how many films were asked about."""
        asked = await asyncio.gather(*(self._run_source(source, now) for source in self._sources))
        return sum(asked)

    async def check_now(self, film_id: int, now: datetime) -> Checked:
        """Ask every source about one film, because somebody wants to know."""
        last = self._by_hand.get(film_id)
        if last is not None and now - last < BY_HAND_EVERY:
            return Checked((), too_soon=True)
        self._by_hand = {each: at for each, at in self._by_hand.items() if now - at < BY_HAND_EVERY} | {film_id: now}
        return await self.ask_all(film_id, self._sources, now)

    async def ask_all(self, film_id: int, sources: Sequence[FilmSource], now: datetime) -> Checked:
        """Ask `sources` about one film, at once."""
        found = await asyncio.gather(*(self._ask_one(source, film_id, now) for source in sources))
        answered = [
            (source.name, taken) for source, taken in zip(sources, found, strict=True) if isinstance(taken, Taken)
        ]
        failed = [(error.source, error.reason) for error in found if isinstance(error, SourceError)]
        changes = sum(len([c for c in taken.changes if not c.history]) for _, taken in answered)
        doubts = sum(len(taken.doubts) for _, taken in answered)
        return Checked(tuple(name for name, _ in answered), tuple(failed), changes, doubts)

    async def freshen(self, film_id: int, now: datetime) -> None:
        """Have a film that is about to be followed asked about, and wait a moment for those who never were.

        What they say is then no news; a source that does not answer so soon is asked again by the job.
        """
        if not self._sources:
            return
        async with self._db.transaction() as tx:
            records = await record_store.list_records(tx, film_id)
            await record_store.ask_soon(tx, film_id, [source.name for source in self._sources], now)
        heard = {record.source for record in records if record.checked_at is not None}
        unheard = [source for source in self._sources if source.name not in heard]
        if unheard:
            with suppress(TimeoutError):
                async with asyncio.timeout(FRESHEN_SECONDS):
                    await self.ask_all(film_id, unheard, now)

    async def _run_source(self, source: FilmSource, now: datetime) -> int:
        try:
            await self._hasten(source, now)
        except SourceError as error:
            log.debug("%s did not list its changes: %s", source.name, error.reason)
        if source.name in self._has_unasked:
            await self._begin(source, now)
        asked: set[int] = set()
        while len(asked) < A_RUN:
            async with self._db.reading() as tx:
                due = await record_store.list_due(tx, source.name, now, min(source.batch, A_RUN - len(asked)))
            if not due or due[0].record.film_id in asked:
                break
            try:
                await self._ask(source, due, now)
            except SourceError as error:
                await self._put_off(source, error, now)
                break
            asked.update(each.record.film_id for each in due)
        return len(asked)

    async def _hasten(self, source: FilmSource, now: datetime) -> None:
        """Where a source lists what changed, ask about those at once; and look for films it was never asked about.

        What a list has named before is on it because it changed today: whether once more, only asking tells.
        """
        last = self._listed_at.get(source.name)
        if last is not None and now - last < CHANGES_EVERY:
            return
        self._listed_at[source.name] = now
        self._has_unasked.add(source.name)
        note = f"{source.name}: changes listed until"
        async with self._db.transaction() as tx:
            await record_store.rest_unfollowed(tx, source.name, now)
            until = await film_store.find_meta(tx, note)
        since = datetime.fromisoformat(until) if until else now - CHANGES_EVERY
        changed = await source.list_changed(since - OVERLAP, now) or frozenset()
        known = self._listed.get(source.name, frozenset())
        async with self._db.transaction() as tx:
            await record_store.hasten_changed(tx, source.name, changed - known, now)
            await record_store.hasten_changed(tx, source.name, changed & known, now, LISTED_EVERY)
            await film_store.set_meta(tx, note, now.isoformat())
        self._listed[source.name] = changed

    async def _begin(self, source: FilmSource, now: datetime) -> None:
        """Ask about films that this source was never asked about, as many as a run takes."""
        since = self._begun.get(source.name)  # the first time looks at every followed film
        async with self._db.reading() as tx:
            unasked = await record_store.list_unasked(tx, source.name, since, A_RUN)
        async with self._db.transaction() as tx:
            for film_id in unasked:
                await record_store.ask_soon(tx, film_id, [source.name], now)
        if len(unasked) < A_RUN:
            self._has_unasked.discard(source.name)
            self._begun[source.name] = now - OVERLAP

    async def _ask_one(self, source: FilmSource, film_id: int, now: datetime) -> Taken | SourceError | None:
        async with self._db.reading() as tx:
            records = await record_store.list_records(tx, film_id)
        blank = StoredRecord(film_id, source.name, RecordState.ASKED)
        record = next((record for record in records if record.source == source.name), blank)
        if record is blank:
            async with self._db.transaction() as tx:
                await record_store.save_record(tx, blank)
        try:
            async with self._db.reading() as tx:
                due = await _read_due(tx, record)
            [answer] = await source.fetch_films([_question(due)])
        except SourceError as error:
            return error
        taken = await self._settle(due, answer, now)
        if answer.state is AnswerState.FAILED:
            return SourceUnavailable(source.name, answer.reason)
        return taken or Taken(film_id)

    async def _ask(self, source: FilmSource, due: Sequence[Due], now: datetime) -> None:
        answers = await source.fetch_films([_question(each) for each in due])
        quiet: list[StoredRecord] = []
        for each, answer in zip(due, answers, strict=True):
            if _says_nothing_new(each, answer, now):
                quiet.append(self._noted(each, answer, now))
                continue
            try:
                await self._settle(each, answer, now)
            except Exception:  # a row's guard: what cannot be stored of one film may not hold up all that come after
                log.exception("What %s says of film %s cannot be stored", source.name, each.record.film_id)
                quiet.append(self._noted(each, Answer(AnswerState.FAILED, reason="it cannot be stored"), now))
        async with self._db.transaction() as tx:
            await record_store.note_records(tx, quiet)

    async def _settle(self, due: Due, answer: Answer, now: datetime) -> Taken | None:
        """Take in what a source said of one film; None if it said nothing of use."""
        record = due.record
        unchanged = answer.state is AnswerState.UNCHANGED
        film = record.film if unchanged else answer.film
        if film is None or (unchanged and not due.doubts):
            async with self._db.transaction() as tx:
                await record_store.note_records(tx, [self._noted(due, answer, now)])
            return None
        async with self._db.transaction() as tx:
            taken = await take_in(
                tx, film, record.source, now, film_id=record.film_id, validator=answer.validator or record.validator
            )
            after = await _read_due(tx, StoredRecord(taken.film_id, record.source, RecordState.FOUND))
            next_at = self._next_check(after, now, first=record.state is RecordState.ASKED)
            await record_store.note_records(tx, [replace(after.record, checked_at=now, next_check_at=next_at)])
        return taken

    def _noted(self, due: Due, answer: Answer, now: datetime) -> StoredRecord:
        """How asking went, where nothing new was said."""
        record = due.record
        if answer.state in (AnswerState.FOUND, AnswerState.UNCHANGED):
            state, checked_at = RecordState.FOUND, now
            next_at = self._next_check(due, now, first=record.state is RecordState.ASKED)
        else:
            wait = FAILED_AFTER if answer.state is AnswerState.FAILED else UNKNOWN_EVERY
            next_at, state, checked_at = now + wait * (1 + self._share()), _STATES[answer.state], None
            if record.state is not state:
                log.info("%s on film %s: %s %s", record.source, record.film_id, answer.state.value, answer.reason)
        return replace(
            record,
            state=state,
            reason=answer.reason,
            validator=answer.validator,
            checked_at=checked_at,
            next_check_at=next_at,
        )

    def _next_check(self, due: Due, now: datetime, *, first: bool) -> datetime:
        return next_check(due.releases, due.doubts, now, self._share(), first=first)

    async def _put_off(self, source: FilmSource, error: SourceError, now: datetime) -> None:
        """A source that does not answer is asked about what is due again later; what it said stays."""
        wait = max(FAILED_AFTER, timedelta(seconds=error.retry_seconds or 0))
        async with self._db.transaction() as tx:
            put_off = [
                replace(
                    each.record,
                    reason=error.reason,
                    validator="",
                    checked_at=None,
                    next_check_at=now + wait * (1 + self._share()),
                )
                for each in await record_store.list_due(tx, source.name, now, A_RUN)
            ]
            await record_store.note_records(tx, put_off)


def _says_nothing_new(due: Due, answer: Answer, now: datetime) -> bool:
    """Whether nothing is to be taken in; where something is in doubt, the same word again may settle it."""
    if answer.film is None:
        return not (answer.state is AnswerState.UNCHANGED and due.doubts)
    known = due.record.word
    same = known is not None and remember(known, answer.film, due.record.source, now).film == known.film
    return same and not due.doubts


async def _read_due(tx: Transaction, record: StoredRecord) -> Due:
    ids = await film_store.map_ids(tx, record.film_id)
    releases = await film_store.list_releases(tx, record.film_id)
    return Due(record, ids, releases, await doubt_store.list_doubts(tx, record.film_id))


def _question(due: Due) -> Question:
    """By the id that the source itself uses now; one that it has no longer is not asked for again, but the others."""
    ids, record = dict(due.ids), due.record
    if record.state is RecordState.GONE:
        ids.pop(record.source, None)
    elif record.film is not None and record.source in record.film.ids:
        ids[record.source] = record.film.ids[record.source]
    return Question(ids, record.validator if record.film and record.state is RecordState.FOUND else "")
