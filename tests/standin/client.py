"""The tests' side of the control API: `StandinProcess` starts a stand-in and has a method for everything it can do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.standin.bulk_client import BulkClient
from tests.standin.errors import Json
from tests.standin.forum_client import ForumClient
from tests.standin.member_client import MemberClient
from tests.standin.people_client import PeopleClient
from tests.standin.pointing import API_VARIABLE, GATEWAY_VARIABLE
from tests.standin.process import PythonProcess
from tests.standin.records import Guild, LoggedRequest, Message, Status, Violation
from tests.standin.trouble_client import TroubleClient

BOT_TOKEN = "standin-token"

#: What a bot needs in a channel, and what a member may do in a fresh server.
USUAL = (
    "view_channel",
    "send_messages",
    "send_messages_in_threads",
    "embed_links",
    "attach_files",
    "read_message_history",
    "use_application_commands",
)


class StandinClient(BulkClient, PeopleClient, TroubleClient, ForumClient, MemberClient):
    """Everything a test can ask of a running stand-in; every snowflake is an int."""

    async def add_guild(
        self,
        name: str = "The Rialto",
        *,
        locale: str = "en-US",
        everyone: Sequence[str] = USUAL,
        bot: Sequence[str] = USUAL,
    ) -> Guild:
        """Add a server with the bot in it; permissions by discord.py's names."""
        arguments = {"name": name, "locale": locale, "everyone": list(everyone), "bot": list(bot)}
        return Guild(**await self.call("add_guild", **arguments))

    async def remove_guild(self, guild_id: int) -> None:
        """Remove the bot from a server: its channels then answer 403 50001."""
        await self.call("remove_guild", guild_id=guild_id)

    async def set_moderators_channel(self, guild_id: int, channel_id: int) -> None:
        """Make a server a community, with that channel for what Discord tells those who moderate it."""
        await self.call("set_moderators_channel", guild_id=guild_id, channel_id=channel_id)

    async def invite_again(self, guild_id: int) -> None:
        """Let the bot into a server that it was removed from."""
        await self.call("invite_again", guild_id=guild_id)

    async def add_channel(
        self, guild_id: int, name: str = "releases", *, kind: int = 0, parent_id: int | None = None
    ) -> int:
        """Add a channel (kind 5: announcements, 11: a public thread of `parent_id`); its id."""
        return await self.call("add_channel", guild_id=guild_id, name=name, kind=kind, parent_id=parent_id)

    async def delete_channel(self, channel_id: int) -> None:
        """Delete a channel: it then answers 404 10003."""
        await self.call("delete_channel", channel_id=channel_id)

    async def add_role(
        self, guild_id: int, name: str, *, permissions: Sequence[str] = (), is_mentionable: bool = False
    ) -> int:
        """Add a role; its id."""
        arguments = {"name": name, "permissions": list(permissions), "is_mentionable": is_mentionable}
        return await self.call("add_role", guild_id=guild_id, **arguments)

    async def add_person(
        self,
        name: str = "Ann",
        *,
        guild_id: int | None = None,
        role_ids: Sequence[int] = (),
        permissions: Sequence[str] = (),
    ) -> int:
        """Add a person, as a member of a server if one is given; their user id."""
        arguments = {"name": name, "role_ids": list(role_ids), "permissions": list(permissions)}
        return await self.call("add_person", guild_id=guild_id, **arguments)

    async def open_dm(self, user_id: int) -> int:
        """Get the bot's DM channel with a person; its id."""
        return await self.call("open_dm", user_id=user_id)

    async def set_accepts_dms(self, user_id: int, *, accepts: bool) -> None:
        """Let a person take DMs or not (403 50007)."""
        await self.call("set_accepts_dms", user_id=user_id, accepts=accepts)

    async def deny(self, channel_id: int, *permissions: str) -> None:
        """Deny the bot these permissions in a channel, and no others; none lifts every denial."""
        await self.call("overwrite", channel_id=channel_id, allow=[], deny=list(permissions))

    async def say(self, channel_id: int, content: str, *, user_id: int) -> int:
        """Write a message as a person; its id."""
        return await self.call("say", channel_id=channel_id, content=content, user_id=user_id)

    async def delete_message(self, message_id: int) -> None:
        """Delete a message, as a moderator would."""
        await self.call("delete_message", message_id=message_id)

    async def expire_nonces(self) -> None:
        """End the nonce window of all messages so far, at once."""
        await self.call("expire_nonces")

    async def set_nonce_window(self, seconds: float) -> None:
        """Set how long a nonce is remembered; 300 s at first."""
        await self.call("set_nonce_window", seconds=seconds)

    async def set_clock(self, ahead_seconds: float) -> None:
        """Let the ids of what is made from now on carry another time than the machine's; they grow all the same."""
        await self.call("set_clock", ahead_seconds=ahead_seconds)

    async def list_messages(
        self, channel_id: int, *, with_deleted: bool = False, with_ephemeral: bool = False
    ) -> list[Message]:
        """List what reached a channel, oldest first."""
        arguments = {"with_deleted": with_deleted, "with_ephemeral": with_ephemeral}
        records = await self.call("list_messages", channel_id=channel_id, **arguments)
        return [Message.from_json(record) for record in records]

    async def get_message(self, message_id: int) -> Message:
        """Get a message, deleted or not."""
        return Message.from_json(await self.call("get_message", message_id=message_id))

    async def list_commands(self, guild_id: int | None = None) -> list[Json]:
        """List the synced commands, a server's own or the global ones."""
        return await self.call("list_commands", guild_id=guild_id)

    async def list_requests(self, method: str = "*", path: str = "**", *, since: int = 0) -> list[LoggedRequest]:
        """List requests by method and path pattern (`*` one segment, `**` any), after the first `since` of all."""
        records = await self.call("list_requests", method=method, path=path, since=since)
        return [LoggedRequest(**record) for record in records]

    async def list_violations(self) -> list[Violation]:
        """List the bodies that did not fit Discord's OpenAPI description, if it was given."""
        return [Violation(**record) for record in (await self.call("list_violations"))["violations"]]

    async def count_checked(self) -> int:
        """Count the bodies held against Discord's OpenAPI description."""
        return (await self.call("list_violations"))["checked"]

    async def get_status(
        self, *, method: str = "*", path: str = "**", since: int = 0, channel_id: int | None = None
    ) -> Status:
        """Count what has happened so far."""
        scope = {"method": method, "path": path, "since": since, "channel_id": channel_id}
        return Status(**await self.call("status", **scope))

    async def wait_until(
        self,
        *,
        connected: int | None = None,
        identifies: int | None = None,
        resumes: int | None = None,
        too_fast: int | None = None,
        messages: int | None = None,
        requests: int | None = None,
        finished: int | None = None,
        method: str = "*",
        path: str = "**",
        since: int = 0,
        channel_id: int | None = None,
        delayed: int | None = None,
        timeout: float = 10.0,  # noqa: ASYNC109 - the stand-in does the waiting
    ) -> Status:
        """Wait until there are exactly `connected` sessions and `delayed` requests, and at least as many of
        each other thing.

        `requests` counts arrivals, hanging ones too, `finished` answers; `method`, `path`, `since` and `channel_id`
        say which are counted.

        Raises:
            TimeoutError: with the counts as they were.
        """
        scope = {"method": method, "path": path, "since": since, "channel_id": channel_id}
        wanted = {"identifies": identifies, "resumes": resumes, "messages": messages}
        wanted |= {"too_fast": too_fast, "requests": requests, "finished": finished}
        at_least = {name: number for name, number in wanted.items() if number is not None}
        exact = {"connected": connected, "delayed": delayed}
        exactly = {name: number for name, number in exact.items() if number is not None}
        is_met = await self.call("wait_until", at_least=at_least, exactly=exactly, timeout_seconds=timeout, **scope)
        status = Status(**await self.call("status", **scope))
        if not is_met:
            raise TimeoutError(f"waited {timeout} s for {at_least | exactly}, found {status}")
        return status


