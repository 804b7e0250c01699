"""Answers to interactions, and the webhook address under which the original answer and follow-ups live."""

from __future__ import annotations

from aiohttp import web

from tests.standin.checks import EPHEMERAL, LOADING
from tests.standin.errors import Json
from tests.standin.http import API, FORM, body_of, number
from tests.standin.interactions import REPLY, UPDATE, Interaction
from tests.standin.messages import Message
from tests.standin.replies import reply
from tests.standin.state import Standin, standin_of

routes = web.RouteTableDef()
_WEBHOOK = f"{API}/webhooks/{{application_id}}/{{token}}"
_MESSAGE = f"{_WEBHOOK}/messages/{{which}}"


@routes.post(f"{API}/interactions/{{interaction_id}}/{{token}}/callback")
async def answer(request: web.Request) -> web.Response:
    """Take the answer to an interaction; with `with_response` say what became of it."""
    standin = standin_of(request)
    interaction = standin.interactions.answer(
        number(request, "interaction_id"), request.match_info["token"], body_of(request), request[FORM].uploads
    )
    standin.changes.notify()
    if request.query.get("with_response", "").lower() not in {"1", "true"}:
        return reply()
    return reply(_callback_shape(standin, interaction))


@routes.post(_WEBHOOK)
async def follow_up(request: web.Request) -> web.Response:
    """Send a follow-up; interaction webhooks always answer with the message."""
    standin, interaction = _interaction(request)
    message = standin.interactions.follow_up(interaction, body_of(request), request[FORM].uploads)
    return reply(standin.messages.shape(message))


@routes.get(_MESSAGE)
async def get_answer(request: web.Request) -> web.Response:
    """Show the original answer or a follow-up."""
    standin, _, message = _message(request)
    return reply(standin.messages.shape(message))


@routes.patch(_MESSAGE)
async def edit_answer(request: web.Request) -> web.Response:
    """Edit the original answer or a follow-up."""
    standin, interaction, message = _message(request)
    standin.interactions.edit(interaction, message, body_of(request), request[FORM].uploads)
    return reply(standin.messages.shape(message))


@routes.delete(_MESSAGE)
async def delete_answer(request: web.Request) -> web.Response:
    """Delete the original answer or a follow-up."""
    standin, _, message = _message(request)
    standin.messages.delete(message)
    return reply()


def _interaction(request: web.Request) -> tuple[Standin, Interaction]:
    standin = standin_of(request)
    return standin, standin.interactions.by_token(number(request, "application_id"), request.match_info["token"])


def _message(request: web.Request) -> tuple[Standin, Interaction, Message]:
    standin, interaction = _interaction(request)
    return standin, interaction, standin.interactions.message_of(interaction, request.match_info["which"])


def _callback_shape(standin: Standin, interaction: Interaction) -> Json:
    about: Json = {"id": str(interaction.id), "type": interaction.kind}
    shape: Json = {"interaction": about}
    message = interaction.original
    if message is not None:
        about["response_message_id"] = str(message.id)
        about["response_message_loading"] = bool(message.flags & LOADING)
        about["response_message_ephemeral"] = bool(message.flags & EPHEMERAL)
    if message is not None and interaction.answer_type in {REPLY, UPDATE}:
        shape["resource"] = {"type": interaction.answer_type, "message": standin.messages.shape(message)}
    return shape
