import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Secret, Settings, SettingsError, load_settings

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"
PASSWORD = "correct-horse-battery"
POSTGRES = f"postgresql://marquee:{PASSWORD}@localhost/marquee"


def load(**environ: str) -> Settings:
    return load_settings(environ, None, need_token=False)


def refusal(environ: dict[str, str], dotenv: Path | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, dotenv, need_token=True)
    # The traceback would show a chained error's text, and with it the value.
    assert caught.value.__cause__ is None or isinstance(caught.value.__cause__, OSError)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


class TestDefaults:
    def test_everything_has_a_default_but_the_token(self) -> None:
        settings = load()
        assert settings.token is None
        assert settings.database_url == "sqlite:///marquee.db"
        assert (settings.api_url, settings.gateway_url, settings.catalogue) == (None, None, None)
        assert (settings.log_level, settings.log_format, settings.post_rate) == ("INFO", "text", 48)

    def test_a_blank_value_is_an_unset_one(self) -> None:
        assert load(LOG_LEVEL=" ", POST_RATE="", DATABASE_URL="") == load()

    def test_without_need_a_wrong_token_is_no_obstacle(self) -> None:
        assert load(DISCORD_TOKEN="Bot x").token is None


class TestToken:
    def test_from_the_environment(self) -> None:
        settings = load_settings({"DISCORD_TOKEN": f" {TOKEN}\n"}, None, need_token=True)
        assert settings.token == Secret(TOKEN)

    def test_from_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text(f"{TOKEN}\r\n", encoding="utf-8-sig")
        settings = load_settings({"DISCORD_TOKEN_FILE": str(file)}, None, need_token=True)
        assert settings.token == Secret(TOKEN)

    def test_missing_says_where_to_get_one(self) -> None:
        assert "Developer Portal" in refusal({})

    def test_both_is_one_too_many(self) -> None:
        assert "both" in refusal({"DISCORD_TOKEN": TOKEN, "DISCORD_TOKEN_FILE": "/token"})

    @pytest.mark.parametrize(
        ("pasted", "says"),
        [
            pytest.param(f'"{TOKEN}"', "quotes", id="quotes"),
            pytest.param(f"'{TOKEN}", "quotes", id="one quote"),
            pytest.param(f"Bot {TOKEN}", '"Bot"', id="prefix"),
            pytest.param(f"{TOKEN[:30]} {TOKEN[30:]}", "space", id="space"),
            pytest.param(f"{TOKEN}\n{TOKEN}", "line break", id="two lines"),
            pytest.param("123456789012345678", "application's id", id="application id"),
            pytest.param("aB3_" * 8, "client secret", id="client secret"),
            pytest.param("https://discord.com/api/webhooks/1/abc", "three parts", id="webhook"),
            pytest.param(TOKEN.replace("a", "\N{CYRILLIC SMALL LETTER A}"), "three parts", id="a Cyrillic letter"),
        ],
    )
    def test_each_mistake_has_its_sentence(self, pasted: str, says: str, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text(pasted, encoding="utf-8")
        for environ in ({"DISCORD_TOKEN": pasted}, {"DISCORD_TOKEN_FILE": str(file)}):
            sentence = refusal(environ)
            assert says in sentence
            assert pasted not in sentence
            assert TOKEN not in sentence

    def test_a_file_that_is_empty_missing_or_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "empty").write_text(" \n")
        assert "is empty" in refusal({"DISCORD_TOKEN_FILE": str(tmp_path / "empty")})
        for path in (tmp_path / "missing", tmp_path):
            assert "cannot be read" in refusal({"DISCORD_TOKEN_FILE": str(path)})

    def test_a_token_pasted_as_the_files_name_stays_secret(self) -> None:
        assert TOKEN not in refusal({"DISCORD_TOKEN_FILE": TOKEN})

    def test_no_way_of_showing_settings_shows_a_secret(self) -> None:
        settings = load_settings({"DISCORD_TOKEN": TOKEN, "DATABASE_URL": POSTGRES}, None, need_token=True)
        shown = f"{settings} {settings!r} {settings.token} {settings.token!r} {settings.secrets}"
        assert TOKEN not in shown
        assert PASSWORD not in shown
        assert {secret.reveal() for secret in settings.secrets} == {TOKEN, PASSWORD}

    def test_a_quoted_password_is_secret_in_both_spellings(self) -> None:
        settings = load(DATABASE_URL="postgresql://u:p%40ss%2Fword@localhost/marquee")
        assert {secret.reveal() for secret in settings.secrets} == {"p%40ss%2Fword", "p@ss/word"}

    def test_a_password_behind_the_question_mark_is_secret_too(self) -> None:
        settings = load(DATABASE_URL="postgresql:///marquee?user=u&password=one+%40&sslpassword=two&host=h")
        assert {secret.reveal() for secret in settings.secrets} == {"one+%40", "one+@", "one @", "two"}


