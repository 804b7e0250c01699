"""Pictures say what the facts say, never show a box for a letter, and are drawn once, quickly, off the loop."""

import asyncio
import threading
import time
from datetime import date
from importlib.resources import files
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from bot.domain.dates import ReleaseDate
from bot.domain.films import Film, Release, ReleaseType
from bot.ui import drawing
from bot.ui.drawing import draw_picture
from bot.ui.lettering import CAPITAL, LEADING, Face, find_face, fit, font_of
from bot.ui.pictures import PictureShop, PictureSpec, spec_of
from bot.ui.sign import HEIGHT, SIGNS, THEMES, WIDTH, Theme, theme_of
from bot.ui.sign_drawing import draw_sheet

TODAY = date(2025, 5, 30)
BALLERINA = Film(1, "Ballerina", 2025, alternative_titles=("From the World of John Wick: Ballerina",))
SPEC = PictureSpec(("Ballerina",), "7", "days", "in cinemas", "Fri 6 June 2025", "United States")
titles = st.text(st.one_of(st.characters(), st.sampled_from(list("AEÉИΩ발🎬.:-–' \u0301\u05d0"))), max_size=220)


def release(when: str, kind: ReleaseType = ReleaseType.THEATRICAL) -> Release:
    return Release("US", kind, ReleaseDate.parse(when))


@pytest.mark.parametrize(
    ("when", "big", "under", "says"),
    [
        ("2025-06-06", "7", "days", "Fri 6 June 2025"),
        ("2025-05-31", "1", "day", "Sat 31 May 2025"),
        ("2025-05-30", "Today", "in cinemas", "Fri 30 May 2025"),
        ("2025-05-29", "Out", "now", "Thu 29 May 2025"),
        ("2025-04-04", "Out", "now", "Fri 4 April 2025"),
        ("2025-04-03", "Out", "since 2025", "Thu 3 April 2025"),
        ("1984-04", "Out", "since 1984", "April 1984"),
        ("2029-01-19", "1,330", "days", "Fri 19 January 2029"),
        ("2027-06", "June", "2027", "No day announced yet"),
        ("2027-Q2", "Q2", "2027", "No month announced yet"),
        ("2027", "2027", "no day yet", "Only the year is known"),
        ("2025-05", "May", "2025", "No day announced yet"),
        ("tba", "TBA", "no date yet", "Date to be announced"),
    ],
)
def test_a_picture_says_how_far_off_the_film_is(when: str, big: str, under: str, says: str) -> None:
    spec = spec_of(BALLERINA, release(when), TODAY)
    assert (spec.big, spec.under, spec.when, spec.where) == (big, under, says, "United States")
    assert "in cinemas" in (spec.type, spec.under)


def test_without_a_release_it_says_so_and_names_no_country() -> None:
    assert spec_of(BALLERINA, None, TODAY) == PictureSpec(
        ("Ballerina", "From the World of John Wick: Ballerina"), "TBA", "no date yet", "", "Date to be announced"
    )


def test_the_alternative_text_says_what_the_picture_says() -> None:
    spec = spec_of(BALLERINA, release("2025-06-06", ReleaseType.DIGITAL), TODAY)
    assert spec.alt == "A cinema marquee: Ballerina · 7 days · digital · Fri 6 June 2025 · United States"


@pytest.mark.parametrize(
    ("title", "face", "drawn"),
    [
        ("Ballerina", Face.POSTER, "BALLERINA"),
        ("Amélie: Ça va, Łódź & Čeština", Face.POSTER, "AMÉLIE: ÇA VA, ŁÓDŹ & ČEŠTINA"),
        ("Ночной дозор", Face.POSTER, "НОЧНОЙ ДОЗОР"),
        ("Ταξίδι στα Κύθηρα", Face.BROAD, "ΤΑΞΙΔΙ ΣΤΑ ΚΥΘΗΡΑ"),
        ("Mùi đu đủ xanh ế", Face.BROAD, "MÙI ĐU ĐỦ XANH Ế"),
        ("Spider-Man 🕷 ★", Face.POSTER, "SPIDER-MAN"),
        ("WALL·E", Face.POSTER, "WALL·E"),
    ],
)
def test_a_font_is_found_for_every_title_in_latin_cyrillic_and_greek(title: str, face: Face, drawn: str) -> None:
    assert find_face(title) == (face, drawn)


@pytest.mark.parametrize("title", ["발레리나", "バレリーナ The World", "राजा", "ملك", "\u05d0\u05d1", "🎬", "!?", ""])
def test_a_title_that_our_fonts_lack_letters_for_is_not_drawn(title: str) -> None:
    assert find_face(title) is None


def test_all_letters_of_european_languages_are_covered() -> None:
    letters = [chr(code) for block in (range(0xC0, 0x180), range(0x388, 0x3CF), range(0x401, 0x460)) for code in block]
    assert [letter for letter in letters if letter.isalpha() and find_face(letter) is None] == []


def test_a_title_that_cannot_be_drawn_gives_way_to_one_that_can() -> None:
    korean = PictureSpec(("발레리나", "Ballerina"), "7", "days")
    assert draw_picture(korean) != draw_picture(PictureSpec(("발레리나",), "7", "days"))
    assert theme_of("발레리나") == theme_of("발레리나".casefold())


