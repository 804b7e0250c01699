"""The gateway: hello, identify, resume, heartbeats and dispatch, over a WebSocket with zlib-stream if asked for."""

from __future__ import annotations

import json
import time
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import WSMsgType, web

from tests.standin.changes import Changes
from tests.standin.errors import Json
from tests.standin.furniture import furnished_shape
from tests.standin.shapes import own_user_shape
from tests.standin.starts import SessionStarts, Verdict
from tests.standin.world import Guild, World

HEARTBEAT_MS = 41_250
RESUMABLE_SECONDS = 60.0
GUILDS_INTENT = 1
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
_SILENTLY_TAKEN = {3, 4, 8, 31, 43}  # presence, voice state, member, soundboard and channel-info requests: no answer

Cut = Literal["abort", "close", "reconnect", "invalidate"]


@dataclass(slots=True)
class Session:
    """What a bot identified as; outlives its socket for a minute, so that it can be resumed."""

    id: str
    intents: int
    shard: tuple[int, int]
    socket: Socket | None = None
    sequence: int = 0
    sent: deque[Json] = field(default_factory=lambda: deque[Json](maxlen=1_000))
    left_at: float = 0.0

    def covers(self, guild_id: int) -> bool:
        """Whether this shard gets a server's events; DMs (0) go to shard 0."""
        number, count = self.shard
        return (guild_id >> 22) % count == number


