"""What clicks do: the buttons and selects of cards and posts, by the verb of their custom_id."""

from typing import Any

import discord

from bot.domain.places import distinct_zones
from bot.domain.preferences import read_wanted
from bot.services.finding import Candidate
from bot.services.settings import Choices
from bot.ui.card import Card
from bot.ui.channel_kinds import ASKABLE, POSTABLE, require_kind
from bot.ui.check_lines import check_in_words
from bot.ui.ids import (
    ChangeId,
    CheckId,
    ChooseId,
    DateOfId,
    DoubtId,
    OpenId,
    PageId,
    PickId,
    PostAction,
    PostId,
    PreviewId,
    Purpose,
    SettingId,
    SettingName,
    StopId,
    Tab,
    TabId,
    ZoneId,
)
from bot.ui.list_cards import nothing_tracked
from bot.ui.my_card import LIST
from bot.ui.posts import picture_of, render_message
from bot.ui.tracking_card import render_untracked
from cogs.answering import ITEMS, answers
from cogs.context import (
    Interaction,
    context_of,
    get_subscriber,
    guild_of,
    now_of,
    refuse,
    replace,
    require_manager,
    show,
    take_time,
)
from cogs.doubts import answer_doubt
from cogs.films import coming_card
from cogs.me import my_card
from cogs.pinging import ping_me
from cogs.reminders import offer_snooze, remind, stop_reminding
from cogs.setting_forms import SettingForm, turned_over
from cogs.settings import ACTION, pingable, settings_card
from cogs.showing import draw, film_card
from cogs.tracking import (
    Choice,
    follow_date,
    require_right_to_track,
    track_film,
    tracked_again,
    tracked_card,
    untrack_film,
)

__all__ = ["ITEMS"]  #: complete once this module is imported
_POST_TABS = {
    PostAction.DETAILS: Tab.OVERVIEW,
    PostAction.CAST: Tab.CAST,
    PostAction.TRIVIA: Tab.TRIVIA,
    PostAction.WHY: Tab.WHY,
}
_PURPOSE_TABS = {Purpose.CAST: Tab.CAST, Purpose.TRIVIA: Tab.TRIVIA, Purpose.WHY: Tab.WHY}


@answers(TabId)
async def turn_tab(interaction: Interaction, tab_id: TabId, values: list[Any]) -> None:
    """Show a tab of a film's card; of a tab with a select, what was chosen."""
    card = await film_card(interaction, tab_id.film_id, tab_id.tab, str(values[0]) if values else tab_id.arg)
    await _edit_or_copy(interaction, card, tab_id.opener_id)


@answers(OpenId)
async def open_film(interaction: Interaction, open_id: OpenId, _: list[Any]) -> None:
    """Open a film's card from an answer about something else."""
    await show(interaction, await film_card(interaction, open_id.film_id, open_id.tab), private=True)


@answers(CheckId)
async def check_film(interaction: Interaction, check_id: CheckId, _: list[Any]) -> None:
    """[Check now]: ask the sources about a film, and say to who asked what came of it."""
    require_manager(interaction, "have a film checked")
    await take_time(interaction, private=True)
    checked = await context_of(interaction).refresh.check_now(check_id.film_id, now_of(interaction))
    said = check_in_words(checked.asked, checked.failed, checked.changes, checked.doubts, too_soon=checked.too_soon)
    await refuse(interaction, said)


@answers(PostId)
async def answer_post(interaction: Interaction, post_id: PostId, _: list[Any]) -> None:
    """A button on a post never edits it, and answers privately; that a server stops a film is said to all."""
    if (act := _POST_ACTS.get(post_id.action)) is not None:
        await act(interaction, post_id.film_id)
        return
    card = await film_card(interaction, post_id.film_id, _POST_TABS[post_id.action])
    await show(interaction, card, private=True)


@answers(PickId)
async def pick_film_of_post(interaction: Interaction, _: PickId, values: list[Any]) -> None:
    """Show one of the many films that a post is about."""
    film_id = await _film_id_of(interaction, _film_chosen(values)[0])
    await show(interaction, await film_card(interaction, film_id, Tab.OVERVIEW), private=True)


@answers(DoubtId)
async def answer_question(interaction: Interaction, doubt_id: DoubtId, _: list[Any]) -> None:
    """[Trust it] or [Wait]."""
    await answer_doubt(interaction, doubt_id)


@answers(ChooseId)
async def choose_film(interaction: Interaction, choose_id: ChooseId, values: list[Any]) -> None:
    """Do with the chosen film what the picker was for: in public for its opener, privately for others."""
    ref, arg = _film_chosen(values)
    film_id = await _film_id_of(interaction, ref)
    if choose_id.purpose is Purpose.TRACK:
        await require_right_to_track(interaction, "track films")
        card = await track_film(interaction, film_id, Choice.parse(arg))
    else:
        card = await film_card(interaction, film_id, _PURPOSE_TABS.get(choose_id.purpose, Tab.OVERVIEW))
    await show(interaction, card, private=interaction.user.id != choose_id.opener_id)


@answers(PageId)
async def turn_page(interaction: Interaction, page_id: PageId, _: list[Any]) -> None:
    """Turn a list to another page."""
    page, opener_id = page_id.page, interaction.user.id
    if page_id.list_name == "tracked":
        card = await tracked_card(interaction, page, opener_id) or nothing_tracked()
    elif page_id.list_name == LIST:
        card = await my_card(interaction, page)
    else:
        card = await coming_card(interaction, page_id.arg, page, opener_id)
    if isinstance(card, str):
        await refuse(interaction, card)
    else:
        await _edit_or_copy(interaction, card, page_id.opener_id)