class TestSources:
    READ_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJtYXJxdWVlIn0.c2lnbmF0dXJl"

    def test_wikidata_alone_is_asked_unless_told_otherwise(self) -> None:
        sources = load().sources
        assert (sources.tmdb_token, sources.tmdb_url) == (None, None)
        assert (sources.wikidata, sources.wikidata_url, sources.contact) == (True, None, "")
        assert not load(WIKIDATA="Off").sources.wikidata
        assert "on, off" in refusal({"DISCORD_TOKEN": TOKEN, "WIKIDATA": "no"})

    def test_a_token_from_the_environment_or_a_file_is_a_secret(self, tmp_path: Path) -> None:
        file = tmp_path / "tmdb"
        file.write_text(f"{self.READ_TOKEN}\n")
        for environ in ({"TMDB_TOKEN": self.READ_TOKEN}, {"TMDB_TOKEN_FILE": str(file)}):
            settings = load(**environ)
            assert settings.sources.tmdb_token == Secret(self.READ_TOKEN)
            assert settings.secrets == (Secret(self.READ_TOKEN),)
            assert self.READ_TOKEN not in f"{settings} {settings!r}"

    @pytest.mark.parametrize(
        ("pasted", "says"),
        [
            pytest.param("0123456789abcdef" * 2, "long API Read Access Token", id="the short key"),
            pytest.param(f"Bearer {READ_TOKEN}", '"Bearer"', id="prefix"),
            pytest.param(f"'{READ_TOKEN}'", "quotes", id="quotes"),
            pytest.param(f"{READ_TOKEN}\n{READ_TOKEN}", "line break", id="two lines"),
            pytest.param(f"{READ_TOKEN}é", "foreign letter", id="a foreign letter"),
        ],
    )
    def test_each_mistake_has_its_sentence(self, pasted: str, says: str) -> None:
        sentence = refusal({"DISCORD_TOKEN": TOKEN, "TMDB_TOKEN": pasted})
        assert says in sentence
        assert pasted not in sentence
        assert self.READ_TOKEN not in sentence

    def test_both_is_one_too_many(self) -> None:
        sentence = refusal({"DISCORD_TOKEN": TOKEN, "TMDB_TOKEN": "a", "TMDB_TOKEN_FILE": "b"})
        assert "TMDB_TOKEN and TMDB_TOKEN_FILE are both set" in sentence

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        sentence = refusal({"DISCORD_TOKEN": TOKEN, "TMDB_TOKEN_FILE": str(tmp_path)})
        assert "TMDB_TOKEN_FILE=/run/secrets/tmdb_token" in sentence

    def test_addresses(self) -> None:
        sources = load(TMDB_URL="http://127.0.0.1:8082/3/", WIKIDATA_URL="https://example.org/w/api.php").sources
        assert (sources.tmdb_url, sources.wikidata_url) == ("http://127.0.0.1:8082/3", "https://example.org/w/api.php")
        for name in ("TMDB_URL", "WIKIDATA_URL"):
            assert name in refusal({"DISCORD_TOKEN": TOKEN, name: "ftp://example.org"})

    def test_a_contact_that_can_stand_in_a_header(self) -> None:
        for contact in ("you@example.org", "https://example.org/marquee"):
            assert load(MARQUEE_CONTACT=contact).sources.contact == contact
        for wrong in ("me", "a@b\r\nX-Evil: 1", "you (at) example.org", "ü@example.org", "a@" + "b" * 300):
            assert "MARQUEE_CONTACT" in refusal({"DISCORD_TOKEN": TOKEN, "MARQUEE_CONTACT": wrong})


