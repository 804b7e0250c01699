"""What Marquee needs to be allowed in a channel, in Discord's own words."""

from urllib.parse import urlencode

import discord

#: Read Message History too: it answers "did the post go out?" after a crash.
_NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
_IN_THREADS = {**_NEEDED, "send_messages_in_threads": "Send Messages in Threads"}
_AUTHORIZE = "https://discord.com/oauth2/authorize"


def missing_permissions(granted: discord.Permissions, *, thread: bool = False) -> list[str]:
    """The permissions that posts need and `granted` lacks, by the names that Discord shows."""
    if granted.administrator:
        return []
    return [name for flag, name in (_IN_THREADS if thread else _NEEDED).items() if not getattr(granted, flag)]


def invite_link(application_id: int) -> str:
    """The link that adds Marquee to a server with exactly the permissions it needs."""
    permissions = discord.Permissions(**dict.fromkeys(_IN_THREADS, True))
    query = {"client_id": application_id, "scope": "bot applications.commands", "permissions": permissions.value}
    return f"{_AUTHORIZE}?{urlencode(query)}"
