"""Forums and threads, and publishing in announcement channels."""

from __future__ import annotations

import time
from datetime import datetime

from aiohttp import web

from tests.standin.errors import FormErrors, Json, Refusal, form_error, refuse
from tests.standin.http import API, FORM, body_of, number
from tests.standin.messages import CROSSPOSTED
from tests.standin.permissions import bits
from tests.standin.replies import reply
from tests.standin.shapes import channel_shape
from tests.standin.state import Standin, standin_of
from tests.standin.world import FORUM, MEDIA, NEWS, THREAD, THREADS, Channel

routes = web.RouteTableDef()
_CHANNEL = f"{API}/channels/{{channel_id}}"
MAX_NAME = 100


@routes.post(f"{_CHANNEL}/threads")
async def open_thread(request: web.Request) -> web.Response:
    """Open a forum's post: a thread whose first message has its id. Discord takes no nonce here: twice is two."""
    standin, body, uploads = standin_of(request), body_of(request), request[FORM].uploads
    forum = standin.world.visible_channel(number(request, "channel_id"), "send_messages")
    if forum.type not in {FORUM, MEDIA} or forum.guild_id is None:
        raise refuse(Refusal.WRONG_CHANNEL_TYPE)
    message: Json = body.get("message") or {}
    errors = FormErrors()
    if not body.get("name"):
        errors.add("name", "BASE_TYPE_REQUIRED", "This field is required")
    errors.add_longer_than("name", body.get("name"), MAX_NAME)
    errors.raise_if_any()
    needed = ["embed_links"] * bool(message.get("embeds")) + ["attach_files"] * bool(uploads)
    standin.world.visible_channel(forum.id, *needed)
    tags = _tags(standin, forum, body)
    guild = standin.world.guilds[forum.guild_id]
    message.pop("nonce", None)
    thread = standin.world.add_channel(guild, body["name"], kind=THREAD, parent_id=forum.id)
    thread.owner_id, thread.applied_tags = standin.world.bot_id, tags
    try:
        starter = standin.messages.create(thread, message, uploads, message_id=thread.id)
    except Exception:
        del standin.world.channels[thread.id]
        guild.channel_ids.remove(thread.id)
        raise
    forum.last_message_id = thread.id
    return reply(channel_shape(standin.world, thread) | {"message": standin.messages.shape(starter)}, 201)


@routes.get(f"{API}/guilds/{{guild_id}}/threads/active")
async def list_active(request: web.Request) -> web.Response:
    """List the active threads of a server that the bot sees, the newest first."""
    standin = standin_of(request)
    guild = standin.world.guild_of(number(request, "guild_id"))
    threads = [t for t in _threads(standin, guild.channel_ids) if not t.is_archived and _is_visible(standin, t)]
    threads.sort(key=lambda thread: thread.id, reverse=True)
    return reply(_listed(standin, threads))


@routes.get(f"{_CHANNEL}/threads/archived/public")
async def list_archived(request: web.Request) -> web.Response:
    """List a channel's archived threads, the last archived first, a page at a time; needs Read Message History."""
    standin, query = standin_of(request), request.query
    channel = standin.world.visible_channel(number(request, "channel_id"), "read_message_history")
    limit = int(query.get("limit", 50))
    if not 2 <= limit <= 100:
        raise form_error("limit", "NUMBER_TYPE_MAX", "int value should be between 2 and 100.")
    before = datetime.fromisoformat(query["before"]).timestamp() if "before" in query else float("inf")
    ids = standin.world.guilds[channel.guild_id or 0].channel_ids
    threads = [t for t in _threads(standin, ids) if t.parent_id == channel.id and t.is_archived]
    threads = [thread for thread in threads if thread.archived_at < before]
    threads.sort(key=lambda thread: thread.archived_at, reverse=True)
    return reply(_listed(standin, threads[:limit]) | {"has_more": len(threads) > limit})


@routes.patch(_CHANNEL)
async def change_thread(request: web.Request) -> web.Response:
    """Archive, reopen, lock or unlock a thread: what a bot changes of a channel here."""
    standin, body = standin_of(request), body_of(request)
    world = standin.world
    thread = world.visible_channel(number(request, "channel_id"))
    if thread.type not in THREADS:
        raise refuse(Refusal.WRONG_CHANNEL_TYPE)
    reopens = body.get("archived") is False and set(body) == {"archived"}
    if reopens and not thread.is_locked:
        world.visible_channel(thread.id, "send_messages_in_threads")
    else:
        world.visible_channel(thread.id, "manage_threads")
    if thread.is_archived and body.get("archived") is not False:
        raise refuse(Refusal.THREAD_ARCHIVED)
    if body.get("archived", thread.is_archived) != thread.is_archived:
        thread.is_archived, thread.archived_at = body["archived"], time.time()
    thread.is_locked = bool(body.get("locked", thread.is_locked))
    return reply(channel_shape(world, thread))


@routes.post(f"{_CHANNEL}/messages/{{message_id}}/crosspost")
async def publish(request: web.Request) -> web.Response:
    """Publish a message of an announcement channel to those that follow it; about ten an hour a channel."""
    standin = standin_of(request)
    channel = standin.world.visible_channel(number(request, "channel_id"), "send_messages")
    if channel.type != NEWS:
        raise refuse(Refusal.WRONG_CHANNEL_TYPE)
    message = standin.messages.get(channel.id, number(request, "message_id"))
    if message.author_id != standin.world.bot_id:
        standin.world.visible_channel(channel.id, "manage_messages")
    if message.flags & CROSSPOSTED:
        raise refuse(Refusal.PUBLISHED_ALREADY)
    if (wait := standin.publishing.take(channel.id)) is not None:
        return reply(*wait)
    message.written["flags"] = message.flags | CROSSPOSTED
    return reply(standin.messages.shape(message))


def _tags(standin: Standin, forum: Channel, body: Json) -> list[int]:
    """The tags of a new post; those for moderators need Manage Threads."""
    given = [int(tag_id) for tag_id in body.get("applied_tags") or []]
    known = {tag.id: tag for tag in forum.tags}
    moderates = standin.world.permissions(forum, standin.world.bot_id) & bits("manage_threads")
    if any(tag_id not in known for tag_id in given):
        raise form_error("applied_tags", "BASE_TYPE_CHOICES", "Unknown tag")
    if any(known[tag_id].is_moderated for tag_id in given) and not moderates:
        raise refuse(Refusal.MISSING_PERMISSIONS)
    if forum.needs_tag and not given:
        mine = any(not tag.is_moderated for tag in forum.tags) or moderates
        raise refuse(Refusal.TAG_REQUIRED if mine else Refusal.NO_TAG_TO_GIVE)
    return given


def _threads(standin: Standin, channel_ids: list[int]) -> list[Channel]:
    channels = (standin.world.channels[channel_id] for channel_id in channel_ids)
    return [channel for channel in channels if channel.type in THREADS]


def _is_visible(standin: Standin, channel: Channel) -> bool:
    return bool(standin.world.permissions(channel, standin.world.bot_id) & bits("view_channel"))


def _listed(standin: Standin, threads: list[Channel]) -> Json:
    return {"threads": [channel_shape(standin.world, t) for t in threads], "members": [], "has_more": False}