class TestAddresses:
    @pytest.mark.parametrize(
        "url", ["sqlite:///a.db", "sqlite:////var/lib/marquee/a.db", POSTGRES, "postgresql://[::1]:5432/marquee"]
    )
    def test_a_good_database(self, url: str) -> None:
        assert load(DATABASE_URL=url).database_url == url

    @pytest.mark.parametrize(
        ("url", "says"),
        [
            pytest.param("marquee.db", "must begin with", id="a bare file"),
            pytest.param("mysql://localhost/marquee", "must begin with", id="another engine"),
            pytest.param(POSTGRES.replace("postgresql", "postgres"), "must begin with", id="the short name"),
            pytest.param("sqlite://", "names no file", id="no file"),
            pytest.param("sqlite:marquee.db", "names no file", id="no slashes"),
            pytest.param("postgresql://localhost", "names no database", id="no database"),
            pytest.param(f"postgresql://marquee:{PASSWORD}@localhost:port/marquee", "not an address", id="port"),
            pytest.param(f"postgresql://marquee:{PASSWORD}[@localhost/marquee", "%40", id="a bracket in the password"),
        ],
    )
    def test_a_bad_database(self, url: str, says: str) -> None:
        sentence = refusal({"DISCORD_TOKEN": TOKEN, "DATABASE_URL": url})
        assert says in sentence
        assert "DATABASE_URL" in sentence
        assert PASSWORD not in sentence

    def test_discords_addresses(self) -> None:
        settings = load(DISCORD_API_URL="http://127.0.0.1:8080/api/v10/", DISCORD_GATEWAY_URL="ws://127.0.0.1:8081")
        assert settings.api_url == "http://127.0.0.1:8080/api/v10"
        assert settings.gateway_url == "ws://127.0.0.1:8081"

    @pytest.mark.parametrize("name", ["DISCORD_API_URL", "DISCORD_GATEWAY_URL"])
    @pytest.mark.parametrize("url", ["localhost:8080", "ftp://localhost", "https://", "wss://u:pw@host", "http://h:x"])
    def test_a_bad_address_names_its_setting(self, name: str, url: str) -> None:
        sentence = refusal({"DISCORD_TOKEN": TOKEN, name: url})
        assert name in sentence
        assert "as in" in sentence