class Socket:
    """One WebSocket, writing JSON as text or as one zlib stream."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request) -> None:
        self.ws = ws
        self.request = request
        self._deflater = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    async def send(self, op: int, data: object, *, sequence: int | None = None, event: str | None = None) -> None:
        """Send one payload; a socket that is gone swallows it, as the session keeps it for a resume."""
        text = json.dumps({"op": op, "d": data, "s": sequence, "t": event})
        try:
            if self._deflater is None:
                await self.ws.send_str(text)
            else:
                raw = self._deflater.compress(text.encode()) + self._deflater.flush(zlib.Z_SYNC_FLUSH)
                await self.ws.send_bytes(raw)
        except ConnectionError:
            self.abort()

    def abort(self) -> None:
        """Cut the connection without a closing frame."""
        if self.request.transport is not None:
            self.request.transport.abort()


class Gateway:
    """Every session, and the counters that tests wait for."""

    def __init__(self, world: World, changes: Changes) -> None:
        self._world = world
        self._changes = changes
        self._sessions: dict[str, Session] = {}
        self.url = ""
        self.starts = SessionStarts()
        self.identifies = 0
        self.resumes = 0

    @property
    def connected(self) -> int:
        """How many sessions have a live socket and have had READY or RESUMED."""
        return sum(session.socket is not None for session in self._sessions.values())

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        ws = web.WebSocketResponse(max_msg_size=0)
        await ws.prepare(request)
        socket = Socket(ws, request)
        await socket.send(HELLO, {"heartbeat_interval": HEARTBEAT_MS, "_trace": []})
        session: Session | None = None
        try:
            async for frame in ws:
                if frame.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    continue
                payload: Json = json.loads(frame.data)
                op = payload.get("op")
                if op == HEARTBEAT:
                    await socket.send(ACK, None)
                elif op in {IDENTIFY, RESUME} and session is not None:
                    await ws.close(code=4005, message=b"Already authenticated.")
                elif op == IDENTIFY:
                    session = await self._identify(socket, payload["d"])
                elif op == RESUME:
                    session = await self._resume(socket, payload["d"])
                elif session is None:
                    await ws.close(code=4003, message=b"Not authenticated.")
                elif op not in _SILENTLY_TAKEN:
                    await ws.close(code=4001, message=b"Unknown opcode.")
        finally:
            if session is not None and session.socket is socket:
                session.socket, session.left_at = None, time.monotonic()
            self._changes.notify()
        return ws

    async def dispatch(self, event: str, data: Json, *, guild_id: int | None, intent: int = 0) -> int:
        """Send an event to every session whose shard and intents take it; the number of live ones it went to."""
        self._forget_stale()
        reached = 0
        for session in list(self._sessions.values()):
            if session.covers(guild_id or 0) and session.intents & intent == intent:
                reached += session.socket is not None
                await self._send_event(session, event, data)
        return reached

    async def announce(self, guild: Guild) -> None:
        """Tell sessions with the guilds intent that the bot joined a server."""
        data = furnished_shape(self._world, guild)
        await self.dispatch("GUILD_CREATE", data, guild_id=guild.id, intent=GUILDS_INTENT)

    async def cut(self, how: Cut, code: int) -> int:
        """End every live connection: without a word, with a close code, or by asking to resume or identify anew."""
        live = [session for session in self._sessions.values() if session.socket is not None]
        for session in live:
            socket = session.socket
            if socket is None:
                continue
            session.socket, session.left_at = None, time.monotonic()
            if how == "invalidate":
                self._sessions.pop(session.id, None)
                await socket.send(INVALID_SESSION, False)
            elif how == "reconnect":
                await socket.send(RECONNECT, None)
            elif how == "close":
                await socket.ws.close(code=code)
            else:
                socket.abort()
        self._changes.notify()
        return len(live)

    async def _identify(self, socket: Socket, data: Json) -> Session | None:
        if data.get("token") != self._world.token:
            await socket.ws.close(code=4004, message=b"Authentication failed.")
            return None
        self._forget_stale()
        number, count = data.get("shard") or (0, 1)
        if not 0 <= number < count:
            await socket.ws.close(code=4010, message=b"Invalid shard.")
            return None
        verdict = self.starts.judge(number, count)
        if verdict is Verdict.TOO_FAST:
            await socket.send(INVALID_SESSION, False)
            return None
        if verdict is Verdict.USED_UP:
            await socket.ws.close(code=4004, message=b"Authentication failed.")
            return None
        self.identifies += 1
        session = Session(f"session-{self.identifies}", int(data.get("intents", 0)), (number, count), socket)
        self._sessions[session.id] = session
        guilds = [g for g in self._world.guilds.values() if g.has_bot and session.covers(g.id)]
        ready: Json = {
            "v": 10,
            "user": own_user_shape(self._world),
            "application": {"id": str(self._world.application_id), "flags": 0},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "private_channels": [],
            "presences": [],
            "relationships": [],
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": [],
            "user_settings": {},
            "_trace": [],
        }
        if data.get("shard"):
            ready["shard"] = [number, count]
        await self._send_event(session, "READY", ready)
        if session.intents & GUILDS_INTENT:
            for guild in guilds:
                await self._send_event(session, "GUILD_CREATE", furnished_shape(self._world, guild))
        self._changes.notify()
        return session

    async def _resume(self, socket: Socket, data: Json) -> Session | None:
        self._forget_stale()
        session = self._sessions.get(str(data.get("session_id")))
        if session is None or data.get("token") != self._world.token:
            await socket.send(INVALID_SESSION, False)
            return None
        self.resumes += 1
        session.socket = socket
        for missed in [event for event in session.sent if event["s"] > (data.get("seq") or 0)]:
            await socket.send(DISPATCH, missed["d"], sequence=missed["s"], event=missed["t"])
        await self._send_event(session, "RESUMED", {"_trace": []})
        self._changes.notify()
        return session

    async def _send_event(self, session: Session, event: str, data: Json) -> None:
        session.sequence += 1
        session.sent.append({"t": event, "s": session.sequence, "d": data})
        if session.socket is not None:
            await session.socket.send(DISPATCH, data, sequence=session.sequence, event=event)

    def _forget_stale(self) -> None:
        limit = time.monotonic() - RESUMABLE_SECONDS
        for session in list(self._sessions.values()):
            if session.socket is None and session.left_at < limit:
                del self._sessions[session.id]
