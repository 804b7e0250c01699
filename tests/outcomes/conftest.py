"""The stand-in that the sender's tests have, for this folder."""

from tests.ui.sending import client, no_sleep, sender, served, shop, standin

__all__ = ["client", "no_sleep", "sender", "served", "shop", "standin"]
