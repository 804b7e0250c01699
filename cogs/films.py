"""`/film`, `/cast`, `/trivia`, `/why`, `/next`, `/upcoming`: looking things up."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from discord import app_commands
from discord.ext import commands

from bot.domain.preferences import read_month
from bot.domain.subscribers import today_of
from bot.ui.card import Card
from bot.ui.ids import Purpose, Tab
from bot.ui.list_cards import nothing_coming, render_coming
from cogs.context import Interaction, context_of, country_of, find_reader, now_of, refuse, show
from cogs.options import FilmOption, suggest_month
from cogs.showing import show_film

AnyFilm = app_commands.Transform[str, FilmOption]


class FilmCommands(commands.Cog):
    """Answers about films; everyone may ask."""

    @app_commands.command(description="Show a film: dates here, people, story, trivia")
    @app_commands.describe(film="Its title; the list shows what fits as you type")
    async def film(self, interaction: Interaction, film: AnyFilm) -> None:
        """Show a film's card."""
        await show_film(interaction, film, Tab.OVERVIEW, Purpose.FILM)

    @app_commands.command(description="Who plays whom in a film")
    @app_commands.describe(film="Its title; empty: the tracked film that comes next")
    async def cast(self, interaction: Interaction, film: AnyFilm | None = None) -> None:
        """Show a film's cast."""
        await show_film(interaction, film, Tab.CAST, Purpose.CAST)

    @app_commands.command(description="Something worth knowing about a film; spoilers stay hidden")
    @app_commands.describe(film="Its title; empty: the tracked film that comes next")
    async def trivia(self, interaction: Interaction, film: AnyFilm | None = None) -> None:
        """Show a film's trivia."""
        await show_film(interaction, film, Tab.TRIVIA, Purpose.TRIVIA)

    @app_commands.command(description="Why a film has the date it has here: each source's word, doubts, earlier dates")
    @app_commands.describe(film="Its title; empty: the tracked film that comes next")
    async def why(self, interaction: Interaction, film: AnyFilm | None = None) -> None:
        """Show why a film's date is what it is."""
        await show_film(interaction, film, Tab.WHY, Purpose.WHY)

    @app_commands.command(description="The tracked film that comes next, and how long it still takes")
    async def next(self, interaction: Interaction) -> None:
        """Show the countdown of the next film."""
        await show_film(interaction, None, Tab.COUNTDOWN, Purpose.FILM)

    @app_commands.command(description="What is coming to cinemas in this server's country")
    @app_commands.describe(month="A month, such as June 2027; empty: from today on")
    @app_commands.autocomplete(month=suggest_month)
    async def upcoming(self, interaction: Interaction, month: str | None = None) -> None:
        """List films to come."""
        arg = ""
        if month is not None:
            subscriber = await find_reader(interaction)
            arg = read_month(month, today_of(subscriber, now_of(interaction))).isoformat()
        card = await coming_card(interaction, arg, 0, interaction.user.id)
        if isinstance(card, str):
            await refuse(interaction, card)
        else:
            await show(interaction, card)


async def coming_card(interaction: Interaction, arg: str, page: int, opener_id: int) -> Card | str:
    """A page of what is coming in the month of the ISO day `arg`, or from today on; a sentence if nothing is."""
    context = context_of(interaction)
    subscriber = await find_reader(interaction)
    country = country_of(interaction, subscriber)
    today = today_of(subscriber, now_of(interaction))
    month = read_month(arg[:7], today) if arg else None
    first = month or today
    last = month + relativedelta(months=1) - timedelta(days=1) if month else None
    coming = await context.finding.list_coming(country, first, last, now_of(interaction))
    if not coming:
        return nothing_coming(country, month)
    heading = f"Coming in {month:%B %Y}" if month else "Coming up"
    return render_coming(coming, heading, country, page, today, opener_id, arg)
