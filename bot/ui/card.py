"""A card: the answer to a command, as one message of Components V2."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from io import BytesIO
from typing import Any

import discord
from discord.ui import ActionRow, Button, Container, Item, LayoutView, MediaGallery, Section, Separator, TextDisplay

from bot.ui.ids import CustomId
from bot.ui.text import plain, width

#: Discord's limits for one message of Components V2.
MAX_COMPONENTS, MAX_TEXT = 40, 4000
MAX_LABEL = 80
MAX_ALT = 1024
BUTTONS_A_ROW = 5

Part = Item[Any]


class Accent(IntEnum):
    """The stripe at a card's side: how things stand."""

    UPCOMING = 0xF2B33D  # the bulbs of a marquee
    OUT = 0x3BA55D
    UNKNOWN = 0x80848E
    REFUSED = 0xD9534F


@dataclass(frozen=True, slots=True)
class Picture:
    """An attached picture. `alt` says what it says."""

    filename: str
    png: bytes
    alt: str

    def file(self) -> discord.File:
        """Make what one message carries: discord.py closes it with the send."""
        return discord.File(BytesIO(self.png), self.filename, description=plain(self.alt, MAX_ALT))


@dataclass(frozen=True, slots=True)
class Card:
    """One message, ready to send any number of times: `send(view=card.view, files=card.files())`."""

    view: LayoutView  #: stopped, so that discord.py does not keep it: its buttons are DynamicItems by their custom_ids
    pictures: tuple[Picture, ...] = ()

    def files(self) -> list[discord.File]:
        """Make the attachments of one message; for an edit pass them as `attachments`, which drops the old ones."""
        return [picture.file() for picture in self.pictures]


def build_card(parts: Iterable[Part], accent: Accent, pictures: Sequence[Picture] = ()) -> Card:
    """Put `parts` into one container.

    Raises:
        ValueError: more than 40 components (discord.py counts them) or 4,000 characters: Discord would refuse it.
    """
    view = LayoutView(timeout=None)
    view.add_item(Container[LayoutView](*parts, accent_colour=int(accent)))
    view.stop()
    length = sum(width(item.content) for item in view.walk_children() if isinstance(item, TextDisplay))
    if length > MAX_TEXT:
        raise ValueError(f"A card of {length} characters; Discord takes {MAX_TEXT}")
    return Card(view, tuple(pictures))


def text(*lines: str) -> Part:
    """A block of markdown; empty lines are left out."""
    return TextDisplay[LayoutView]("\n".join(line for line in lines if line))


def gap(*, line: bool = True) -> Part:
    """A break between blocks."""
    return Separator[LayoutView](visible=line, spacing=discord.SeparatorSpacing.small)


def shown(picture: Picture) -> Part:
    """A picture over the card's whole width."""
    media = discord.MediaGalleryItem(f"attachment://{picture.filename}", description=plain(picture.alt, MAX_ALT))
    return MediaGallery[LayoutView](media)


def beside(said: str, what: Part) -> Part:
    """Text with a button at its right."""
    return Section[LayoutView](said, accessory=what)


def button(
    label: str,
    custom_id: CustomId,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    disabled: bool = False,
) -> Button[LayoutView]:
    """A button that a DynamicItem answers."""
    return Button[LayoutView](label=plain(label, MAX_LABEL), custom_id=str(custom_id), style=style, disabled=disabled)


def rows(buttons: Sequence[Item[LayoutView]]) -> list[Part]:
    """Lay buttons out in as few rows as hold them, each as full as the others: six are three and three."""
    count = -(-len(buttons) // BUTTONS_A_ROW)
    wide = -(-len(buttons) // count) if count else 0
    return [ActionRow[LayoutView](*buttons[start : start + wide]) for start in range(0, len(buttons), wide or 1)]
