"""Countries and their time zones, from the tables that the tzdata package carries (as zoneinfo itself does)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.titles import normalise
from bot.domain.zone_names import likely_zones

#: tzdata's names are short or formal; these are what people say.
_SPOKEN = {
    "GB": "United Kingdom",
    "KR": "South Korea",
    "KP": "North Korea",
    "CD": "DR Congo",
    "CG": "Congo",
    "CZ": "Czechia",
    "BO": "Bolivia",
    "BN": "Brunei",
    "VN": "Vietnam",
    "TR": "Türkiye",
    "VA": "Vatican City",
    "BA": "Bosnia and Herzegovina",
    "AG": "Antigua and Barbuda",
    "TT": "Trinidad and Tobago",
    "KN": "Saint Kitts and Nevis",
    "LC": "Saint Lucia",
    "VC": "Saint Vincent and the Grenadines",
    "ST": "São Tomé and Príncipe",
    "MM": "Myanmar",
}
#: Whose name takes an article inside a sentence.
_WITH_ARTICLE = frozenset({
    "US", "GB", "NL", "PH", "AE", "BS", "CF", "CD", "CG", "KM", "DO", "GM", "MV", "SC", "SB", "MH", "FK", "KY", "CK",
    "FO", "VG", "VI", "TC", "MP", "IM", "VA",
})  # fmt: skip
#: What people type that is neither the code nor the name.
_ALIASES = {
    "uk": "GB",
    "great britain": "GB",
    "britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "usa": "US",
    "america": "US",
    "united states of america": "US",
    "holland": "NL",
    "turkey": "TR",
    "czech republic": "CZ",
    "korea": "KR",
    "deutschland": "DE",
    "españa": "ES",
    "brasil": "BR",
    "österreich": "AT",
    "schweiz": "CH",
    "suisse": "CH",
    "sverige": "SE",
    "norge": "NO",
    "danmark": "DK",
    "suomi": "FI",
    "italia": "IT",
    "polska": "PL",
    "méxico": "MX",
}
#: Discord's locales whose language is spoken in one country far more than elsewhere, or that name their country.
#: https://discord.com/developers/docs/reference#locales
_LOCALE_COUNTRY = {
    "en-US": "US", "en-GB": "GB", "de": "DE", "fr": "FR", "es-ES": "ES", "pt-BR": "BR", "it": "IT", "nl": "NL",
    "pl": "PL", "sv-SE": "SE", "no": "NO", "da": "DK", "fi": "FI", "cs": "CZ", "el": "GR", "hu": "HU", "ro": "RO",
    "bg": "BG", "hr": "HR", "lt": "LT", "uk": "UA", "ru": "RU", "tr": "TR", "ja": "JP", "ko": "KR", "zh-CN": "CN",
    "zh-TW": "TW", "th": "TH", "vi": "VN", "hi": "IN", "id": "ID", "es-419": "MX",
}  # fmt: skip
#: The zone to go by until somebody says, where most people of a country with several zones live.
_MAIN_ZONE = {
    "US": "America/New_York", "CA": "America/Toronto", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "RU": "Europe/Moscow", "MX": "America/Mexico_City", "ID": "Asia/Jakarta", "ES": "Europe/Madrid",
    "PT": "Europe/Lisbon", "CN": "Asia/Shanghai", "UA": "Europe/Kyiv", "CL": "America/Santiago",
    "NZ": "Pacific/Auckland", "AR": "America/Argentina/Buenos_Aires", "KZ": "Asia/Almaty", "DE": "Europe/Berlin",
    "CD": "Africa/Kinshasa", "MN": "Asia/Ulaanbaatar", "EC": "America/Guayaquil", "MY": "Asia/Kuala_Lumpur",
}  # fmt: skip


@cache
def countries() -> Mapping[str, str]:
    """Every country of ISO 3166-1: code → the name people use, by name."""
    rows = (line.split("\t") for line in _table("iso3166.tab"))
    named = {code: _SPOKEN.get(code, name) for code, name, *_ in rows}
    return MappingProxyType(dict(sorted(named.items(), key=lambda item: item[1])))


@cache
def _zones_by_country() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in _table("zone.tab"):
        code, _, zone, *_ = line.split("\t")
        found.setdefault(code, []).append(zone)
    return MappingProxyType({code: tuple(zones) for code, zones in found.items()})


def country_name(code: str) -> str:
    """The name of a country; the code itself if it is none."""
    return countries().get(code, code)


def the_country(code: str) -> str:
    """The name of a country inside a sentence: "the United States", "France"."""
    return f"the {country_name(code)}" if code in _WITH_ARTICLE else country_name(code)


def flag(code: str) -> str:
    """The flag emoji of a country: its two letters as regional indicators."""
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in code) if code in countries() else ""


def find_country(typed: str) -> str | None:
    """Read a country from its code, its name or a common other name, in any case."""
    text = typed.strip()
    if text.upper() in countries():
        return text.upper()
    return _country_names().get(normalise(text))


@cache
def _country_names() -> Mapping[str, str]:
    """Names and other names, without marks and case → code."""
    names = [(name, code) for code, name in countries().items()]
    return MappingProxyType({normalise(name): code for name, code in (*_ALIASES.items(), *names)})


def country_of_locale(locale: str) -> str | None:
    """The country to guess from a Discord locale."""
    return _LOCALE_COUNTRY.get(locale)


def zones_of(country: str) -> tuple[str, ...]:
    """A country's time zones, the main one first; empty for an uninhabited or unknown one."""
    zones = _zones_by_country().get(country, ())
    main = _MAIN_ZONE.get(country)
    return (main, *(zone for zone in zones if zone != main)) if main else zones


