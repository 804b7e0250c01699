"""What people type for a time zone that is none: abbreviations and offsets, and the places they are likely to mean."""

import re
from collections.abc import Mapping

_LIKELY: Mapping[str, tuple[str, ...]] = {
    "et est edt": ("America/New_York", "America/Toronto"),
    "ct cst cdt": ("America/Chicago", "America/Mexico_City", "Asia/Shanghai"),
    "mt mst mdt": ("America/Denver", "America/Phoenix", "America/Edmonton"),
    "pt pst pdt": ("America/Los_Angeles", "America/Vancouver"),
    "akst akdt": ("America/Anchorage",),
    "hst hdt": ("Pacific/Honolulu",),
    "ast adt": ("America/Halifax", "America/Puerto_Rico", "Asia/Riyadh"),
    "nst ndt": ("America/St_Johns",),
    "brt brst": ("America/Sao_Paulo",),
    "art": ("America/Argentina/Buenos_Aires",),
    "clt clst": ("America/Santiago",),
    "cot": ("America/Bogota",),
    "pet": ("America/Lima",),
    "gmt": ("Europe/London", "Europe/Dublin", "Africa/Accra"),
    "bst": ("Europe/London", "Asia/Dhaka"),
    "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "wet west wez": ("Europe/Lisbon",),
    "cet cest met mest mez mesz": ("Europe/Berlin", "Europe/Paris", "Europe/Madrid"),
    "eet eest oez": ("Europe/Athens", "Europe/Helsinki", "Europe/Kyiv"),
    "msk": ("Europe/Moscow",),
    "trt": ("Europe/Istanbul",),
    "sast": ("Africa/Johannesburg",),
    "eat": ("Africa/Nairobi",),
    "wat": ("Africa/Lagos",),
    "cat": ("Africa/Maputo",),
    "gst": ("Asia/Dubai",),
    "pkt": ("Asia/Karachi",),
    "npt": ("Asia/Kathmandu",),
    "ict": ("Asia/Bangkok", "Asia/Ho_Chi_Minh"),
    "wib": ("Asia/Jakarta",),
    "wita": ("Asia/Makassar",),
    "sgt": ("Asia/Singapore",),
    "myt": ("Asia/Kuala_Lumpur",),
    "hkt": ("Asia/Hong_Kong",),
    "pht phst": ("Asia/Manila",),
    "jst": ("Asia/Tokyo",),
    "kst": ("Asia/Seoul",),
    "awst": ("Australia/Perth",),
    "acst acdt": ("Australia/Adelaide", "Australia/Darwin"),
    "aest aedt aet": ("Australia/Sydney", "Australia/Brisbane"),
    "nzst nzdt": ("Pacific/Auckland",),
}
_PLACES: Mapping[str, tuple[str, ...]] = {name: zones for names, zones in _LIKELY.items() for name in names.split()}
#: "PST8PDT", as old systems write it.
_POSIX = re.compile(r"([a-z]{3,4})-?[0-9]{1,2}(?:[a-z]{3,4})?")
_OFFSET = re.compile(r"(?:(?:utc|gmt)\s*[+\u2212-]\s*[0-9]{1,2}|[+\u2212-]\s*[0-9]{1,2})(?::?[0-9]{2})?")


def likely_zones(typed: str) -> tuple[str, ...]:
    """The zones that an abbreviation ("EST", "PST8PDT") may stand for, the likeliest first; empty if it is none."""
    if is_offset(typed):
        return ()
    text = typed.strip().casefold()
    posix = _POSIX.fullmatch(text)
    return _PLACES.get(posix[1] if posix else text, ())


def is_offset(typed: str) -> bool:
    """Whether it is a distance from UTC: "UTC+2", "+02:00"."""
    return _OFFSET.fullmatch(typed.strip().casefold()) is not None
