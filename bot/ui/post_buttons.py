"""The buttons under a post: what there is to know, what a person may do for themselves, and the marker at the end."""

from collections.abc import Sequence

import discord
from discord.ui import Button, Select, View

from bot.domain.films import Film
from bot.domain.messages import Parcel
from bot.domain.posts import PostKind
from bot.domain.subscribers import SubscriberKind
from bot.ui.bells import BELL
from bot.ui.ids import MarkId, PickId, PostAction, PostId
from bot.ui.text import plain

#: Discord allows five rows of buttons; beyond that one select chooses the film.
MAX_ROWS = 5
MAX_OPTIONS = 25  # Discord's limit: a digest may be about more
_A_ROW = 5
_MAX_OPTION = 100
_SHORT_TITLE = 34
_Action = tuple[str, PostAction]


def post_buttons(parcel: Parcel, films: Sequence[Film]) -> View:
    """The rows of a message about `films`. Whatever they are, the last component carries the message's key."""
    key = parcel.message.message_key
    view = View(timeout=None)
    view.stop()
    if not films:
        view.add_item(Button[View](label=_hint(parcel), custom_id=str(MarkId(key)), disabled=True))
        return view
    ping = _asks_whom_to_ping(parcel)
    if len(films) > MAX_ROWS:
        if ping:
            _add_row(view, films[0], [_PING], key, row=0)
        options = [discord.SelectOption(label=_label(film), value=str(film.id)) for film in films[:MAX_OPTIONS]]
        placeholder = "Choose a film for its card"
        view.add_item(Select[View](custom_id=str(PickId(key)), placeholder=placeholder, options=options, row=1))
        return view
    moved = {post.film_id for post in parcel.message.posts if post.kind is PostKind.DATE_CHANGE}
    if len(films) == 1:
        lookups, acts = _lookups(films[0], moved=films[0].id in moved), _acts(parcel)
        acts = [_PING, *acts] if ping else acts
        together = len(lookups) + len(acts) <= _A_ROW
        for row, actions in enumerate([[*lookups, *acts]] if together else [lookups, acts]):
            _add_row(view, films[0], actions, key, row=row)
        return view
    if ping and len(films) < MAX_ROWS:
        _add_row(view, films[0], [_PING], key, row=0)
    first = 1 if view.children else 0
    for row, film in enumerate(films, first):
        _add_row(view, film, _row_among_several(parcel, film, moved=film.id in moved), key, row=row)
    return view


_PING: _Action = ("Ping me", PostAction.PING)


def _lookups(film: Film, *, moved: bool) -> list[_Action]:
    """What there is to know about a film: a tab of its card each."""
    actions = [("Details", PostAction.DETAILS)]
    if film.credits:
        actions.append(("Cast", PostAction.CAST))
    if film.trivia:
        actions.append(("Trivia", PostAction.TRIVIA))
    if moved:
        actions.append(("Why?", PostAction.WHY))
    return actions


def _acts(parcel: Parcel) -> list[_Action]:
    """What whoever reads it may do: in a server for themselves or for all, in direct messages for themselves alone."""
    if parcel.subscriber.kind is SubscriberKind.USER:
        return [("Snooze", PostAction.SNOOZE), ("Stop", PostAction.STOP)]
    return [(BELL, PostAction.REMIND), ("Stop tracking", PostAction.STOP)]


def _row_among_several(parcel: Parcel, film: Film, *, moved: bool) -> list[_Action]:
    """A film's row begins with its title; what there is no room for stands on the card that Details opens."""
    lookups, acts = _lookups(film, moved=moved), _acts(parcel)
    room = _A_ROW - len(acts)
    if len(lookups) > room:
        lookups = [action for action in lookups if action[1] is not PostAction.TRIVIA][:room]
    title = plain(film.title, _SHORT_TITLE) or "Untitled"
    return [(f"{lookups[0][0]} · {title}", lookups[0][1]), *lookups[1:], *acts]


def _asks_whom_to_ping(parcel: Parcel) -> bool:
    """Whether people may give themselves the role here, and this message is of a day on which it is pinged."""
    is_release = any(post.kind is PostKind.RELEASE for post in parcel.message.posts)
    return is_release and parcel.subscriber.may_ping_themselves


def _hint(parcel: Parcel) -> str:
    if any(post.film_id is not None for post in parcel.message.posts if post.kind is not PostKind.RESUME):
        return "/film shows the details"
    is_person = parcel.subscriber.kind is SubscriberKind.USER
    return "/me shows what comes next" if is_person else "/schedule shows what comes next"


def _add_row(view: View, film: Film, actions: Sequence[_Action], key: str, *, row: int) -> None:
    for label, action in actions:
        view.add_item(Button[View](label=label, custom_id=str(PostId(action, film.id, key)), row=row))


def _label(film: Film) -> str:
    return plain(film.label, _MAX_OPTION) or "Untitled"