class TestChoices:
    def test_case_is_forgiven(self) -> None:
        settings = load(LOG_LEVEL="debug", LOG_FORMAT="JSON")
        assert (settings.log_level, settings.log_format) == ("DEBUG", "json")

    @pytest.mark.parametrize("rate", ["1", "50"])
    def test_the_rate_has_limits(self, rate: str) -> None:
        assert load(POST_RATE=rate).post_rate == int(rate)

    @pytest.mark.parametrize("rate", ["0", "51", "-1", "4.5", "many", "٤٥", "9" * 5000])
    def test_a_rate_beyond_them(self, rate: str) -> None:
        assert "from 1 to 50" in refusal({"DISCORD_TOKEN": TOKEN, "POST_RATE": rate})

    def test_the_catalogue_is_a_folder(self, tmp_path: Path) -> None:
        assert load(MARQUEE_DATA=str(tmp_path)).catalogue == tmp_path
        for wrong in (str(tmp_path / "missing"), "~nobody-of-that-name/data", "x" * 5000):
            assert "folder" in refusal({"DISCORD_TOKEN": TOKEN, "MARQUEE_DATA": wrong})

    def test_the_titles_are_beside_the_database_unless_named(self, tmp_path: Path) -> None:
        assert load().titles_path == Path("titles.sqlite")
        assert load(DATABASE_URL="sqlite:////var/lib/my%20bot/a.db").titles_path == Path(
            "/var/lib/my bot/titles.sqlite"
        )
        assert load(DATABASE_URL=POSTGRES).titles_path == Path("titles.sqlite")
        assert load(MARQUEE_TITLES=str(tmp_path / "t")).titles_path == tmp_path / "t"
        for wrong in (str(tmp_path), str(tmp_path / "no" / "t"), "~nobody-of-that-name/t", "x" * 5000, "a\0/b"):
            assert "file" in refusal({"DISCORD_TOKEN": TOKEN, "MARQUEE_TITLES": wrong})

    @pytest.mark.parametrize(
        "name",
        [
            "DATABASE_URL",
            "DISCORD_API_URL",
            "DISCORD_GATEWAY_URL",
            "TMDB_URL",
            "WIKIDATA",
            "WIKIDATA_URL",
            "MARQUEE_CONTACT",
            "LOG_LEVEL",
            "LOG_FORMAT",
            "MARQUEE_DATA",
            "POST_RATE",
        ],
    )
    def test_a_token_in_the_wrong_place_is_not_repeated(self, name: str) -> None:
        assert TOKEN not in refusal({"DISCORD_TOKEN": TOKEN, name: TOKEN})

    @given(
        st.dictionaries(st.sampled_from(["DISCORD_TOKEN", "DATABASE_URL", "DISCORD_API_URL", "POST_RATE"]), st.text())
    )
    def test_whatever_is_typed_gives_settings_or_a_sentence(self, environ: dict[str, str]) -> None:
        settings = None
        with contextlib.suppress(SettingsError):
            settings = load_settings(environ, None, need_token=True)
        assert settings or refusal(environ)


class TestDotenv:
    def test_the_environment_wins(self, tmp_path: Path) -> None:
        dotenv = tmp_path / ".env"
        dotenv.write_text("LOG_LEVEL=DEBUG\nPOST_RATE = 30 # slower\nexport LOG_FORMAT='json'\n", encoding="utf-8-sig")
        settings = load_settings({"LOG_LEVEL": "ERROR"}, dotenv, need_token=False)
        assert (settings.log_level, settings.post_rate, settings.log_format) == ("ERROR", 30, "json")

    def test_it_need_not_exist(self, tmp_path: Path) -> None:
        assert load_settings({}, tmp_path / ".env", need_token=False) == load()

    def test_a_dollar_is_a_dollar(self, tmp_path: Path) -> None:
        dotenv = tmp_path / ".env"
        dotenv.write_text("DATABASE_URL=postgresql://u:${HOME}$x@h/marquee\n")
        assert "${HOME}$x@" in load_settings({}, dotenv, need_token=False).database_url

    @pytest.mark.parametrize("line", [f'DISCORD_TOKEN="{TOKEN}', f"DISCORD_TOKEN {TOKEN}", "DISCORD_TOKEN", "=x"])
    def test_a_line_that_is_no_setting_is_named(self, line: str, tmp_path: Path) -> None:
        dotenv = tmp_path / ".env"
        dotenv.write_text(f"LOG_LEVEL=INFO\n{line}\n")
        sentence = refusal({}, dotenv)
        assert "Line 2 of" in sentence
        assert TOKEN not in sentence

    def test_a_file_in_another_encoding(self, tmp_path: Path) -> None:
        dotenv = tmp_path / ".env"
        dotenv.write_text(f"DISCORD_TOKEN={TOKEN}", encoding="utf-16")
        assert "UTF-8" in refusal({}, dotenv)

    def test_a_folder_of_that_name(self, tmp_path: Path) -> None:
        assert "cannot be read" in refusal({}, tmp_path)
