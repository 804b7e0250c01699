"""Every reply and every post stays within Discord's limits, whatever the films are: reading a screen checks it."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.dates import ReleaseDate
from bot.domain.films import Credit, Film, Job, Release, ReleaseType, Trivia
from bot.domain.places import countries
from tests.cogs.films import releases
from tests.cogs.house import House
from tests.cogs.limits import INSIDES, length, problems_of_message
from tests.cogs.people import Server
from tests.cogs.times import new_york

#: As long as nothing real is, in what costs most to show: markup that is escaped, and emoji that count twice.
LONG = "*_~|`<[@everyone]>**" * 25
EMOJI = "🎬" * 300
COUNTRIES = [*countries()][:40]


def worst(number: int) -> Film:
    """A film that has too much of everything."""
    text = LONG if number % 2 else EMOJI
    types = ("premiere", "theatrical", "digital")
    dated = [f"{country} {type_} 2025-06-06" for country in ["US", *COUNTRIES] for type_ in types]
    page = f"https://{'a' * 60}.example/{'b' * 600}"
    credits_ = [
        Credit(0, f"{text[:200]} {job} {place}", job, place, text[:300])
        for job in Job
        for place in range(60 if job is Job.CAST else 20)
    ]
    return Film(
        0,
        f"{number:03}{text}",
        2025,
        original_title=text[::-1],
        original_language="xx",
        alternative_titles=tuple(f"{number}{place}{text}" for place in range(30)),
        summary=text * 6,
        runtime_minutes=100_000,
        genres=tuple(f"{place}{text[:80]}" for place in range(20)),
        companies=tuple(f"{place}{text[:120]}" for place in range(30)),
        distributors=tuple(f"{place}{text[:120]}" for place in range(30)),
        countries=tuple(COUNTRIES),
        releases=tuple(
            Release(r.country, r.type, r.date, f"{r.country}{text[:200]}", r.source) for r in releases(*dated)
        ),
        credits=tuple(credits_),
        trivia=tuple(Trivia(text * 8, bool(place % 2), f"{page}{place}") for place in range(3)),
        ids={"bundled": f"worst-{number}"},
        sources=("https://example.com/" + "c" * 900,),
        as_of=date(2025, 5, 1),
    )


class TestWorstFilms:
    async def test_every_tab_and_page_of_a_film_card(self, house: House, server: Server) -> None:
        for film_id in await house.add_films(worst(0), worst(1)):
            await server.member.type("track", film=f"id:{film_id}")
            card = (await server.member.type("film", film=f"id:{film_id}")).shown
            for tab in ("Cast", "Trivia", "Releases", "Countdown", "Overview"):
                card = (await server.member.click(card, tab)).shown
                for _ in range(6):
                    if forward := [label for label in card.buttons if label == "More" or label.startswith("Another")]:
                        card = (await server.member.click(card, forward[0])).shown

    async def test_every_list_and_post(self, house: House, server: Server) -> None:
        ids = await house.add_films(*(worst(number) for number in range(14)))
        room = server.room("x" * 90)
        await server.admin.type("settings", channel=room, country="US", time_zone="America/Argentina/ComodRivadavia")
        await server.follow(ids)
        for typed in ("", "0", "00", "🎬", "everyone"):
            await server.member.suggested("track", "film", typed)
            await server.member.suggested("untrack", "film", typed)
        for command in ("tracked", "upcoming"):
            screen = (await server.member.type(command)).shown
            for _ in range(3):
                if "Next" in screen.buttons:
                    screen = (await server.member.click(screen, "Next")).shown
        await server.member.type("track", film="everyone")
        await server.member.type("untrack", film="everyone")
        schedule = (await server.admin.type("schedule")).shown
        await server.admin.click(schedule, next(label for label in schedule.buttons if "review" in label))
        await server.member.type("next")
        await house.live_until(new_york(6, 8))
        assert len(server.posts(room)) > 4
        await server.admin.type("schedule")
        await server.admin.pick("pause", "0", for_="until I resume")
        await server.admin.type("pause", for_="until I resume")
        await server.admin.type("schedule")
        await server.member.type("tracked")
        await server.admin.type("resume")
        await house.work()


# A title that reads like our own code would be taken for a leak of it.
_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400).filter(
    lambda text: not INSIDES.search(text)
)
_days = st.dates(date(1890, 1, 1), date(2190, 1, 1))
_dates = st.one_of(_days.map(ReleaseDate.of), _days.map(lambda day: ReleaseDate.parse(f"{day:%Y-%m}")))


class TestAnyFilm:
    @settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(title=_texts, name=_texts, fact=_texts, when=_dates)
    async def test_of_any_words_shows_and_is_tracked(
        self, house: House, server: Server, title: str, name: str, fact: str, when: ReleaseDate
    ) -> None:
        film = Film(
            0,
            title,
            2025,
            summary=fact,
            releases=(Release("US", ReleaseType.THEATRICAL, when, name),),
            credits=(Credit(0, name, Job.CAST, 0, name),),
            trivia=(Trivia(fact, True, "https://example.com"),),
            ids={"bundled": "any"},
        )
        [film_id] = await house.add_films(film)
        for command in ("film", "trivia", "track", "untrack"):
            await server.member.type(command, film=f"id:{film_id}")
        await server.member.suggested("film", "film", title)


class TestTheWalker:
    """It finds what it is for."""

    @staticmethod
    def message(*components: dict, **other: object) -> dict:  # type: ignore[type-arg]
        return {"flags": 1 << 15, "content": "", "components": list(components), **other}

    def test_finds_too_much(self) -> None:
        text = {"type": 10, "content": "x"}
        button = {"type": 2, "label": "x", "custom_id": "a"}
        option = {"label": "x", "value": "v"}
        assert problems_of_message(self.message(text)) == []
        bad = [
            self.message(*[text] * 41),
            self.message({"type": 10, "content": "🎬" * 2001}),
            self.message({"type": 10, "content": " "}),
            self.message({"type": 1, "components": [button, button]}),
            self.message({"type": 1, "components": [{**button, "custom_id": str(n)} for n in range(6)]}),
            self.message({"type": 2, "label": "x" * 81, "custom_id": "a"}),
            self.message({"type": 3, "custom_id": "a", "options": [{**option, "value": str(n)} for n in range(26)]}),
            self.message({"type": 3, "custom_id": "a", "options": [option, option]}),
            self.message({"type": 3, "custom_id": "a", "options": [{"label": "x" * 101, "value": "v"}]}),
            self.message({"type": 3, "custom_id": "a" * 101, "options": [option]}),
            self.message({"type": 12, "items": [{"description": ""}]}),
            self.message({"type": 17, "components": [{"type": 10, "content": "Traceback (most recent call last)"}]}),
            self.message(content="x"),
            {"flags": 0, "content": "x" * 2001},
            {"flags": 0, "content": ""},
            {"flags": 0, "content": "", "embeds": [{"description": "x" * 4097}]},
            {"flags": 0, "content": "", "embeds": [{"fields": [{"name": "x", "value": "x" * 1025}]}]},
        ]
        assert [message for message in bad if not problems_of_message(message)] == []

    def test_counts_as_discord_does(self) -> None:
        assert length("a🎬") == 3