def distinct_zones(country: str, now: datetime) -> tuple[str, ...]:
    """One zone for each way that clocks run in `country` in the year of `now`, the main one first.

    More than one: which is meant must be asked.
    """
    return _distinct_zones(country, now.year)


@cache  # zoneinfo keeps eight zones; the United States alone have 29, each read from its file again
def _distinct_zones(country: str, year: int) -> tuple[str, ...]:
    kept: dict[tuple[object, object], str] = {}
    for zone in zones_of(country):
        winter, summer = (
            datetime(year, month, 1, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset() for month in (1, 7)
        )
        kept.setdefault((winter, summer), zone)
    return tuple(kept.values())


@cache
def _known_zones() -> Mapping[str, str]:
    return MappingProxyType({name.casefold(): name for name in available_timezones() if "/" in name or name == "UTC"})


def find_zone(typed: str) -> str | None:
    """Read a time zone from its IANA name or its city, in any case: "Europe/Berlin", "berlin", "new york"."""
    text = typed.strip().casefold().replace(" ", "_")
    if text in _known_zones():
        return _known_zones()[text]
    city = normalise(typed)
    zones = (zone for zones in _zones_by_country().values() for zone in zones)
    return next((zone for zone in zones if city and normalise(zone.rsplit("/", 1)[-1]) == city), None)


def suggest_zones(typed: str, country: str) -> list[str]:
    """At most 25 zones for what has been typed so far: those of `country` first, then by name. "EST": what it means."""
    if likely := likely_zones(typed):
        return list(likely)
    text = typed.strip().casefold().replace(" ", "_")
    everywhere = sorted({zone for zones in _zones_by_country().values() for zone in zones} | {"UTC"})
    ordered = dict.fromkeys((*zones_of(country), *everywhere))
    return [zone for zone in ordered if text in zone.casefold()][:25]


def suggest_countries(typed: str) -> list[tuple[str, str]]:
    """At most 25 (code, name) for what has been typed so far: names that begin so first."""
    text = typed.strip().casefold()
    exact = find_country(typed)
    fits = [(code, name) for code, name in countries().items() if text in name.casefold() or code == exact]
    return sorted(fits, key=lambda item: (item[0] != exact, not item[1].casefold().startswith(text), item[1]))[:25]


def _table(name: str) -> list[str]:
    """The rows of one of tzdata's tables, without comments."""
    text = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
