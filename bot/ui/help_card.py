"""What `/help` says: by what a person wants to do."""

from bot.ui.card import Accent, Card, build_card, gap, text
from bot.ui.text import small

#: Task → the commands for it, in the order of a first visit. Every command stands in it once (a test looks).
TASKS: dict[str, dict[str, str]] = {
    "Track a film": {
        "/track": "count down to it here, and say so when its date moves",
        "/tracked": "what this server tracks, by date",
        "/untrack": "stop tracking one",
        "/follow": "track the new films of a franchise or a person by themselves",
        "/unfollow": "stop following one",
        "/export": "what this server tracks, as JSON or CSV",
    },
    "For you alone": {
        "/me": "your reminders by direct message: what comes, when, and how to stop it",
        "/pingme": "be pinged here on release days, or no longer",
    },
    "Look something up": {
        "/film": "its card: dates, people, where it stands in its story",
        "/cast": "who plays whom",
        "/trivia": "something worth knowing; spoilers stay hidden",
        "/why": "why its date is what it is: who says so, since when, what it was",
        "/next": "the tracked film that comes next",
        "/upcoming": "what is coming to cinemas in your country",
    },
    "Set it up (Manage Server)": {
        "/settings": "channel, country, releases that count, time zone, hour, countdown days, role to ping",
        "/schedule": "the next posts, what became of the last ones, and what to do if one did not arrive",
        "/pause": "no posts for a while, for one film or all",
        "/resume": "post again",
    },
    "And": {"/help": "this", "/about": "where the data comes from"},
}


def render_help() -> Card:
    """All commands, by task."""
    blocks = [
        f"**{task}**\n" + "\n".join(f"`{name}` {what}" for name, what in commands.items())
        for task, commands in TASKS.items()
    ]
    first = small(
        "New here? Type `/track` and the first letters of a film. “🔔 Remind me” on a film's card is for you alone."
    )
    return build_card(
        [
            text("## Marquee tells you what is coming to the cinema, and when"),
            text("\n\n".join(blocks)),
            gap(),
            text(first),
        ],
        Accent.UPCOMING,
    )
