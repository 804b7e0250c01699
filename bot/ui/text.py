"""Text from outside, made safe to show: it cannot format, ping, link, flip, hide or overflow. Knows no domain."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
#: Letters that show nothing: Hangul fillers, the blank of braille, a joiner.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800\u034f"
_MARK = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
#: Three marks on a letter are more than any language stacks; the rest climbs out of its line.
_STACKED = re.compile(f"([{_MARK}]{{3}})[{_MARK}]+")
_CLUSTER = re.compile(f".[{_MARK}\ufe0e\ufe0f]*", re.DOTALL)
#: Discord takes a backslash before any of these as "no markup here".
_MARKUP = frozenset("\\*_~|`<[]")
#: What makes a list, a heading or a quote, if a line begins with it.
_OPENING = re.compile(r"\d+\.|[-+#>]")
#: What `_escaped` looks at: a text without any of it says itself.
_SPECIAL = re.compile(r"[\\*_~|`<\[\]@]|://|^(?:\d+\.|[-+#>])")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_MAX_URL = 400


def escape(text: str, limit: int = 300) -> str:
    """Make `text` say itself and nothing else in Discord's markdown; at most `limit` long, escapes included."""
    return _laid_out(text, limit, markdown=True)


def plain(text: str, limit: int = 80) -> str:
    """Make `text` fit a place without markdown, such as a button's label or an option of a select."""
    return _laid_out(text, limit, markdown=False)


def spoiler(text: str, limit: int = 300) -> str:
    """Hide `text` until it is clicked."""
    hidden = escape(text, limit - 5)
    # Discord ends a spoiler at the first two bars side by side, whether or not one is escaped.
    return f"||{hidden}{' ' if hidden.endswith('|') else ''}||"


def small(text: str) -> str:
    """Small print. `text` is markdown of ours: escape what comes from outside."""
    return f"-# {text}"


def link(label: str, url: str) -> str:
    """Link `label` to an https page; the label alone if the address is anything else, or very long."""
    label = escape(label, 60)
    address = quote(url, safe=":/?&=%#@!$*+,;~._-")  # no brackets, blanks or quotes: they would end the link
    host = _host(url)
    return f"[{label}]({address})" if host and len(address) <= _MAX_URL else label


def site(url: str) -> str:
    """The name of a page's site: "radiotimes" of https://www.radiotimes.com/…; empty if it is no https page.

    Without dots on purpose: Discord does not show links whose label looks like an address.
    """
    host = _host(url)
    return max(host.split(".")[:-1], key=len, default="") if host else ""


def listed(names: Sequence[str]) -> str:
    """Join names the way a person says them: "A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def within(lines: Iterable[str], budget: int) -> list[str]:
    """Keep the first of `lines` that fit into `budget` characters, with a last one that counts the others."""
    every = list(lines)
    more = 24  # "… and 1000 more" and its line break
    kept: list[str] = []
    for place, line in enumerate(every):
        last = place == len(every) - 1
        if width("\n".join([*kept, line])) > (budget if last else budget - more):
            return [*kept, f"{ELLIPSIS} and {len(every) - place} more"]
        kept.append(line)
    return kept


def width(text: str) -> int:
    """How long `text` is to Discord's clients, which count an emoji as two."""
    if text.isascii() or max(text) <= "\uffff":  # most texts, and a card has many
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    sound = parts.scheme == "https" and re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc)
    return parts.netloc if sound else ""


def _tidy(text: str) -> str:
    """One line of visible characters: no controls, nothing of zero width, no change of direction."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    seen = (c for c in text if c not in _BLANK and unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return " ".join(_STACKED.sub(r"\1", "".join(seen)).split())


@lru_cache(maxsize=4096)  # titles, names and dates come again and again
def _laid_out(text: str, limit: int, *, markdown: bool) -> str:
    text = _tidy(text)
    if text.isascii() and len(text) <= limit and not (markdown and _SPECIAL.search(text)):
        return text
    flips = any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text)
    pieces = _escaped(text) if markdown else _CLUSTER.findall(text)
    shown = _clamped(pieces, limit - 2 if flips else limit)
    # Text that runs from right to left would take the words after it along.
    return f"{_ISOLATE}{shown}{_END_ISOLATE}" if flips else shown


def _escaped(text: str) -> list[str]:
    """The text's characters, each with the escape that it needs."""
    opening = _OPENING.match(text)
    pieces: list[str] = []
    for found in _CLUSTER.finditer(text):
        cluster = found[0]
        opens = opening is not None and found.end() == opening.end()
        starts_link = text.startswith("://", found.start())
        if cluster[0] in _MARKUP or opens or starts_link:
            cluster = "\\" + cluster
        elif cluster[0] == "@":
            cluster += "\u200b"  # as discord.utils.escape_mentions does: Discord reads pings through a backslash
        pieces.append(cluster)
    return pieces


def _clamped(pieces: Sequence[str], limit: int) -> str:
    """Join whole pieces; what does not fit into `limit` becomes an ellipsis."""
    if width("".join(pieces)) <= limit:
        return "".join(pieces)
    kept: list[str] = []
    room = limit - len(ELLIPSIS)
    for piece in pieces:
        room -= width(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + ELLIPSIS
