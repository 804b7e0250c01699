"""How each row of the table is brought about: what goes wrong at Discord, how time passes, and what mends it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.messages import DOUBT_LOOKS
from bot.domain.posts import PostKind
from tests.outcomes.stage import Stage
from tests.standin.pointing import pointed_at

SECONDS, MINUTES, HOURS = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours"))
#: Until the key still holds, until the history is read, and some more.
SOON = (5 * SECONDS, 10 * SECONDS, MINUTES, 5 * MINUTES, 10 * MINUTES, 14 * MINUTES)
#: discord.py makes a request five times by itself after these.
REPEATED = 5

Step = Callable[[Stage], Awaitable[None]]


async def _nothing(stage: Stage) -> None:
    """Nothing goes wrong."""


@dataclass(frozen=True, slots=True)
class Injection:
    """`before` nine o'clock; then what happens from nine o'clock on; then what `mends` it, so that posts go on."""

    before: Step = _nothing
    meanwhile: Step | None = None  #: None: time passes
    mends: Step | None = None
    kind: PostKind = PostKind.RELEASE
    person: bool = False
    shown: int = 1  #: messages in the channel, if the post is sent
    gives_up_soon: bool = False  #: the 40 s of a send are a fraction of a second


def failing(status: int, code: int = 0, *, times: int = 1, stored: bool = False) -> Injection:
    async def before(stage: Stage) -> None:
        await stage.standin.fail_next("POST", stage.messages_path, status, code=code, times=times, stored=stored)

    return Injection(before)


def limited(*, is_global: bool) -> Injection:
    async def before(stage: Stage) -> None:
        await stage.standin.limit_next("POST", stage.messages_path, retry_after=45, is_global=is_global)

    async def meanwhile(stage: Stage) -> None:
        await stage.pass_time(44 * SECONDS)
        assert await stage.posted() == []
        await stage.pass_time(2 * SECONDS)

    return Injection(before, meanwhile)


def dropped(*, stored: bool) -> Injection:
    async def before(stage: Stage) -> None:
        await stage.standin.drop_next("POST", stage.messages_path, stored=stored)

    return Injection(before)


def killed(*, stored: bool, readable: bool = True) -> Injection:
    """The connection drops, and Marquee is back only when Discord has forgotten the key."""

    async def before(stage: Stage) -> None:
        await stage.standin.drop_next("POST", stage.messages_path, stored=stored)

    async def meanwhile(stage: Stage) -> None:
        await stage.standin.expire_nonces()
        if not readable:
            await stage.standin.deny(stage.channel_id, "read_message_history")
        stage.restart()
        await stage.pass_time(5 * MINUTES, *SOON)

    return Injection(before, meanwhile)


def hanging(*, stored: bool) -> Injection:
    async def before(stage: Stage) -> None:
        await stage.standin.hang_next("POST", stage.messages_path, stored=stored)

    return Injection(before, gives_up_soon=True)


def denied(*permissions: str) -> Injection:
    async def before(stage: Stage) -> None:
        await stage.standin.deny(stage.channel_id, *permissions)

    async def mends(stage: Stage) -> None:
        await stage.standin.deny(stage.channel_id)
        await stage.pass_time(2 * HOURS)

    return Injection(before, mends=mends)


async def _unauthorised(stage: Stage) -> None:
    await stage.pass_time(2 * MINUTES, 2 * MINUTES)
    assert await stage.posted() == []
    assert len(await stage.standin.list_requests("POST", stage.messages_path)) == 1
    await stage.pass_time(2 * MINUTES)


async def _removed(stage: Stage) -> None:
    await stage.standin.remove_guild(stage.guild.id)


async def _removed_and_unknown(stage: Stage) -> None:
    await stage.standin.remove_guild(stage.guild.id)
    await stage.standin.fail_next("POST", stage.messages_path, 404, code=10004)


async def _invited_again(stage: Stage) -> None:
    assert (await stage.settings()).left_at is not None
    asked = len(await stage.standin.list_requests())
    await stage.pass_time(24 * HOURS, 24 * HOURS)
    assert len(await stage.standin.list_requests()) == asked, "a server that was left is asked nothing"
    await stage.standin.invite_again(stage.guild.id)
    await stage.presence.run(stage.time)
    assert (await stage.settings()).left_at is None
    await stage.pass_time(SECONDS)


async def _deleted(stage: Stage) -> None:
    await stage.standin.delete_channel(stage.channel_id)


async def _takes_no_dms(stage: Stage) -> None:
    await stage.standin.set_accepts_dms(stage.person_id, accepts=False)


async def _comes_back(stage: Stage) -> None:
    await stage.pass_time(48 * HOURS)
    assert len(await stage.standin.list_requests("POST", stage.messages_path)) == 1, "nobody is pestered"
    await stage.standin.set_accepts_dms(stage.person_id, accepts=True)
    await stage.preferences.reopen_all(await stage.settings(), stage.time)
    await stage.pass_time(SECONDS)


def outage(hours: float, *, kind: PostKind = PostKind.RELEASE, connected: bool) -> Injection:
    """Discord is away from nine on, and asked again so often that patience could have come to an end."""
    looks = 2 * DOUBT_LOOKS
    step = timedelta(hours=hours) / looks

    async def go_through(stage: Stage) -> None:
        for _ in range(looks):
            await stage.tick(stage.time + step)

    async def before(stage: Stage) -> None:
        if connected:
            await stage.standin.fail_next("*", "**", 503, times=100_000)

    async def meanwhile(stage: Stage) -> None:
        if connected:
            await go_through(stage)
            await stage.standin.clear_faults()
            await stage.standin.expire_nonces()
        await stage.pass_time(*SOON)

    async def cut_off(stage: Stage) -> None:
        with pointed_at("http://127.0.0.1:9/api/v10", "ws://127.0.0.1:9"):  # the discard port: nobody listens
            await stage.tick(stage.due_at)
            await go_through(stage)

    return Injection(before if connected else cut_off, meanwhile, kind=kind)


INJECTIONS: dict[str, Injection] = {
    "200": Injection(),
    "200 that cannot be read": failing(200, stored=True),
    "400": failing(400, 50035),
    "400, to plain text too": failing(400, 50035, times=2),
    "401": Injection(failing(401).before, _unauthorised),
    "403 50001": denied("view_channel"),
    "403 50001 in every channel: the server removed Marquee": Injection(_removed, mends=_invited_again),
    "403 50013": denied("send_messages"),
    "403 50013 for the picture or the embed alone": Injection(denied("attach_files", "embed_links").before),
    "403 50007": Injection(_takes_no_dms, mends=_comes_back, person=True),
    "404 10003": Injection(_deleted),
    "404 10004": Injection(_removed_and_unknown, mends=_invited_again),
    "404 10008: it was stored before, and deleted since": Injection(failing(404, 10008).before, shown=0),
    "403 or 404 without a code of Discord's (a proxy's page), or \"slow down\"": failing(403),
    "429 of the channel": limited(is_global=False),
    "429 of the whole bot": limited(is_global=True),
    "500": failing(500, times=REPEATED),
    "502": failing(502, times=REPEATED),
    "503": failing(503),
    "504": failing(504, times=REPEATED),
    "stored, then 502": failing(502, stored=True),
    "dropped before Discord stored it": dropped(stored=False),
    "dropped after Discord stored it": dropped(stored=True),
    "dropped before Discord stored it, and Marquee was away for longer than the key holds": killed(stored=False),
    "dropped after Discord stored it, and Marquee was away for longer than the key holds": killed(stored=True),
    "dropped, Marquee was away for longer, and the history may not be read": killed(stored=True, readable=False),
    "time-out (40 s), not stored": hanging(stored=False),
    "time-out (40 s), stored": hanging(stored=True),
    "no connection for 10 minutes": outage(1 / 6, connected=False),
    "503 for 10 minutes": outage(1 / 6, connected=True),
    "no connection for 24 hours: a release day": outage(24, connected=False),
    "503 for 24 hours: a release day": outage(24, connected=True),
    "503 for 24 hours: a countdown": outage(24, kind=PostKind.COUNTDOWN, connected=True),
}
