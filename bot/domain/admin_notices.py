"""What those who look after a server, or a person, are told once about delivery: the sentences. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.destinations import Closure, Destination
from bot.domain.messages import Attempt, Message, MessageState, Settlement
from bot.domain.subscribers import SubscriberKind

#: Where nothing else can be written, a notice waits this long for a command of somebody who manages the server.
MANAGERS_FIRST = timedelta(days=1)
#: So often it is tried to write a notice somewhere; after that it waits for a command.
MAX_TRIES = 10
#: Told so long ago, a notice may be forgotten.
KEPT = timedelta(days=90)
#: Words that a notice of missing permissions has before anybody looked which they are.
_RICH = "Embed Links or Attach Files"


@dataclass(frozen=True, slots=True)
class AdminNotice:
    """One thing to tell, once."""

    subscriber_id: int
    about: str  #: of a subscriber each is told once: "closed:<channel>:<when>"
    sentence: str
    created_at: datetime
    id: int = 0
    attempts: int = 0
    tried_at: datetime | None = None  #: when an attempt may first have arrived

    @property
    def channel_id(self) -> int:
        """The channel that it is about: it is told elsewhere, if there is an elsewhere."""
        return int(self.about.split(":")[1])

    @property
    def is_of_permissions(self) -> bool:
        """Whether it names permissions, which are looked up when it is told."""
        return self.about.startswith("bare:")

    def naming(self, lacks: tuple[str, ...]) -> str:
        """The sentence with the permissions that are lacking."""
        return self.sentence.replace(_RICH, " and ".join(lacks)) if lacks else self.sentence


def wait_before_retry(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, at most an hour, before a notice is tried again."""
    return timedelta(minutes=min(2 ** min(attempts, 6), 60))


def closed_notice(destination: Destination, attempt: Attempt, kind: SubscriberKind) -> AdminNotice:
    """What is told when a destination is closed."""
    reason = attempt.reason
    if kind is SubscriberKind.USER:
        sentence = (
            f"Marquee's direct messages to you have stopped. {reason} Allow direct messages from this server's members "
            "in its privacy settings, then type `/me`: they go on, and one message tells what was missed."
        )
    elif attempt.closure is Closure.CHANNEL:
        sentence = (
            f"Marquee's posts to <#{destination.channel_id}> have stopped. {reason} Choose another channel in "
            "`/settings`. `/schedule` shows what is due."
        )
    else:
        sentence = (
            f"Marquee's posts to <#{destination.channel_id}> have stopped. {reason} Put that right, and they go on by "
            "themselves within a day or so; choose the channel again in `/settings`, or another one, and they go on at "
            "once. One message then tells what was missed. `/schedule` shows what is due."
        )
    about = f"closed:{destination.channel_id}:{int(destination.since.timestamp())}"
    return AdminNotice(destination.subscriber_id or 0, about, sentence, destination.since)


def settled_notice(message: Message, settlement: Settlement, attempt: Attempt, now: datetime) -> AdminNotice | None:
    """What is told of a message that ended badly; None if it did not.

    Once for a channel and day: `/schedule` has the others.
    """
    channel = f"<#{message.channel_id}>"
    if settlement.message is MessageState.UNCERTAIN:
        sentence = (
            f"A post of Marquee's to {channel} may be there or not; nobody can tell. {attempt.reason} It is not sent "
            "again by itself, so that nobody reads it twice: look into the channel. In `/schedule` you say that it is "
            "there, or have it sent again; `/settings` says what Marquee is allowed."
        )
    elif settlement.message is MessageState.FAILED and not settlement.close_destination:
        sentence = (
            f"Discord refused a post of Marquee's to {channel}. {attempt.reason} It is not sent again by itself: "
            "`/schedule` names it, and sends it again if you say so."
        )
    else:
        return None
    about = f"{settlement.message}:{message.channel_id}:{now:%Y-%m-%d}"
    return AdminNotice(message.subscriber_id, about, sentence, now)


def bare_notice(message: Message, now: datetime) -> AdminNotice:
    """What is told when a post arrived only after its picture and details were left away."""
    sentence = (
        f"Marquee's posts to <#{message.channel_id}> arrive without picture, details and buttons: it lacks {_RICH} "
        "there. Allow that in the channel's permissions, and the next post is whole."
    )
    return AdminNotice(message.subscriber_id, f"bare:{message.channel_id}:", sentence, now)
