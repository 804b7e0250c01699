"""`/why`, and what cards say of several sources' words: taken in by the real store, one answer after the other."""

from datetime import timedelta

from bot.domain.films import Film, Offer, OfferKind, Release
from bot.services.taking import take_in
from bot.store.doubts import DoubtVerdict, answer_doubt
from bot.store.records import RecordState, StoredRecord, note_records
from bot.store.subscribers import choose_release
from tests.cogs.house import House
from tests.cogs.people import Server
from tests.cogs.times import new_york
from tests.ui.words import release

NOW, DAY = timedelta(), timedelta(days=1)
BALLERINA = ("US theatrical 2025-10-10", "GB theatrical 2025-10-10")


async def says(
    house: House, source: str, *releases: Release | str, after: timedelta = NOW, offers: tuple[Offer, ...] = ()
) -> int:
    """Let time pass, and have a source say something of the one film; its id."""
    house.sleep_until(house.now + after)
    film = Film(
        0,
        "Glass Orchard",
        2025,
        releases=tuple(release(each) if isinstance(each, str) else each for each in releases),
        ids={source: "77", "imdb": "tt0000077"},
        as_of=house.now.date() if source == "bundled" else None,
        offers=offers,
    )
    async with house.app.db.transaction() as tx:
        film_id = (await take_in(tx, film, source, house.now)).film_id
    await house.app.context.search.load()
    return film_id


class TestWhy:
    async def test_sources_that_agree(self, house: House, server: Server) -> None:
        await says(house, "bundled", "US theatrical 2025-10-10")
        await says(house, "tmdb", "US theatrical 2025-10-10", "US premiere 2025-09-04")
        film_id = await says(house, "wikidata", "US theatrical 2025-10")
        reply = await server.member.type("why", film=f"id:{film_id}")
        assert not reply.shown.private
        for said in (
            "Fri 10 October 2025", "United States · in cinemas", "✅ Marquee's catalogue Fri 10 October 2025",
            "✅ TMDB Fri 10 October 2025", "▫️ Wikidata October 2025 (no day yet), which fits", "checked just now",
            "Not counted: premiere, 4 September 2025", "It has not changed since Marquee knows it",
        ):  # fmt: skip
            assert said in reply.text, said

    async def test_sources_that_disagree_keep_the_old_date_and_say_so(self, house: House, server: Server) -> None:
        film_id = await says(house, "tmdb", "US theatrical 2025-10-10")
        await says(house, "wikidata", "US theatrical 2025-10-10", after=DAY)
        await says(house, "tmdb", "US theatrical 2025-12-19", after=DAY)
        text = (await server.member.type("why", film=f"id:{film_id}")).text
        assert "Fri 10 October 2025" in text
        assert "TMDB now says 19 December 2025 (in cinemas, United States)" in text
        assert "another source says a date more than a month off" in text
        assert "✅ Wikidata Fri 10 October 2025" in text
        assert "▫️ TMDB Fri 19 December 2025" in text

    async def test_a_doubt_is_on_the_film_card_until_it_settles(self, house: House, server: Server) -> None:
        film_id = await says(house, "tmdb", *BALLERINA)
        await says(house, "tmdb", "US theatrical 2026-10-09", "GB theatrical 2025-10-10", after=DAY)
        card = (await server.member.type("film", film=f"id:{film_id}")).shown
        assert "Fri 10 October 2025" in card.words
        assert "TMDB now says 9 October 2026" in card.words
        assert "364 days later at once" in card.words
        assert "if TMDB still says so after Thu 29 May" in card.words
        await says(house, "tmdb", "US theatrical 2026-10-09", "GB theatrical 2025-10-10", after=DAY)
        why = (await server.member.click(card, "Why this date?")).shown
        assert "Fri 9 October 2026" in why.words
        assert "delayed by 11 months 29 days, from 10 October 2025 to 9 October 2026 · TMDB" in why.words
        assert "Not believed" not in why.words

    async def test_a_date_that_admins_trust_is_in_force_here_and_nowhere_else(
        self, house: House, server: Server
    ) -> None:
        film_id = await says(house, "tmdb", *BALLERINA)
        await says(house, "tmdb", "US theatrical 2026-10-09", "GB theatrical 2025-10-10", after=DAY)
        await server.admin.type("settings", country="US")
        subscriber = await house.app.context.tracking.find_subscriber(server.guild.id)
        [doubt] = (await house.app.context.films.look_at(server.guild.id, film_id)).film.doubts
        assert subscriber is not None
        async with house.app.db.transaction() as tx:
            await answer_doubt(tx, doubt.id, subscriber.id, DoubtVerdict.TRUST, 1, house.now)
        card = (await server.member.type("film", film=f"id:{film_id}")).shown
        assert "Fri 9 October 2026" in card.words
        assert "Not believed" not in card.words
        why = (await server.member.click(card, "Why this date?")).shown
        assert "TMDB: an admin here trusts it" in why.words
        other = house.open_server("The Odeon")
        assert "Fri 10 October 2025" in (await other.member.type("film", film=f"id:{film_id}")).text

    async def test_a_date_that_was_withdrawn(self, house: House, server: Server) -> None:
        film_id = await says(house, "tmdb", *BALLERINA)
        await says(house, "tmdb", "GB theatrical 2025-10-10", after=DAY)
        doubted = (await server.member.type("why", film=f"id:{film_id}")).text
        assert "TMDB names no date any more" in doubted
        assert "Fri 10 October 2025" in doubted
        await says(house, "tmdb", "GB theatrical 2025-10-10", after=DAY)
        text = (await server.member.type("why", film=f"id:{film_id}")).text
        assert "No date for 🇺🇸 United States yet" in text
        assert "United Kingdom · in cinemas · Fri 10 October 2025" in text
        assert "date withdrawn: it was 10 October 2025" in text

    async def test_no_date_here(self, house: House, server: Server) -> None:
        await server.admin.type("settings", country="IS")
        film_id = await says(house, "tmdb", *BALLERINA)
        text = (await server.member.type("why", film=f"id:{film_id}")).text
        assert "No date for 🇮🇸 Iceland yet" in text
        assert "Nearest 🇺🇸 United States · in cinemas · Fri 10 October 2025" in text
        assert "TMDB United States: Fri 10 October 2025 · for Iceland none that counts" in text

    async def test_nothing_but_a_festival(self, house: House, server: Server) -> None:
        film_id = await says(house, "tmdb", release("US theatrical 2025-09-04", "Telluride Film Festival"))
        text = (await server.member.type("why", film=f"id:{film_id}")).text
        assert "Only a premiere, festival or preview is known there, and that never counts." in text
        assert "4 September 2025 (Telluride Film Festival)" in text

    async def test_a_source_that_fails_or_lost_the_film_keeps_its_last_word(self, house: House, server: Server) -> None:
        await says(house, "wikidata", "US theatrical 2025-10-10")
        film_id = await says(house, "tmdb", *BALLERINA, after=DAY)
        house.sleep_until(house.now + 3 * DAY)
        async with house.app.db.transaction() as tx:
            gone = StoredRecord(film_id, "wikidata", RecordState.GONE)
            failed = StoredRecord(film_id, "tmdb", RecordState.FOUND, reason="it does not answer")
            await note_records(tx, [gone, failed])
        text = (await server.member.type("why", film=f"id:{film_id}")).text
        assert "It has removed the film; its last word is kept." in text
        assert "It gives no usable answer at present (it does not answer)" in text
        assert "TMDB, last answered 3 days ago" in (await server.member.type("film", film=f"id:{film_id}")).text
        about = (await server.member.type("about")).text
        assert "no usable answer about 1 at the last try (it does not answer)" in about

    async def test_without_a_title_is_about_the_film_that_comes_next(self, server: Server) -> None:
        await server.member.pick("track", "ballerina 2025")
        text = (await server.member.type("why")).text
        assert "Ballerina (2025)" in text
        assert "7 June 2024 to 6 June 2025" in text

    async def test_several_of_one_name_are_asked_about(self, server: Server) -> None:
        asked = await server.member.type("why", film="ballerina")
        answer = await server.member.choose(asked.shown, next(iter(asked.shown.options)))
        assert "What each source says" in answer.text


