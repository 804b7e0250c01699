"""What direct messages say of films that a person put off."""

from collections.abc import Iterator, Sequence

from bot.domain.messages import Parcel
from bot.domain.posts import Post
from bot.ui.follow_lines import Words, dated, has_date
from bot.ui.text import small

EMOJI = "🔔"


def reminder_lines(parcel: Parcel, posts: Sequence[Post], words: Words) -> Iterator[str]:
    """Say what is known now of the films put off; not of one that another post of the same message tells of."""
    told = {post.film_id for post in parcel.message.posts if post.kind.names_a_day}
    again = [dated(parcel, post) for post in posts if post.film_id not in told]
    if len(again) == 1:
        [film] = again
        said = words.sentence(film) if has_date(film) else f"{words.title(film)}. It has no date yet."
        yield f"{EMOJI} Once more, as you asked: {said}"
    elif again:
        yield f"{EMOJI} Once more, as you asked:"
        for film in again:
            yield f"- {words.item(film)}" if has_date(film) else f"- {words.title(film)}: no date yet"
        if words.late:
            yield small(f"Late: these were due {words.late}.")
