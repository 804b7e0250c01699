"""What Marquee needs to be allowed in a channel, in Discord's own words."""

from urllib.parse import urlencode

import discord

#: Read Message History too: it answers "did the post go out?" after a crash.
NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
#: Everything that Marquee asks for when it is invited.
NEEDED = discord.Permissions(**dict.fromkeys(NAMES, True))
_AUTHORIZE = "https://discord.com/oauth2/authorize"


def missing_permissions(granted: discord.Permissions, *, thread: bool = False, forum: bool = False) -> list[str]:
    """The permissions that posts need and `granted` lacks, by the names that Discord shows.

    In a forum Send Messages opens a post, and Send Messages in Threads adds the replies. Without View Channel, or
    without sending, Discord takes others away by itself: those are not named.
    """
    sending = "send_messages_in_threads" if thread else "send_messages"
    replying = ["send_messages_in_threads"] * forum
    needed = ["view_channel", sending, *replying, "embed_links", "attach_files", "read_message_history"]
    if not granted.view_channel:
        needed = ["view_channel"]
    elif not getattr(granted, sending):
        needed = [sending, *replying, "read_message_history"]
    return [NAMES[flag] for flag in needed if not granted.administrator and not getattr(granted, flag)]


def invite_link(application_id: int) -> str:
    """The link that adds Marquee to a server with exactly the permissions it needs."""
    query = {"client_id": application_id, "scope": "bot applications.commands", "permissions": NEEDED.value}
    return f"{_AUTHORIZE}?{urlencode(query)}"
