"""Sending, reading, editing and deleting a channel's messages, and the files they carry."""

from __future__ import annotations

from aiohttp import web

from tests.standin.errors import Json, Refusal, form_error, refuse
from tests.standin.http import API, FORM, body_of, number
from tests.standin.permissions import bits
from tests.standin.replies import reply
from tests.standin.state import standin_of

routes = web.RouteTableDef()
_MESSAGES = f"{API}/channels/{{channel_id}}/messages"
_MESSAGE = f"{_MESSAGES}/{{message_id}}"


@routes.post(_MESSAGES)
async def send(request: web.Request) -> web.Response:
    """Send a message; a nonce that was seen within the window gives the message sent then."""
    standin, body, uploads = standin_of(request), body_of(request), request[FORM].uploads
    channel = standin.world.writable_channel(
        number(request, "channel_id"), embeds=bool(body.get("embeds")), files=bool(uploads)
    )
    extra: Json = {}
    if reference := body.get("message_reference"):
        target = standin.messages.by_id.get(int(reference["message_id"]))
        if target is not None and not target.is_deleted:
            extra = {"type": 19, "message_reference": {"type": 0, "channel_id": str(target.channel_id)}}
            extra["message_reference"]["message_id"] = str(target.id)
        elif reference.get("fail_if_not_exists", True):
            raise form_error("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    message = standin.messages.create(channel, body, uploads, extra=extra)
    return reply(standin.messages.shape(message, with_nonce=True))


@routes.get(_MESSAGES)
async def list_history(request: web.Request) -> web.Response:
    """List messages, newest first; without Read Message History the list is empty, not refused."""
    standin, query = standin_of(request), request.query
    channel = standin.world.visible_channel(number(request, "channel_id"))
    limit = int(query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise form_error("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    if not standin.world.permissions(channel, standin.world.bot_id) & bits("read_message_history"):
        return reply([])
    before, after, around = (int(query[key]) if key in query else None for key in ("before", "after", "around"))
    found = standin.messages.list_history(channel.id, limit=limit, before=before, after=after, around=around)
    return reply([standin.messages.shape(message) for message in found])


@routes.get(_MESSAGE)
async def get_message(request: web.Request) -> web.Response:
    """Show one message."""
    standin = standin_of(request)
    channel = standin.world.visible_channel(number(request, "channel_id"), "read_message_history")
    return reply(standin.messages.shape(standin.messages.get(channel.id, number(request, "message_id"))))


@routes.patch(_MESSAGE)
async def edit(request: web.Request) -> web.Response:
    """Edit one of the bot's own messages."""
    standin = standin_of(request)
    channel = standin.world.visible_channel(number(request, "channel_id"))
    message = standin.messages.get(channel.id, number(request, "message_id"))
    if message.author_id != standin.world.bot_id:
        raise refuse(Refusal.NOT_YOUR_MESSAGE)
    standin.world.require_unlocked(channel)
    if channel.is_archived:
        raise refuse(Refusal.THREAD_ARCHIVED)
    return reply(standin.messages.shape(standin.messages.edit(message, body_of(request), request[FORM].uploads)))


@routes.delete(_MESSAGE)
async def delete(request: web.Request) -> web.Response:
    """Delete a message; another's needs Manage Messages."""
    standin = standin_of(request)
    channel = standin.world.visible_channel(number(request, "channel_id"))
    message = standin.messages.get(channel.id, number(request, "message_id"))
    if message.author_id != standin.world.bot_id:
        standin.world.visible_channel(channel.id, "manage_messages")
    standin.messages.delete(message)
    return reply()


@routes.get("/cdn/attachments/{channel_id}/{attachment_id}/{filename}")
async def download(request: web.Request) -> web.Response:
    """Serve a file of a message."""
    wanted = number(request, "attachment_id")
    for message in standin_of(request).messages.by_id.values():
        for attachment in message.attachments:
            if attachment.id == wanted:
                return web.Response(body=attachment.content, content_type="application/octet-stream")
    raise web.HTTPNotFound