@settings(max_examples=40, deadline=None)
@given(titles, st.sampled_from(list(Face)))
@example("Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb", Face.POSTER)
@example("X" * 220, Face.BROAD)
@example("Up", Face.POSTER)
def test_lettering_stays_in_its_room_and_loses_words_only_with_an_ellipsis(title: str, face: Face) -> None:
    text = " ".join(title.split())
    laid = fit(face, text, (680, 166), (40, 190))
    font = font_of(face, laid.size)
    assert all(font.getlength(line) <= 680 * 1.04 for line in laid.lines)
    assert laid.size * (LEADING[face] * (len(laid.lines) - 1) + CAPITAL[face]) <= 166
    joined = "".join(laid.lines).replace(" ", "")
    assert joined == text.replace(" ", "") or joined.endswith("…")


@settings(max_examples=25, deadline=None)
@given(titles, st.text(max_size=30))
@example("", "")
@example("ǅ ß ŉ", "İstanbul")
def test_any_title_makes_a_picture(title: str, where: str) -> None:
    png = draw_picture(PictureSpec((title,), "1,342", "no day yet", "limited release", "Wed 24 September 2025", where))
    with Image.open(BytesIO(png)) as picture:
        assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(png) < 250_000


def test_films_differ_in_colour_and_each_keeps_its_own() -> None:
    chosen = [theme_of(f"Film {number}") for number in range(200)]
    assert set(chosen) == set(THEMES)
    assert theme_of("Ballerina") == theme_of("BALLERINA")


@pytest.mark.parametrize("theme", [THEMES[0], THEMES[-1]], ids=lambda theme: theme.name)
def test_the_signs_that_come_with_marquee_are_as_make_signs_draws_them(theme: Theme) -> None:
    with Image.open(SIGNS / f"{theme.name}.png") as shipped:
        assert (shipped.mode, shipped.size) == ("P", (WIDTH, HEIGHT))
        apart = ImageChops.difference(shipped.convert("RGB"), draw_sheet(theme).convert("RGB"))
    assert max(ImageStat.Stat(apart).mean) < 1  # another Pillow may round a level differently


def test_there_is_one_sign_a_theme() -> None:
    assert {path.stem for path in SIGNS.glob("*.png")} == {theme.name for theme in THEMES}
    assert sum(path.stat().st_size for path in SIGNS.iterdir()) < 800_000


def test_a_picture_takes_less_than_40_ms_of_a_processor() -> None:
    draw_picture(SPEC)
    taken = []
    for _ in range(5):
        begun = time.thread_time()
        draw_picture(SPEC)
        taken.append(time.thread_time() - begun)
    assert min(taken) < 0.040


def test_the_fonts_are_small_and_carry_their_licence() -> None:
    folder = files("bot.ui") / "fonts"
    assert sum(len(folder.joinpath(face).read_bytes()) for face in Face) < 1_500_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in folder.joinpath("OFL.txt").read_text(encoding="utf-8")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[PictureSpec, str]]:
    """Which pictures were drawn, and on which thread."""
    calls: list[tuple[PictureSpec, str]] = []

    def draw(spec: PictureSpec) -> bytes:
        calls.append((spec, threading.current_thread().name))
        if spec.big == "broken":
            raise OSError("no such font")
        return spec.big.encode()

    monkeypatch.setattr(drawing, "draw_picture", draw)
    return calls


def numbered(number: object) -> PictureSpec:
    return PictureSpec(("Ballerina",), str(number), "days")


async def test_those_who_ask_at_once_get_one_drawing_made_off_the_loops_thread(
    drawn: list[tuple[PictureSpec, str]],
) -> None:
    shop = PictureShop()
    got = await asyncio.gather(*(shop.get_picture(numbered(7)) for _ in range(20)))
    again = await shop.get_picture(numbered(7))
    assert len(drawn) == 1
    assert drawn[0][1] != threading.main_thread().name
    assert {id(picture) for picture in got} == {id(again)}
    assert again.png == b"7"
    assert again.alt == "A cinema marquee: Ballerina · 7 days"


async def test_one_who_gives_up_does_not_spoil_it_for_the_others(drawn: list[tuple[PictureSpec, str]]) -> None:
    shop = PictureShop()
    waiting = [asyncio.create_task(shop.get_picture(numbered(7))) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    assert (await waiting[1]).png == b"7"
    assert len(drawn) == 1
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]


async def test_the_latest_pictures_are_kept_and_no_more(drawn: list[tuple[PictureSpec, str]]) -> None:
    shop = PictureShop(keep=2)
    for number in (1, 2, 1, 3, 1, 2):
        await shop.get_picture(numbered(number))
    assert [spec.big for spec, _ in drawn] == ["1", "2", "3", "2"]


async def test_a_failure_is_told_to_all_who_wait_and_tried_again(drawn: list[tuple[PictureSpec, str]]) -> None:
    shop = PictureShop()
    got = await asyncio.gather(*(shop.get_picture(numbered("broken")) for _ in range(3)), return_exceptions=True)
    assert [type(failure) for failure in got] == [OSError] * 3
    with pytest.raises(OSError, match="no such font"):
        await shop.get_picture(numbered("broken"))
    assert len(drawn) == 2


async def test_two_pictures_of_one_message_have_two_names(drawn: list[tuple[PictureSpec, str]]) -> None:
    shop = PictureShop()
    names = {(await shop.get_picture(numbered(number))).filename for number in (1, 2)}
    assert len(names) == len(drawn) == 2
