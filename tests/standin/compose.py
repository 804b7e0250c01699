"""Turns what a bot sends into the message that Discord shows: embeds, components, attachments and mentions resolved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from tests.standin.checks import IS_V2
from tests.standin.components import TEXT_DISPLAY, number_components, walk
from tests.standin.errors import FormErrors, Json
from tests.standin.permissions import bits
from tests.standin.shapes import user_shape
from tests.standin.world import Channel, World

_MENTION = re.compile(r"<@(&?)!?(\d+)>|@(everyone|here)")
_MEDIA_KEYS = ("media", "file")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request; `field` is Discord's `files[n]`."""

    field: str
    filename: str
    content: bytes

    @property
    def index(self) -> str:
        """The n of `files[n]`, by which the body's attachments describe it."""
        return self.field.removeprefix("files[").removesuffix("]")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file of a message."""

    id: int
    filename: str
    description: str | None
    content: bytes
    url: str

    def shape(self) -> Json:
        """Render it as a message's attachment."""
        shape: Json = {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.content),
            "url": self.url,
            "proxy_url": self.url,
        }
        return shape | ({"description": self.description} if self.description else {})


def store_attachments(
    world: World, origin: str, channel: Channel, body: Json, uploads: list[Upload], kept: list[Attachment]
) -> list[Attachment]:
    """Decide which files a message has: of `kept` those its `attachments` still names (all, if absent), and the new."""
    named = body.get("attachments")
    if named is not None:
        ids = {str(item.get("id")) for item in named}
        kept = [attachment for attachment in kept if str(attachment.id) in ids]
    described = {str(item.get("id")): item.get("description") for item in named or []}
    fresh: list[Attachment] = []
    for upload in uploads:
        attachment_id = world.snowflakes.mint()
        url = f"{origin}/cdn/attachments/{channel.id}/{attachment_id}/{quote(upload.filename)}"
        fresh.append(Attachment(attachment_id, upload.filename, described.get(upload.index), upload.content, url))
    return [*kept, *fresh]


def render_embeds(embeds: list[Json], attachments: list[Attachment]) -> list[Json]:
    """Copy embeds as Discord returns them, with `attachment://` turned into addresses."""
    urls = {f"attachment://{attachment.filename}": attachment.url for attachment in attachments}
    rendered: list[Json] = []
    for embed in embeds:
        copy: Json = {key: value for key, value in embed.items() if value is not None} | {"type": "rich"}
        for key in ("image", "thumbnail"):
            if picture := copy.get(key):
                url = urls.get(picture["url"], picture["url"])
                copy[key] = {"url": url, "proxy_url": url, "width": 0, "height": 0}
        for key in ("author", "footer"):
            if (part := copy.get(key)) and part.get("icon_url"):
                url = urls.get(part["icon_url"], part["icon_url"])
                copy[key] = part | {"icon_url": url, "proxy_icon_url": url}
        rendered.append(copy)
    return rendered


def render_components(world: World, components: list[Json], attachments: list[Attachment]) -> list[Json]:
    """Copy components as Discord returns them, numbered and with `attachment://` turned into addresses.

    Raises:
        ApiError: 400, code 50035, for a picture that was not uploaded.
    """
    by_name = {f"attachment://{attachment.filename}": attachment for attachment in attachments}
    rendered = number_components(components)
    errors = FormErrors()
    for path, component in walk(rendered):
        for holder in [component, *component.get("items", [])]:
            for key in _MEDIA_KEYS:
                if isinstance(holder.get(key), dict):
                    url = str(holder[key].get("url"))
                    attachment = by_name.get(url)
                    if attachment is None and url.startswith("attachment://"):
                        code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
                        errors.add(f"{path}.{key}.url", code, "The referenced attachment could not be found")
                    holder[key] = _media(world, url, attachment)
    errors.raise_if_any()
    return rendered


def render_mentions(world: World, channel: Channel, body: Json) -> Json:
    """Work out whom a message pings: the mentions in its text, cut down by `allowed_mentions` and permissions."""
    text = body.get("content") or ""
    if (body.get("flags") or 0) & IS_V2:
        displays = (c for _, c in walk(body.get("components") or []) if c.get("type") == TEXT_DISPLAY)
        text = "\n".join(str(display.get("content")) for display in displays)
    allowed = body.get("allowed_mentions")
    parse = {"roles", "users", "everyone"} if allowed is None else set(allowed.get("parse") or [])
    named = {str(i) for key in ("roles", "users") for i in ((allowed or {}).get(key) or [])}
    may_ping_all = bool(world.permissions(channel, world.bot_id) & bits("mention_everyone"))
    guild = world.guilds.get(channel.guild_id or 0)
    users: dict[int, Json] = {}
    roles: dict[int, str] = {}
    everyone = False
    for is_role, mentioned, _ in _MENTION.findall(text):
        if not mentioned:
            everyone = everyone or ("everyone" in parse and may_ping_all)
        elif is_role and guild is not None and (role := guild.roles.get(int(mentioned))):
            if ("roles" in parse or mentioned in named) and (role.is_mentionable or may_ping_all):
                roles[role.id] = mentioned
        elif not is_role and (user := world.users.get(int(mentioned))) and ("users" in parse or mentioned in named):
            users[user.id] = user_shape(user)
    return {"mentions": list(users.values()), "mention_roles": list(roles.values()), "mention_everyone": everyone}


def urls_in(value: object) -> set[str]:
    """Collect every address within rendered embeds or components."""
    if isinstance(value, dict):
        own = {value[key] for key in ("url", "icon_url") if isinstance(value.get(key), str)}
        return own.union(*(urls_in(item) for item in value.values()))
    return set[str]().union(*(urls_in(item) for item in value)) if isinstance(value, list) else set()


def _media(world: World, url: str, attachment: Attachment | None) -> Json:
    address = attachment.url if attachment else url
    media: Json = {"id": str(world.snowflakes.mint()), "url": address, "proxy_url": address, "width": 0, "height": 0}
    return media | ({"attachment_id": str(attachment.id)} if attachment else {})