class TestCards:
    async def test_the_date_of_another_country_names_it_in_the_list(self, house: House, server: Server) -> None:
        film_id = await says(house, "tmdb", "US theatrical 2025-10-10", "GB theatrical 2025-10-03")
        await server.member.type("track", film=f"id:{film_id}")
        assert "by TMDB, as of 27 May 2025" in (await server.member.type("tracked")).text
        subscriber = await house.app.context.tracking.find_subscriber(server.guild.id)
        assert subscriber is not None
        async with house.app.db.transaction() as tx:
            await choose_release(tx, subscriber.id, film_id, "GB", None, house.now)
        text = (await server.member.type("tracked")).text
        assert "🇬🇧 United Kingdom · in cinemas · Fri 3 October 2025" in text
        assert "this country was chosen for this film" in (await server.member.type("why", film=f"id:{film_id}")).text

    async def test_where_to_watch_goes_by_country(self, house: House, server: Server) -> None:
        offers = (
            Offer("US", OfferKind.STREAM, "Netflix"),
            Offer("DE", OfferKind.RENT, "Apple TV"),
            Offer("GB", OfferKind.BUY, "Sky Store"),
        )
        film_id = await says(house, "tmdb", *BALLERINA, offers=offers)
        card = (await server.member.type("film", film=f"id:{film_id}")).shown
        here = (await server.member.click(card, "Where to watch")).shown
        assert "Stream, with a subscription Netflix" in here.words
        assert "Data by JustWatch, through TMDB, checked just now" in here.words
        there = await server.member.choose(here, "Germany")
        assert there.edited
        assert "Where to watch · 🇩🇪 Germany\nRent Apple TV" in there.text
        copy = await server.other.choose(there.shown, "United Kingdom")
        assert copy.shown.private
        assert "Buy Sky Store" in copy.text

    async def test_track_says_whose_word_the_date_is(self, house: House, server: Server) -> None:
        film_id = await says(house, "tmdb", *BALLERINA)
        assert "Date: TMDB, checked just now" in (await server.member.type("track", film=f"id:{film_id}")).text
        house.sleep_until(new_york(5, 27, 14))
        film = (await server.member.type("film", film=f"id:{film_id}")).text
        assert "TMDB, checked 5 hours ago" in film