@answers(ChangeId)
async def change_settings(interaction: Interaction, _: ChangeId, _values: list[Any]) -> None:
    """[Change] under what Marquee guessed: the settings, for those who may change them."""
    require_manager(interaction, ACTION)
    await show(interaction, await settings_card(interaction, {}), private=True)


@answers(ZoneId)
async def choose_zone(interaction: Interaction, zone_id: ZoneId, values: list[Any]) -> None:
    """Save which of the country's zones it is, and say so on the card that asked.

    Anyone who may track says so first, then managers only.
    """
    await require_right_to_track(interaction, "choose the time zone")
    now = now_of(interaction)
    subscriber = await get_subscriber(interaction)
    if subscriber.timezone_chosen:
        require_manager(interaction, ACTION)
    zone = str(values[0])
    if zone in distinct_zones(subscriber.country, now):
        subscriber = await context_of(interaction).preferences.change(subscriber.id, now, timezone=zone)
    card = (
        await tracked_again(interaction, zone_id.film_id) if zone_id.film_id else await settings_card(interaction, {})
    )
    if card is not None:
        await replace(interaction, card)
        return
    said = f"Posts here appear at {subscriber.posts_at:%H:%M} {subscriber.timezone.replace('_', ' ')} time."
    await refuse(interaction, said)


@answers(DateOfId)
async def follow_date_of(interaction: Interaction, date_of: DateOfId, _: list[Any]) -> None:
    """[Follow the US date], or the server's own again: for one film."""
    await require_right_to_track(interaction, "choose whose date is followed")
    await replace(interaction, await follow_date(interaction, date_of.film_id, date_of.country))


@answers(StopId)
async def stop_tracking(interaction: Interaction, stop_id: StopId, _: list[Any]) -> None:
    """[Stop tracking] under an answer."""
    await _stop(interaction, stop_id.film_id)


@answers(SettingId)
async def change_setting(interaction: Interaction, setting_id: SettingId, values: list[Any]) -> None:
    """A control of the settings' card: save what was chosen, or open the form for it."""
    require_manager(interaction, ACTION)
    if setting_id.name is SettingName.CHANNEL:
        require_kind(values[0].type, POSTABLE)
        await replace(interaction, await settings_card(interaction, {"channel_id": values[0].id}))
        return
    if setting_id.name is SettingName.ROLE:
        role: discord.Role | None = values[0] if values else None
        choices: Choices = {"ping_role_id": pingable(role) if role else None}
        await replace(interaction, await settings_card(interaction, choices))
        return
    if setting_id.name is SettingName.WANTED:
        wanted = read_wanted(", ".join(map(str, values)))
        await replace(interaction, await settings_card(interaction, {"wanted": wanted}))
        return
    if setting_id.name is SettingName.ADMINS:
        for channel in values:
            require_kind(channel.type, ASKABLE)
        channel_id = values[0].id if values else None
        await replace(interaction, await settings_card(interaction, {"admin_channel_id": channel_id}))
        return
    subscriber = await get_subscriber(interaction)
    turned = turned_over(str(values[0]), subscriber)
    if turned is not None:
        await replace(interaction, await settings_card(interaction, turned))
    else:
        await interaction.response.send_modal(SettingForm(str(values[0]), subscriber))


@answers(PreviewId)
async def preview(interaction: Interaction, _: PreviewId, _values: list[Any]) -> None:
    """Show the next message here, to one person, without a ping."""
    require_manager(interaction, "see the schedule")
    parcel = await context_of(interaction).schedule.find_preview(guild_of(interaction), now_of(interaction))
    if parcel is None:
        await refuse(interaction, "Nothing is due, or a pause keeps it back: there is nothing to preview.")
        return
    spec = picture_of(parcel)
    rendered = render_message(parcel, await draw(interaction, spec) if spec else None)
    await interaction.response.send_message(
        rendered.content,
        embeds=rendered.embeds,
        files=rendered.files(),
        ephemeral=True,
        allowed_mentions=discord.AllowedMentions.none(),
    )


async def _stop(interaction: Interaction, film_id: int) -> None:
    """Stop following a film for the server, and say so where all see it; in direct messages for the person alone."""
    if interaction.guild_id is None:
        await stop_reminding(interaction, film_id)
        return
    await require_right_to_track(interaction, "stop tracking films")
    await show(interaction, render_untracked(await untrack_film(interaction, film_id)))


async def _edit_or_copy(interaction: Interaction, card: Card, opener_id: int) -> None:
    """Edit the card for whoever opened it; give others a private copy."""
    if interaction.user.id == opener_id:
        await replace(interaction, card)
    else:
        await show(interaction, card, private=True)


def _film_chosen(values: list[Any]) -> tuple[str, str]:
    """The film's ref, of a select's value, and what travels with it: "id:12|34", "tmdb:541671|"; of a post "12:"."""
    ref, _, arg = str(values[0]).partition("|")
    number = ref.rstrip(":")
    return f"id:{number}" if number.isdigit() else ref, arg


async def _film_id_of(interaction: Interaction, ref: str) -> int:
    """The film that was chosen; one that is not in the store is fetched first.

    Raises:
        FilmNotFound, SourcesSilent: it cannot be had.
    """
    if ref.startswith("id:"):
        return int(ref.removeprefix("id:"))
    await take_time(interaction)
    finding, now = context_of(interaction).finding, now_of(interaction)
    return (await finding.adopt(Candidate(ref, ref, None, 100.0), now)).id


async def _ping(interaction: Interaction, _film_id: int) -> None:
    await ping_me(interaction)


#: The buttons of a post that do something; the others show a card.
_POST_ACTS = {
    PostAction.STOP: _stop,
    PostAction.REMIND: remind,
    PostAction.SNOOZE: offer_snooze,
    PostAction.PING: _ping,
}