class StandinProcess(StandinClient):
    """A stand-in for the length of an `async with`, with the addresses to point a bot at.

    Without `openapi` the environment variable MARQUEE_DISCORD_OPENAPI says whether bodies are held against it. With a
    folder to `keep` its messages in, one started later with the same folder and port goes on where it was killed.
    What it says of troubles goes to `log`.
    """

    def __init__(
        self,
        *,
        token: str = BOT_TOKEN,
        openapi: Path | None = None,
        port: int = 0,
        keep: Path | None = None,
        log: Path | None = None,
    ) -> None:
        super().__init__()
        self.token = token
        self.api = ""
        self.gateway = ""
        arguments = ["--until-stdin-closes", "--token", token, "--port", str(port)]
        arguments += ["--openapi", str(openapi)] if openapi else []
        arguments += ["--keep", str(keep)] if keep else []
        self._arguments = arguments
        self._log = log
        self._process = self._prepare()

    def _prepare(self) -> PythonProcess:
        return PythonProcess("tests.standin", *self._arguments, with_stdout=True, log=self._log)

    async def kill(self) -> None:
        """End it with SIGKILL."""
        await self.close()
        await self._process.kill()

    async def revive(self) -> None:
        """Start it again at the same address, with what it was told to keep."""
        self._arguments += ["--port", str(urlsplit(self.api).port)]
        self._process = self._prepare()
        await self.__aenter__()

    async def __aenter__(self) -> Self:
        """Start it and wait until it serves."""
        await self._process.start()
        line = await self._process.read_line()
        if not line:
            await self._process.kill()
            raise RuntimeError("the stand-in did not start; its standard error says why")
        urls = json.loads(line)
        self.api, self.gateway = urls["api"], urls["gateway"]
        await self.open(urls["control"])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End it, with everything it remembers."""
        await self.kill()

    @property
    def environment(self) -> dict[str, str]:
        """What tells `python -m tests.standin.pointing` where the stand-in is."""
        return {API_VARIABLE: self.api, GATEWAY_VARIABLE: self.gateway}

    def bot(
        self, module: str, *arguments: str, environment: Mapping[str, str] | None = None, log: Path | None = None
    ) -> PythonProcess:
        """Prepare `python -m module arguments…` with discord.py pointed here; start it, or use it in `async with`."""
        variables = {**self.environment, **(environment or {})}
        return PythonProcess("tests.standin.pointing", module, *arguments, environment=variables, log=log)
