"""Countries and their zones, as people say them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.places import (
    countries,
    country_name,
    country_of_locale,
    distinct_zones,
    find_country,
    find_zone,
    flag,
    suggest_countries,
    suggest_zones,
    zones_of,
)
from tests.domain.examples import utc

NOW = utc("2025-05-27 16:00")
#: https://discord.com/developers/docs/reference#locales
LOCALES = (
    "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja "
    "zh-TW ko"
)


def test_all_of_iso_3166_is_there_by_the_names_people_use() -> None:
    assert len(countries()) == 249
    assert {code: country_name(code) for code in ("GB", "KR", "US", "DE", "CI")} == {
        "GB": "United Kingdom", "KR": "South Korea", "US": "United States", "DE": "Germany", "CI": "Côte d’Ivoire",
    }  # fmt: skip
    assert list(countries().values()) == sorted(countries().values())
    assert len(set(countries().values())) == 249
    assert country_name("XX") == "XX"
    assert isinstance(countries(), Mapping)


def test_every_country_is_found_by_its_code_and_name_in_any_case() -> None:
    for code, name in countries().items():
        assert find_country(code.lower()) == find_country(name.upper()) == find_country(f" {name} ") == code


@pytest.mark.parametrize(("typed", "code"), [("cote d'ivoire", "CI"), ("Aland Islands", "AX"), ("turkiye", "TR")])
def test_a_country_is_found_without_its_marks(typed: str, code: str) -> None:
    assert find_country(typed) == code
    assert suggest_countries(typed)[0][0] == code


def test_a_flag_is_the_two_letters_as_regional_indicators() -> None:
    assert (flag("DE"), flag("US"), flag("XX"), flag("")) == ("🇩🇪", "🇺🇸", "", "")


def test_every_locale_of_discord_leads_to_a_country() -> None:
    assert {locale: country_of_locale(locale) for locale in ("en-US", "en-GB", "de", "pt-BR", "ja")} == {
        "en-US": "US", "en-GB": "GB", "de": "DE", "pt-BR": "BR", "ja": "JP",
    }  # fmt: skip
    assert all(country_of_locale(locale) in countries() for locale in LOCALES.split())
    assert country_of_locale("tlh") is None


def test_every_zone_of_every_country_exists_and_the_main_one_is_its_own() -> None:
    for code in countries():
        zones = zones_of(code)
        assert len(zones) == len(set(zones))
        for zone in zones:
            assert datetime(2025, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset() is not None
    assert zones_of("XX") == ()
    assert [zones_of(code)[0] for code in ("US", "DE", "AU", "ES", "GB")] == [
        "America/New_York", "Europe/Berlin", "Australia/Sydney", "Europe/Madrid", "Europe/London",
    ]  # fmt: skip


DISTINCT = [("DE", 1), ("GB", 1), ("CN", 2), ("NP", 1), ("ES", 2), ("NZ", 2), ("AQ", 2), ("XX", 0), ("BV", 0)]


@pytest.mark.parametrize(("country", "at_least"), DISTINCT)
def test_zones_are_asked_for_only_where_clocks_differ(country: str, at_least: int) -> None:
    found = distinct_zones(country, NOW)
    assert len(found) >= at_least
    assert at_least == 2 or len(found) == at_least


def test_the_zones_to_choose_from_differ_and_begin_with_the_main_one() -> None:
    found = distinct_zones("US", NOW)
    assert found[0] == "America/New_York"
    assert {"America/Chicago", "America/Denver", "America/Los_Angeles", "Pacific/Honolulu"} <= set(found)
    assert len(found) <= 25
    for country in countries():
        zones = distinct_zones(country, NOW)
        clocks = [
            tuple(NOW.replace(month=month, day=1).astimezone(ZoneInfo(zone)).utcoffset() for month in (1, 7))
            for zone in zones
        ]
        assert len(clocks) == len(set(clocks))
        assert zones[:1] == zones_of(country)[:1]
        assert len(zones) <= 25


def _offset(zone: str, month: int) -> timedelta | None:
    return NOW.replace(month=month, day=1).astimezone(ZoneInfo(zone)).utcoffset()


ZONES = [
    ("Europe/Berlin", "Europe/Berlin"),
    ("EUROPE/BERLIN", "Europe/Berlin"),
    ("tokyo", "Asia/Tokyo"),
    ("new york", "America/New_York"),
    ("Buenos Aires", "America/Argentina/Buenos_Aires"),
    ("UTC", "UTC"),
    ("Asia/Calcutta", "Asia/Calcutta"),
    ("", None),
    ("/", None),
    ("York", None),
    ("Berlin ", "Europe/Berlin"),
    ("EST", None),
    ("localtime", None),
    ("posixrules", None),
    ("São Paulo", "America/Sao_Paulo"),
]


@pytest.mark.parametrize(("typed", "expected"), ZONES)
def test_a_zone_is_found_by_its_name_or_city(typed: str, expected: str | None) -> None:
    assert find_zone(typed) == expected


def test_suggestions_begin_with_what_is_near() -> None:
    assert suggest_zones("", "AU")[0] == "Australia/Sydney"
    assert suggest_zones("new y", "DE") == ["America/New_York"]
    assert suggest_zones("zzz", "DE") == []
    assert suggest_countries("united")[0][1].startswith("United")
    assert suggest_countries("de")[0] == ("DE", "Germany")
    assert suggest_countries("uk")[0] == ("GB", "United Kingdom")
    assert suggest_countries("zzz") == []


@given(st.text(max_size=20))
def test_suggestions_fit_in_discords_list_and_can_be_chosen(typed: str) -> None:
    zones, found = suggest_zones(typed, "US"), suggest_countries(typed)
    assert max(len(zones), len(found)) <= 25
    assert all(find_zone(zone) == zone for zone in zones)
    assert all(find_country(name) == find_country(code) == code for code, name in found)
    assert find_country(typed) is None or find_country(typed) in countries()
