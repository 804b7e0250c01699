"""What a release's note says of it, in the words of the countries that write one: shown before, or shown ahead."""

import re
from functools import lru_cache

from bot.domain.films import CINEMA, Release
from bot.domain.titles import normalise

# Phrases are compared word by word, without case, marks and hyphens; one that ends in * begins a word.
_AGAIN = (
    "re-release*", "rerelease*", "re-issue*", "reissue*", "re-run", "rerun", "anniversary", "restored", "restoration",
    "remaster*", "revival", "repertory", "retrospective", "encore", "big screen classics", "back in theaters",
    "back in theatres", "back in cinemas", "return to theaters", "return to theatres", "return to cinemas",
    "returns to theaters", "returns to theatres", "returns to cinemas", "director's cut", "extended cut",
    "extended edition", "extended version", "ultimate cut", "ultimate edition",
    "Wiederaufführ*", "Wiederveröffentlich*", "Neuaufführ*", "Wiederaufnahme", "restaurier*", "Jubiläum*",
    "reprise", "ressorti*", "re-sorti*", "réédition", "anniversaire", "restauré*",
    "reestreno*", "re-estreno*", "reposición", "aniversario", "restaurad*", "restauración", "remasteriz*",
    "riedizione", "anniversario", "restaurat*", "restauro", "torna al cinema", "ritorno al cinema",
    "relançamento", "reestreia", "reposição", "heruitgave", "herneming", "gerestaureerd*", "jubileum*",
    "nypremiär", "nypremiere", "repremiere", "repris", "jubilæum*", "uusintaensi-ilta", "wznowien*", "reedycj*",
    "ponowna premiera", "odrestaurowan*", "obnovená premiéra", "újrabemutat*", "felújít*", "yeniden gösterim",
    "yeniden vizyonda", "повторный прокат", "повторний прокат", "перевыпуск", "переиздан*", "отреставрир*", "юбилейн*",
    "επανέκδοση", "επανακυκλοφορία", "επανάληψη",
)  # fmt: skip
#: Of scripts without spaces: wherever they stand.
_AGAIN_UNSPACED = ("再上映", "再公開", "リバイバル", "リマスター", "重映", "재개봉")

_FESTIVAL = ("festival*", "filmfest*", "fest", "festiwal*", "фестивал*")
#: Of a cinema release only: "Sundance" beside a digital one is a service, "Premiere" beside one on TV is its first day.
_AHEAD = (
    "Berlinale", "Biennale", "Cannes", "TIFF", "SXSW", "NYFF", "IFFR", "IDFA", "Sundance", "Telluride", "Tribeca",
    "Locarno", "Annecy", "Sitges", "FrightFest", "Viennale", "Marché du Film",
    "premiere", "premieres", "gala", "preview*", "sneak", "sneaks", "early access", "early screening*",
    "advance screening*", "advanced screening*", "fan screening*", "fan event*", "fan first", "special screening*",
    "press screening*", "test screening*", "Vorpremiere*", "Voraufführ*", "Weltpremiere*", "Europapremiere*",
    "Deutschlandpremiere*", "voorpremière*", "forpremiere*", "verdenspremiere*", "världspremiär*", "förhandsvisning*",
    "ennakko*", "preestreno*", "pre-estreno*", "antestreia*", "pré-estreia*", "anteprim*", "przedpremier*",
    "předpremiér*", "avanpremier*", "предпремьер*",
)  # fmt: skip
_AHEAD_UNSPACED = ("先行上映", "先行公開", "試写", "点映", "點映", "시사회")
#: "Festival Films", "Sundance Now", "Premiere Cinemas": a company's name.
_COMPANY = "(?! (?:film(?! fest)|films|pictures|releasing|entertainment|presents|now|tv|channel|selects|cinemas))"
#: "After its run at Cannes", "not a festival", "winner of the Berlinale": the words speak of another day.
_ASIDE = re.compile(r"\b(?:after|post|not an?|non|winner of)(?: (?!party\b)\w+){0,3} $")
#: Where the word for a release is "premiere": alone, it says nothing more.
_PREMIERE_IS_RELEASE = frozenset({"DK", "NO"})


def _pattern(phrases: tuple[str, ...], unspaced: tuple[str, ...] = (), tail: str = "") -> re.Pattern[str]:
    spaced = "|".join(normalise(phrase.rstrip("*")) + (r"\w*" if phrase.endswith("*") else "") for phrase in phrases)
    anywhere = "".join(f"|{normalise(phrase)}" for phrase in unspaced)
    return re.compile(rf"\b(?:{spaced})\b{tail}{anywhere}")


_AGAIN_PATTERN = _pattern(_AGAIN, _AGAIN_UNSPACED)
_FESTIVAL_PATTERN = _pattern(_FESTIVAL, tail=_COMPANY)
_AHEAD_PATTERN = _pattern(_AHEAD, _AHEAD_UNSPACED, tail=_COMPANY)


def is_again(release: Release) -> bool:
    """Whether a note marks the release as one of a film that had been out before: a re-release, a later cut."""
    return release.note != "" and _says(release.note, _AGAIN_PATTERN)


def is_screening(release: Release) -> bool:
    """Whether a note marks the release as a festival's, a gala's or a preview's screening, ahead of the public's turn.

    Sources enter such screenings as cinema releases too. Whose type is premiere need not say so in a note.
    """
    if not release.note:  # nearly all: what may count is looked at millions of times
        return False
    if _says(release.note, _FESTIVAL_PATTERN):
        return True
    if release.type not in CINEMA or not _says(release.note, _AHEAD_PATTERN):
        return False
    return not (release.country in _PREMIERE_IS_RELEASE and normalise(release.note) == "premiere")


@lru_cache(maxsize=4096)  # planning reads the same few notes over and over
def _says(note: str, pattern: re.Pattern[str]) -> bool:
    words = normalise(note)
    return any(_ASIDE.search(words[: match.start()]) is None for match in pattern.finditer(words))
