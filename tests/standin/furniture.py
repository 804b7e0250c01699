"""What fills a server that is like real ones: channels, roles and emoji that nothing else here knows of."""

from __future__ import annotations

from tests.standin.errors import Json
from tests.standin.permissions import EVERYONE, Overwrite
from tests.standin.shapes import channel_shape, guild_create_shape, role_shape
from tests.standin.world import Channel, Guild, Role, World


def furnished_shape(world: World, guild: Guild) -> Json:
    """Render a server as GUILD_CREATE does, with as much in it as `world.furniture` says, its own things first."""
    shape = guild_create_shape(world, guild)
    if world.furniture is None:
        return shape
    mint = world.snowflakes.mint
    channels, roles, emoji = world.furniture
    for place in range(len(shape["channels"]), channels):
        overwrites = {guild.id: Overwrite(guild.id, is_member=False, allow=0, deny=EVERYONE)}
        channel = Channel(mint(), guild.id, f"room-{place}-of-many", 0, place, overwrites=overwrites)
        shape["channels"].append(channel_shape(world, channel) | {"topic": f"What is said in room {place} stays there"})
    for place in range(len(shape["roles"]), roles):
        shape["roles"].append(role_shape(world, Role(mint(), f"People of row {place}", EVERYONE, place)))
    shape["emojis"] = [
        {
            "id": str(mint()), "name": f"popcorn_{place}", "roles": [], "require_colons": True, "managed": False,
            "animated": False, "available": True,
        }
        for place in range(emoji)
    ]  # fmt: skip
    return shape
