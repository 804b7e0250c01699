"""`/follow`, `/unfollow`: franchises and people whose new films are tracked by themselves."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.domain.errors import NotFollowed
from bot.domain.follows import Candidate, Follow, FollowKind
from bot.domain.titles import normalise
from bot.services.follow_search import label_of
from bot.services.search import shown
from bot.ui.card import Card
from bot.ui.follow_cards import read_choice, render_follow_picker, render_followed, render_unfollowed
from bot.ui.ids import FollowId
from bot.ui.text import plain
from cogs.answering import answers
from cogs.context import (
    Interaction,
    channel_problems,
    context_of,
    get_subscriber,
    guild_of,
    now_of,
    require_manager,
    show,
    take_time,
)
from cogs.options import AnyChoice, PostChannelOption
from cogs.tracking import require_right_to_track

_ACTION = "follow franchises and people"
_MAX_CHOICE = 100  # Discord's limit


class _CandidateOption(app_commands.Transformer):
    """A franchise or a person: suggested from what the store knows, submitted as a ref, a label, or a name."""

    kind: FollowKind

    async def transform(self, interaction: Interaction, value: Any, /) -> str:  # noqa: ANN401 - discord.py's signature
        """Take the text as it is; the command resolves it."""
        return str(value)

    async def autocomplete(self, interaction: Interaction, value: Any, /) -> list[AnyChoice]:  # noqa: ANN401 - as above
        """What fits what has been typed so far."""
        found = await context_of(interaction).following.search.suggest(self.kind, str(value))
        return [AnyChoice(name=_choice(candidate), value=candidate.refs[0]) for candidate in found]


class FranchiseOption(_CandidateOption):
    """A franchise."""

    kind = FollowKind.FRANCHISE


class PersonOption(_CandidateOption):
    """A director or an actor."""

    kind = FollowKind.PERSON


class FollowedOption(app_commands.Transformer):
    """What the server follows, submitted as "follow:12", or as a name."""

    async def transform(self, interaction: Interaction, value: Any, /) -> str:  # noqa: ANN401 - discord.py's signature
        """Take the text as it is; the command resolves it."""
        return str(value)

    async def autocomplete(self, interaction: Interaction, value: Any, /) -> list[AnyChoice]:  # noqa: ANN401 - as above
        """What is followed and fits."""
        if interaction.guild_id is None:
            return []
        wanted = normalise(str(value))
        followed = await context_of(interaction).following.list_follows(interaction.guild_id)
        fitting = [follow for follow in followed if wanted in normalise(follow.name)]
        return [AnyChoice(name=_followed_name(follow), value=f"follow:{follow.id}") for follow in fitting[:25]]


class FollowingCommands(commands.Cog):
    """Everyone's, unless `/settings` says otherwise."""

    follow = app_commands.Group(
        name="follow", description="Have the new films of a franchise or a person tracked by themselves"
    )

    @follow.command(name="franchise", description="Track the new films of a franchise by themselves")
    @app_commands.describe(
        name="Its name; the list shows what fits as you type",
        channel="Post about its films in another channel (needs Manage Server)",
    )
    async def franchise(
        self,
        interaction: Interaction,
        name: app_commands.Transform[str, FranchiseOption],
        channel: app_commands.Transform[int, PostChannelOption] | None = None,
    ) -> None:
        """Follow a franchise."""
        await _follow(interaction, FollowKind.FRANCHISE, name, channel)

    @follow.command(name="person", description="Track the new films that somebody directs or leads by themselves")
    @app_commands.describe(
        name="Their name; the list shows who fits as you type",
        channel="Post about their films in another channel (needs Manage Server)",
    )
    async def person(
        self,
        interaction: Interaction,
        name: app_commands.Transform[str, PersonOption],
        channel: app_commands.Transform[int, PostChannelOption] | None = None,
    ) -> None:
        """Follow a person."""
        await _follow(interaction, FollowKind.PERSON, name, channel)

    @app_commands.command(description="Stop following a franchise or a person; tracked films stay tracked")
    @app_commands.describe(name="One of the franchises and people that this server follows")
    async def unfollow(self, interaction: Interaction, name: app_commands.Transform[str, FollowedOption]) -> None:
        """Stop following."""
        await require_right_to_track(interaction, "stop following franchises and people")
        following, guild_id = context_of(interaction).following, guild_of(interaction)
        found = _find(await following.list_follows(guild_id), name)
        await show(interaction, render_unfollowed(await following.unfollow(guild_id, found.id)))


@answers(FollowId)
async def choose_followed(interaction: Interaction, follow_id: FollowId, values: list[Any]) -> None:
    """Follow the one that was picked: in public for the picker's opener, privately for others."""
    channel_id, ref, name = read_choice(str(values[0]))
    await _require_rights(interaction, channel_id)
    private = interaction.user.id != follow_id.opener_id
    kind = FollowKind(follow_id.kind)
    candidate = await context_of(interaction).following.search.find(kind, ref) or Candidate(kind, name, (ref,))
    await show(interaction, await _followed_card(interaction, candidate, channel_id, private), private=private)


async def _follow(interaction: Interaction, kind: FollowKind, typed: str, channel_id: int | None) -> None:
    await _require_rights(interaction, channel_id)
    found = await context_of(interaction).following.search.resolve(kind, typed)
    if len(found) > 1:
        card = render_follow_picker(found, shown(typed), channel_id, interaction.user.id)
        await show(interaction, card, private=True)
    else:
        await show(interaction, await _followed_card(interaction, found[0], channel_id))


async def _require_rights(interaction: Interaction, channel_id: int | None) -> None:
    await require_right_to_track(interaction, _ACTION)
    if channel_id is not None:
        require_manager(interaction, "choose the channel of films")


async def _followed_card(
    interaction: Interaction, candidate: Candidate, channel_id: int | None, private: bool = False
) -> Card:
    following, now = context_of(interaction).following, now_of(interaction)
    subscriber = await get_subscriber(interaction)
    await following.check_room(subscriber, candidate)
    await take_time(interaction, private=private)
    followed = await following.follow(subscriber, candidate, channel_id, interaction.user.id, now)
    problems = await channel_problems(interaction, followed.follow.channel_id or followed.subscriber.channel_id)
    return render_followed(followed, problems, now)


def _find(followed: list[Follow], typed: str) -> Follow:
    """What a submitted text means: the value of a choice, or a name.

    Raises:
        NotFollowed: nothing that is followed is called so.
    """
    for follow in followed:
        if typed.strip() in (f"follow:{follow.id}", _followed_name(follow)):
            return follow
    named = [follow for follow in followed if normalise(follow.name) == normalise(typed)]
    if not named:
        raise NotFollowed(shown(typed))
    return named[0]


def _choice(candidate: Candidate) -> str:
    return plain(label_of(candidate), _MAX_CHOICE) or "Untitled"


def _followed_name(follow: Follow) -> str:
    return f"{plain(follow.name, 80) or 'Untitled'} · {follow.kind}"
