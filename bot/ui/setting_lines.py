"""A server's settings in words: each as a line of the card, and what has just been saved."""

import calendar
from collections.abc import Collection, Sequence

from bot.domain.subscribers import Subscriber, TrackRight
from bot.ui.phrases import channel, country_with_flag, wanted_in_words
from bot.ui.text import small


def setting_groups(subscriber: Subscriber, *, is_forum: bool = False) -> list[list[str]]:
    """Every setting in force, a line each, in the groups that the card shows. `is_forum`: the channel for posts."""
    who = "everyone" if subscriber.track_right is TrackRight.EVERYONE else "people with Manage Server"
    where = [
        f"**Channel** · {channel(subscriber.channel_id)}",
        *([small("A forum: each film has its own post there, and its news are replies.")] if is_forum else []),
        f"**Country** · {country_with_flag(subscriber.country)}" + _mark(chosen=subscriber.country_chosen),
        f"**Counts** · {wanted_in_words(subscriber.wanted)}",
        f"**Who may track** · {who}",
    ]
    when = [
        f"**Time zone** · {subscriber.timezone.replace('_', ' ')}" + _mark(chosen=subscriber.timezone_chosen),
        f"**Posting hour** · {subscriber.posting_time:%H:%M}",
        f"**Quiet hours** · {quiet_in_words(subscriber)}",
        small(f"{moved_hour(subscriber)}, also on release days.") if moved_hour(subscriber) else "",
        f"**Countdown** · {milestones_in_words(subscriber.milestones)}",
        f"**Countdown style** · {style_in_words(subscriber)}",
        f"**Weekly digest** · {digest_in_words(subscriber)}",
        f"**Messages a day** · {cap_in_words(subscriber)}",
    ]
    whom = [
        f"**Role to ping on release days** · {_role(subscriber)}",
        f"**“Ping me” button** · {_button_in_words(subscriber)}",
        f"**Publish posts** · {_publishing_in_words(subscriber)}",
        f"**Questions and troubles** · {admins_in_words(subscriber)}",
    ]
    return [where, when, whom]


def saved_in_words(names: Collection[str], subscriber: Subscriber) -> str:
    """What has just been changed, for the card's head: `names` are fields of a subscriber; empty if nothing was."""
    hour = moved_hour(subscriber)
    quiet = f"quiet hours {quiet_in_words(subscriber)}" if subscriber.quiet else "no quiet hours"
    named = {
        "channel_id": f"posts go to {channel(subscriber.channel_id)}",
        "country": f"{country_with_flag(subscriber.country)} dates",
        "wanted": f"releases that count: {wanted_in_words(subscriber.wanted)}",
        "timezone": f"{subscriber.timezone.replace('_', ' ')} time",
        "posting_time": f"{'posting hour' if hour else 'posts at'} {subscriber.posting_time:%H:%M}",
        "quiet": quiet,
        "milestones": f"countdown {milestones_in_words(subscriber.milestones)}",
        "live": f"countdown as {style_in_words(subscriber)}",
        "digest_weekday": f"weekly digest {digest_in_words(subscriber)}",
        "daily_cap": f"{cap_in_words(subscriber).partition(';')[0]} a day",
        "ping_role_id": f"{_role(subscriber)} is pinged",
        "role_button": f"“Ping me” button {_on(subscriber.role_button)}",
        "crosspost": f"posts {'are' if subscriber.crosspost else 'are not'} published from announcement channels",
        "admin_channel_id": f"questions and troubles go to {admins_in_words(subscriber)}",
        "track_right": f"{'everyone' if subscriber.track_right is TrackRight.EVERYONE else 'managers only'} may track",
    }
    said = [named[name] for name in named if name in names]
    moved = f" {hour}." if hour and not {"posting_time", "quiet"}.isdisjoint(names) else ""
    return f"Saved: {', '.join(said)}.{moved}" if said else ""


def milestones_in_words(milestones: Sequence[int]) -> str:
    """When countdowns come: "30, 7, 3 and 1 days before, and on the day"."""
    if not milestones:
        return "only on the release day"
    days = [str(day) for day in milestones]
    joined = days[0] if len(days) == 1 else f"{', '.join(days[:-1])} and {days[-1]}"
    return f"{joined} {'day' if days == ['1'] else 'days'} before, and on the day"


def moved_hour(subscriber: Subscriber) -> str:
    """That posts go at another hour than the chosen one, and why; empty if they do not."""
    if subscriber.posts_at == subscriber.posting_time:
        return ""
    return f"Posts go at {subscriber.posts_at:%H:%M}, when quiet hours end"


def quiet_in_words(subscriber: Subscriber) -> str:
    """When nothing is sent: "22:00 to 08:00"."""
    return f"{subscriber.quiet.start:%H:%M} to {subscriber.quiet.end:%H:%M}" if subscriber.quiet else "none"


def weekday_name(weekday: int | None) -> str:
    """A day of the week, 0 for Monday; empty for none."""
    return "" if weekday is None else calendar.day_name[weekday]


def digest_in_words(subscriber: Subscriber) -> str:
    """When the digest comes: "on Mondays at 09:00"."""
    if subscriber.digest_weekday is None:
        return "off"
    return f"on {weekday_name(subscriber.digest_weekday)}s at {subscriber.posts_at:%H:%M}"


def style_in_words(subscriber: Subscriber) -> str:
    """How a countdown looks."""
    return "one live message a film, edited daily" if subscriber.live else "a post each time"


def cap_in_words(subscriber: Subscriber) -> str:
    """How many messages a channel gets before what is left comes together in one."""
    return f"at most {subscriber.daily_cap}; what is left comes in one message"


def admins_in_words(subscriber: Subscriber) -> str:
    """Where admins are asked and told."""
    return channel(subscriber.admin_channel_id) if subscriber.admin_channel_id else "the channel for posts"


def _mark(*, chosen: bool) -> str:
    return "" if chosen else " (guessed)"


def _role(subscriber: Subscriber) -> str:
    return f"<@&{subscriber.ping_role_id}>" if subscriber.ping_role_id else "nobody"


def _on(setting: bool) -> str:
    return "on" if setting else "off"


def _button_in_words(subscriber: Subscriber) -> str:
    if subscriber.role_button and subscriber.ping_role_id is None:
        return "on, once there is a role to ping"
    return "on: it gives and takes the role" if subscriber.role_button else "off"


def _publishing_in_words(subscriber: Subscriber) -> str:
    return "on, where the channel is an announcement channel" if subscriber.crosspost else "off"
