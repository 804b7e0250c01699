"""What may never happen while messages go out: checked at every request and every commit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.messages import Attempt, Outcome, Parcel
from bot.domain.posts import LATE, Post, PostKind
from bot.store.columns import epoch
from bot.store.database import Row
from bot.ui.posts import content_of
from tests.services.outbox_discord import Watch

ZONE = ZoneInfo("America/New_York")
_ENDS = {"sent", "dissolved", "failed", "uncertain"}


@dataclass
class Facts(Watch):
    """The world as the store knows it, kept apart from it, and what every process did."""

    now: datetime  #: by the machine's clock
    days: dict[int, date] = field(default_factory=dict[int, date])  #: of each film; a film without one is not followed
    followed: set[int] = field(default_factory=set[int])
    quiet: tuple[time, time] | None = None
    cap: int = 6
    paused: bool = False
    closed: set[int] = field(default_factory=set[int])
    taken: dict[int, Row] = field(default_factory=dict[int, Row])  #: the posts of the messages that are being made
    carried: dict[int, list[Row]] = field(default_factory=dict[int, list[Row]])  #: those of each message
    told: list[tuple[int, date, bool]] = field(default_factory=list[tuple[int, date, bool]])  #: channel, day, digest
    not_before: dict[str, datetime] = field(default_factory=dict[str, datetime])  #: by dedup key
    held_until: dict[int, int] = field(default_factory=dict[int, int])  #: epoch seconds, by message
    ended: set[int] = field(default_factory=set[int])
    broken: list[AssertionError] = field(default_factory=list[AssertionError])
    channel_of: dict[int, tuple[int, bool]] = field(default_factory=dict[int, tuple[int, bool]])

    def sending(self, parcel: Parcel) -> None:
        """One request: whatever is wrong with it is wrong for good."""
        message, local = parcel.message, self.now.astimezone(ZONE)
        assert not self._is_quiet(local.time()), "sent in quiet hours"
        for post in message.posts:
            self._is_true(post, local.date())
            held = self.not_before.get(post.dedup_key)
            assert held is None or self.now >= held, "asked again before Discord allowed it"
        told = [post for post in message.posts if post.kind is not PostKind.RESUME]  # others show that posts are back
        late = [post for post in told if self.now - post.due_at > LATE]
        assert not late or re.search(r"\b[Ll]ate\b", content_of(parcel, 2000)), "late, and does not say so"
        assert message.channel_id not in self.closed, "sent to a channel that is closed"

    def answered(self, parcel: Parcel, attempt: Attempt) -> None:
        """Remember what Discord asked for."""
        if attempt.outcome is Outcome.NOT_SENT:
            for post in parcel.message.posts:
                self.not_before[post.dedup_key] = self.now + attempt.retry_after

    def wrote(self, name: str, values: Mapping[str, Any], rows: list[Row]) -> None:
        """What was committed: who owns which message, and what became of it."""
        try:
            self._note(name, values, rows)
        except AssertionError as error:  # who wrote it may take that for a transaction that failed
            self.broken.append(error)
            raise

    def _note(self, name: str, values: Mapping[str, Any], rows: list[Row]) -> None:
        match name:
            case "list_opened":
                self.held_until |= {row["id"]: row["lease_until"] for row in rows}
                self.channel_of |= {row["id"]: (row["channel_id"], False) for row in rows}
                self.carried = {}
            case "take_due_posts":
                self.taken = {row["id"]: row for row in rows}
            case "add_message_post" if values["post_id"] in self.taken:
                self.carried.setdefault(values["message_id"], []).append(self.taken[values["post_id"]])
            case "seal_message":
                id_, digest = values["message_id"], bool(values["digest"])
                channel_id, _ = self.channel_of[id_]
                self._claimed(channel_id, self.carried[id_], digest=digest)
                self.channel_of[id_] = (channel_id, digest)
            case "mark_plain" if rows:
                self.held_until[rows[0]["id"]] = values["lease_until"]
            case "expire_leases":
                self.held_until |= {row["id"]: values["now"] for row in rows}
            case "take_doubtful":
                for row in rows:
                    assert row["id"] not in self.ended, "taken up again after its end"
                    assert self.held_until[row["id"]] <= values["now"], "taken from a living owner"
                    self.held_until[row["id"]] = values["lease_until"]
            case "settle_message" if rows:
                self._settled(values["message_id"], values)
            case "settle_arrived":
                for row in rows:
                    self._settled(row["id"], {"state": "sent", "settled_at": values["now"]})
            case "close_destination" if rows:
                self.closed.add(values["channel_id"])
            case _:
                pass

    def _settled(self, id_: int, values: Mapping[str, Any]) -> None:
        state = values["state"]
        assert id_ not in self.ended, "settled by two owners"
        if state not in _ENDS:
            self.held_until[id_] = values["retry_at"]
            return
        self.ended.add(id_)
        if state in ("sent", "uncertain"):
            channel_id, digest = self.channel_of[id_]
            day = datetime.fromtimestamp(values["settled_at"], ZONE).date()
            self.told.append((channel_id, day, digest))

    def _is_quiet(self, at: time) -> bool:
        if self.quiet is None:
            return False
        start, end = self.quiet
        return start <= at < end if start < end else at >= start or at < end

    def _is_true(self, post: Post, today: date) -> None:
        if not post.kind.names_a_day or post.film_id is None or post.date is None:
            return
        day = self.days[post.film_id]
        assert post.film_id in self.followed, "of a film that nobody follows"
        assert post.date.day == day, f"{post.kind} of {post.date}, and the film comes on {day}"
        if post.kind is PostKind.COUNTDOWN:
            assert post.milestone_days == (day - today).days, "counts down from another day"

    def _claimed(self, channel_id: int, taken: list[Row], *, digest: bool) -> None:
        """A message was made: what is in it was due, and not too much for the day."""
        kinds = {row["kind"] for row in taken}
        assert all(row["due_at"] <= epoch(self.now) for row in taken), "claimed before its time"
        assert not self.paused or kinds == {"resume"}, "claimed in a pause"
        today = self.now.astimezone(ZONE).date()
        today_here = [brief for channel, day, brief in self.told if (channel, day) == (channel_id, today)]
        if kinds == {"release"}:
            return
        if digest:
            assert not any(today_here), "a second digest"
            assert len(today_here) >= self.cap, "a digest before the cap"
        else:
            assert len(today_here) < self.cap, "more than the cap"
