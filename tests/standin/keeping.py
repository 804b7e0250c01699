"""What Discord stored outlives a stand-in that is killed: every message is in a file before anybody is answered."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import BinaryIO

from tests.standin.messages import Message, MessageStore
from tests.standin.world import World


class Keeping:
    """A journal of messages, and the world as it is, in a folder; read at the start.

    Kept: servers, channels, people, messages, nonces. Not kept: sessions, faults, requests, commands.
    """

    def __init__(self, folder: Path, world: World, messages: MessageStore) -> None:
        self._world = world
        self._state = folder / "world.pickle"
        self._journal = folder / "messages.pickle"
        folder.mkdir(exist_ok=True)
        if self._state.exists():
            vars(world).update(pickle.loads(self._state.read_bytes()))  # noqa: S301 - our own file
        if self._journal.exists():
            with self._journal.open("rb") as journal:
                while record := _read(journal):
                    messages.take_back(record)
        messages.changed = self.note

    def note(self, message: Message) -> None:
        """Write a message down, new or changed; with the world, for its channel may be new."""
        with self._journal.open("ab") as journal:
            journal.write(pickle.dumps(message))
        self.save_world()

    def save_world(self) -> None:
        """Write the world down, whole or not at all."""
        new = self._state.with_suffix(".new")
        new.write_bytes(pickle.dumps(vars(self._world)))
        new.replace(self._state)


def _read(journal: BinaryIO) -> Message | None:
    """The next message; None at the end, and for one that was being written when the stand-in was killed."""
    try:
        return pickle.load(journal)  # noqa: S301 - our own file
    except (EOFError, pickle.UnpicklingError):
        return None
