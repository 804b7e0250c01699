"""The fixtures of the sender's tests, for this folder alone: other tests have a stand-in of the same names."""

from tests.ui.sending import channel_id, client, guild, no_sleep, sender, served, shop, standin, told

__all__ = ["channel_id", "client", "guild", "no_sleep", "sender", "served", "shop", "standin", "told"]
