"""Where a sentence to admins goes, over real HTTP: the best place that takes it, once, and it pings nobody."""

from datetime import UTC, datetime, timedelta

import discord
import pytest

from bot.domain.messages import Outcome
from bot.domain.subscribers import Subscriber, SubscriberKind
from bot.ui.sender import DiscordSender
from bot.ui.telling import DiscordTeller
from tests.standin.client import StandinClient
from tests.standin.records import Guild
from tests.ui.parcels import POSTS

SAID = "Marquee's posts have stopped."


class Places:
    """A server with channels, and what arrived where."""

    def __init__(self, standin: StandinClient, teller: DiscordTeller, guild: Guild) -> None:
        self.standin = standin
        self.teller = teller
        self.guild = guild
        self.server = Subscriber(1, SubscriberKind.GUILD, guild.id)
        self.ids: dict[str, int] = {}

    async def furnish(self) -> None:
        for name in ("admins", "main", "moderators"):
            self.ids[name] = await self.standin.add_channel(self.guild.id, name)
        self.ids["owner"] = await self.standin.open_dm(self.guild.owner_id)
        await self.standin.set_moderators_channel(self.guild.id, self.ids["moderators"])

    async def tell(self, nonce: str = "") -> Outcome:
        given = [self.ids["admins"], self.ids["main"]]
        return (await self.teller.tell(self.server, given, SAID, nonce or f"n{self.guild.id}")).outcome

    async def find(self, after: datetime | None = None) -> Outcome:
        given = [self.ids["admins"], self.ids["main"]]
        recently = after or datetime.now(UTC) - timedelta(minutes=15)
        return (await self.teller.find(self.server, given, SAID, recently)).outcome

    async def told(self) -> dict[str, int]:
        """How many messages each place has, of those that have any."""
        counts = {name: len(await self.standin.list_messages(channel_id)) for name, channel_id in self.ids.items()}
        return {name: count for name, count in counts.items() if count}

    async def shut(self, *names: str) -> None:
        for name in names:
            if name == "owner":
                await self.standin.set_accepts_dms(self.guild.owner_id, accepts=False)
            else:
                await self.standin.deny(self.ids[name], "send_messages")


@pytest.fixture
async def places(standin: StandinClient, client: discord.Client, sender: DiscordSender, guild: Guild) -> Places:
    made = Places(standin, DiscordTeller(client), guild)
    await made.furnish()
    return made


@pytest.mark.parametrize(
    ("shut", "told"),
    [
        ([], "admins"),
        (["admins"], "main"),
        (["admins", "main"], "moderators"),
        (["admins", "main", "moderators"], "owner"),
    ],
    ids=lambda value: "+".join(value) or "none" if isinstance(value, list) else value,
)
async def test_the_first_place_that_takes_it(places: Places, shut: list[str], told: str) -> None:
    await places.shut(*shut)
    assert await places.tell() is Outcome.SENT
    assert await places.told() == {told: 1}
    (message,) = await places.standin.list_messages(places.ids[told])
    assert message.content == ("**The Rialto**: " if told == "owner" else "") + SAID
    assert await places.find() is Outcome.SENT


async def test_nobody_is_pinged_whatever_slips_into_the_sentence(places: Places, guild: Guild) -> None:
    role_id = await places.standin.add_role(guild.id, "mods", is_mentionable=True)
    said = f"<@&{role_id}> @everyone <@{guild.owner_id}>"
    attempt = await places.teller.tell(places.server, [places.ids["admins"]], said, f"p{guild.id}")
    assert attempt.outcome is Outcome.SENT
    (message,) = await places.standin.list_messages(places.ids["admins"])
    assert (message.pinged_role_ids, message.payload["mention_everyone"]) == ([], False)
    assert message.payload["mentions"] == []


async def test_nobody_can_be_reached(places: Places) -> None:
    await places.shut("admins", "main", "moderators", "owner")
    assert await places.tell() is Outcome.CLOSED
    assert await places.told() == {}
    assert await places.find() is Outcome.NOT_SENT


async def test_a_server_without_moderators_channel_has_its_owner(places: Places) -> None:
    await places.shut("admins", "main", "moderators")
    await places.standin.set_moderators_channel(places.guild.id, 0)
    assert await places.tell() is Outcome.SENT
    assert await places.told() == {"owner": 1}


async def test_told_twice_with_one_nonce_is_told_once(places: Places) -> None:
    assert [await places.tell(), await places.tell()] == [Outcome.SENT] * 2
    assert await places.told() == {"admins": 1}


async def test_a_lost_connection_is_in_doubt_and_found_later(places: Places) -> None:
    await places.standin.drop_next("POST", POSTS, stored=True)
    assert await places.tell() is Outcome.UNKNOWN
    assert await places.find() is Outcome.SENT
    assert await places.find(datetime.now(UTC) + timedelta(hours=1)) is Outcome.NOT_SENT, "an older one is another one"


@pytest.mark.parametrize(("status", "outcome"), [(503, Outcome.UNKNOWN), (401, Outcome.UNAUTHORISED)])
async def test_an_answer_that_says_nothing_of_the_place_leads_to_no_other(
    places: Places, status: int, outcome: Outcome
) -> None:
    await places.standin.fail_next("POST", POSTS, status)
    assert await places.tell() is outcome
    assert await places.told() == {}
    await places.standin.fail_next("GET", POSTS, status)
    assert await places.find() is outcome


async def test_an_outage_before_anything_was_written_is_known_not_told(places: Places) -> None:
    await places.shut("admins", "main")
    await places.standin.fail_next("GET", "/guilds/*", 503)
    assert await places.tell() is Outcome.NOT_SENT


async def test_a_server_that_removed_marquee_has_nobody(places: Places) -> None:
    await places.standin.remove_guild(places.guild.id)
    assert await places.tell() is Outcome.CLOSED


async def test_what_somebody_else_wrote_is_not_ours(places: Places) -> None:
    person = await places.standin.add_person(guild_id=places.guild.id)
    await places.standin.say(places.ids["admins"], SAID, user_id=person)
    assert await places.find() is Outcome.NOT_SENT


async def test_a_person_has_no_admins(places: Places) -> None:
    attempt = await places.teller.tell(Subscriber(2, SubscriberKind.USER, 5), (), SAID, "n")
    assert attempt.outcome is Outcome.CLOSED
