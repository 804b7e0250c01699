"""The few seams with more than one adapter. Imports the domain only."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.dates import ReleaseDate
from bot.domain.destinations import Look
from bot.domain.messages import Attempt, Message, Parcel
from bot.domain.recall import Seen
from bot.domain.shards import Allowance
from bot.domain.sources import Answer, Found, FoundPerson, Month, Question
from bot.domain.subscribers import Subscriber


class Clock(Protocol):
    """What time it is: the machine's in production, a virtual one in the sandbox and in tests."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...


class MessageSender(Protocol):
    """Sends what is owed to a destination and says what came of it. Never raises for what Discord answers."""

    async def send(self, parcel: Parcel) -> Attempt:
        """Send `parcel`, with its message's key as nonce and as marker."""
        ...

    async def find(self, message: Message, after: datetime) -> Attempt:
        """Look for `message` in its destination's history since `after`: SENT, NOT_SENT, UNREADABLE or UNKNOWN."""
        ...

    async def correct(self, parcel: Parcel, moved: Mapping[int, ReleaseDate | None]) -> Attempt:
        """Edit a message that is in its channel into what it said, but for the lines of the posts `moved`, by id.

        Those are struck out, with the new date behind; nobody is pinged. SENT: it reads so, or is deleted.
        """
        ...


class LiveEditor(Protocol):
    """Edits live countdowns. Never raises for what Discord answers."""

    async def edit(self, parcel: Parcel) -> Attempt | None:
        """Make the message of `parcel` say what its countdown says now. Nobody is pinged. None: it has been deleted."""
        ...


class History(Protocol):
    """Reads what Marquee itself wrote. Never raises for what Discord answers."""

    async def list_own(self, channel_id: int, after: datetime) -> Sequence[Seen] | Attempt:
        """List our messages in a channel since `after`; else UNREADABLE, UNKNOWN, or REJECTED: it has no history."""
        ...


class Chore(Protocol):
    """What the dispatch also has done to messages that are in their channel, after what is due now."""

    async def take(self, now: datetime, limit: int) -> Sequence[Callable[[], Awaitable[Attempt]]]:
        """Take at most `limit` pieces of work that are due at `now`; each is done by calling it, once.

        What is taken and never done is due again later. The work paces itself, and never raises for Discord's answers.
        """
        ...


class Doorkeeper(Protocol):
    """Looks where Marquee may be and write, without anybody seeing it. Never raises for what Discord answers."""

    async def look(self, subscriber: Subscriber, channel_id: int) -> Look:
        """Look whether messages can be written to a channel of a server."""
        ...

    async def is_member(self, guild_id: int) -> bool | None:
        """Whether Marquee is in a server; None if Discord did not say."""
        ...

    async def list_guilds(self) -> frozenset[int] | None:
        """Every server that Marquee is in; None if Discord did not say, or not all."""
        ...


class Publisher(Protocol):
    """Publishes messages of announcement channels to those who follow them. Never raises for Discord's answers."""

    async def publish(self, message: Message) -> Attempt:
        """Publish a message that is in its channel. SENT: it is published, or deleted.

        With a `kind`: its channel is none of announcements.
        """
        ...


class Teller(Protocol):
    """Writes a sentence to those who look after a server. Never raises for what Discord answers."""

    async def tell(self, subscriber: Subscriber, places: Sequence[int], sentence: str, nonce: str) -> Attempt:
        """Write to the first of `places` that can be written to, else to the moderators' channel, else to the owner.

        CLOSED: none of them can be. Nobody is mentioned.
        """
        ...

    async def find(self, subscriber: Subscriber, places: Sequence[int], sentence: str, after: datetime) -> Attempt:
        """Look in the same places for a sentence that may have arrived since `after`: SENT, NOT_SENT or UNKNOWN."""
        ...


class RequestPace(Protocol):
    """How fast requests leave for Discord, and what its answers say of that."""

    async def admit(self) -> Callable[[bool], None]:
        """Wait until one more request may leave; call what it returns at its end, with whether it was answered."""
        ...

    def note_invalid(self) -> None:
        """Count an answer of 401, 403 or 429 towards those for which Discord bans an address."""
        ...

    def note_global_limit(self, seconds: float) -> None:
        """Hold everything for so long, and be slower for a while."""
        ...


class Gatekeeper(Protocol):
    """Knows how often Discord lets a bot connect. Never raises for what Discord answers."""

    async def fetch_allowance(self) -> Allowance | None:
        """Ask what Discord allows now; None if it did not say."""
        ...


class FilmSource(Protocol):
    """A place on the network where film facts come from. Every method may raise SourceError, and nothing else."""

    @property
    def name(self) -> str:
        """What its ids and facts are marked with: "tmdb"."""
        ...

    @property
    def batch(self) -> int:
        """How many films it is best asked about at once."""
        ...

    async def fetch_films(self, questions: Sequence[Question]) -> Sequence[Answer]:
        """Ask about films; an answer for each question, in order.

        A film is looked up by whichever of its ids the source knows, never by title.
        """
        ...

    async def search(self, typed: str, year: int | None, country: str) -> Sequence[Found]:
        """Films that fit what was typed, best first, at most 25."""
        ...

    async def list_changed(self, since: datetime, until: datetime) -> frozenset[str] | None:
        """Its ids of the films that changed in that time; None if it has no list that goes so far back."""
        ...

    async def list_of_franchise(self, ref: str) -> Sequence[Found]:
        """The films of a franchise that it calls `ref` ("tmdb:404609")."""
        ...

    async def search_people(self, typed: str) -> Sequence[FoundPerson]:
        """People that fit a name, best first, at most 25."""
        ...

    async def list_of_person(self, ref: str) -> Sequence[Found]:
        """The films that a person ("tmdb:224513") directs or leads, whenever they come out."""
        ...

    async def list_coming(self, country: str, month: Month) -> Sequence[Found]:
        """Films that come to the cinemas of a country in that time; empty if it has no such list."""
        ...
