"""The client's side of a person at the keyboard; the clocks behind `Answer.ms` are the stand-in's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.standin.calls import ControlCalls
from tests.standin.records import Answer, Message

Options = Mapping[str, str | int | float | bool]


class PeopleClient(ControlCalls):
    """Acts as a person and waits for what they would see.

    Nobody in particular does it unless `user_id` names somebody. A deferred answer is waited for, up to `timeout`
    seconds, until something follows it, and any answer until there are `followups` follow-ups. An answer whose `type`
    is None did not come within Discord's three seconds.
    """

    async def slash(
        self,
        name: str,
        options: Options | None = None,
        *,
        channel_id: int,
        user_id: int | None = None,
        followups: int = 0,
        timeout: float = 10.0,  # noqa: ASYNC109 - the stand-in does the waiting
    ) -> Answer:
        """Use a synced command, `"film"` or `"settings channel"`; users, roles and channels by id.

        Raises:
            StandinRefused: where Discord would not let a person send it: unknown, hidden, an option missing or wrong.
        """
        arguments = _who(channel_id, user_id, followups, timeout) | {"name": name, "options": dict(options or {})}
        return Answer.from_json(await self.call("slash", **arguments))

    async def autocomplete(
        self,
        name: str,
        option: str,
        text: str,
        options: Options | None = None,
        *,
        channel_id: int,
        user_id: int | None = None,
    ) -> Answer:
        """Type `text` into an option, with the other `options` filled in so far; see `Answer.choices`.

        Raises:
            StandinRefused: if the command or option is unknown or has no autocomplete.
        """
        arguments = _who(channel_id, user_id, 0, 0.0) | {"name": name, "focused": option}
        arguments["options"] = {**(options or {}), option: text}
        return Answer.from_json(await self.call("autocomplete", **arguments))

    async def click(
        self,
        message: Message | int,
        custom_id: str,
        *,
        values: Sequence[str] | None = None,
        user_id: int | None = None,
        followups: int = 0,
        timeout: float = 10.0,  # noqa: ASYNC109 - the stand-in does the waiting
    ) -> Answer:
        """Press the button with this custom_id, or pick `values` in the select menu with it.

        Raises:
            StandinRefused: if nothing enabled has it on that message.
        """
        message_id = message if isinstance(message, int) else message.id
        arguments = _who(0, user_id, followups, timeout) | {"message_id": message_id, "custom_id": custom_id}
        arguments["values"] = None if values is None else list(values)
        return Answer.from_json(await self.call("click", **arguments))

    async def submit(
        self,
        opened_by: Answer,
        values: Mapping[str, str | bool | Sequence[str]],
        *,
        followups: int = 0,
        timeout: float = 10.0,  # noqa: ASYNC109 - the stand-in does the waiting
    ) -> Answer:
        """Submit the modal that `opened_by` is, with values by custom_id; a text left out stays as it was filled in.

        Raises:
            StandinRefused: for a field that is unknown, missing, too short or too long.
        """
        arguments = _who(0, None, followups, timeout) | {"interaction_id": opened_by.interaction_id}
        arguments["values"] = {
            key: value if isinstance(value, str | bool) else list(value) for key, value in values.items()
        }
        return Answer.from_json(await self.call("submit", **arguments))

    async def get_answer(self, answer: Answer) -> Answer:
        """Look again at an answer; it may have had edits and follow-ups since."""
        return Answer.from_json(await self.call("get_answer", interaction_id=answer.interaction_id))


def _who(channel_id: int, user_id: int | None, followups: int, timeout_seconds: float) -> dict[str, object]:
    return {
        "channel_id": channel_id,
        "user_id": user_id,
        "followups": followups,
        "timeout_seconds": timeout_seconds,
    }
