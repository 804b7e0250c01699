"""What opens a film's own post in a forum: an introduction that stays true whatever its date does."""

from bot.domain.films import Film
from bot.domain.messages import Parcel
from bot.domain.places import country_name
from bot.ui.pictures import PictureSpec
from bot.ui.text import escape, plain

_MAX_NAME = 100  # Discord's limit
_MAX_SUMMARY = 400
_SERVER_NAME = "What is coming to the cinema"


def opening_name(parcel: Parcel) -> str:
    """The name of the post: "Ballerina (2025)"."""
    film = _film(parcel)
    if film is None:
        return _SERVER_NAME
    year = f" ({film.year})" if film.year else ""
    return (plain(film.title, _MAX_NAME - len(year)) or "Untitled") + year


def opening_content(parcel: Parcel) -> str:
    """What will come here, and by whose dates."""
    film = _film(parcel)
    if film is None:
        return "🎬 Here comes what is not about one film alone: weekly digests, and what was missed."
    post = parcel.message.posts[0]
    whose = f" {country_name(post.country)} dates count." if post.country else ""
    title = escape(film.title, 200) or "Untitled"
    return f"🎬 **{title}** has its own post: the countdown, its release day and dates that move come here.{whose}"


def opening_lines(film: Film) -> list[str]:
    """What the film is, for the embed."""
    return [escape(film.summary, _MAX_SUMMARY)] if film.summary else []


def opening_spec(film: Film) -> PictureSpec:
    """A picture without a day, which may move."""
    titles = tuple(dict.fromkeys(name for name in (film.title, film.original_title, *film.alternative_titles) if name))
    return PictureSpec(titles, str(film.year or "Film"), "dates and news", when="All of it in this post")


def _film(parcel: Parcel) -> Film | None:
    film_id = parcel.message.posts[0].film_id
    return parcel.films.get(film_id) if film_id is not None else None
