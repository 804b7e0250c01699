"""The made-up years again, with servers that choose: what they want to hear of, another country for a film."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from tests.domain.script import COUNTRIES, DAYS, SECOND, Date, Event, Script, Settings, make_script

WANTED = (
    ("cinema",), ("cinema",), ("cinema",), ("cinema", "digital"), ("cinema", "digital"), ("digital",),
    ("cinema", "physical"), ("cinema", "digital", "physical"),
)  # fmt: skip


def make_choosy_script(seed: int, films: int = 10) -> Script:
    """Add choices, second languages and broadcasts to the script of `seed`. The same seed always makes the same."""
    random, script = Random(f"choices of {seed}"), make_script(seed, films)
    wanted = random.choice(WANTED)
    settings = replace(script.settings, wanted=wanted)
    more = {number: _more(random, dates) for number, dates in script.films.items()}
    events: list[Event] = []
    for event in script.events:
        if event.tracked and more[event.film] and random.random() < 0.3:
            event = _late(event, script, more[event.film])
        if event.settings is not None:
            wanted = random.choice(WANTED) if random.random() < 0.5 else wanted
            events.append(replace(event, settings=replace(event.settings, wanted=wanted)))
        elif event.dates is not None:
            events.append(replace(event, dates=(*event.dates, *more[event.film])))
        else:
            events.append(event)
    events += [
        event for number in script.films for event in _chosen(random, script, number) if not script.asleep(event.at)
    ]
    return replace(
        script,
        settings=settings,
        films={number: (*dates, *more[number]) for number, dates in script.films.items()},
        events=tuple(sorted(_with_effect(settings, events), key=lambda event: event.at)),
    )


def _with_effect(settings: Settings, events: list[Event]) -> list[Event]:
    """The events without settings that are in force already."""
    found: list[Event] = []
    for event in events:
        if event.settings != settings:
            settings = event.settings or settings
            found.append(event)
    return found


def _more(random: Random, dates: tuple[Date, ...]) -> tuple[Date, ...]:
    """What a source says beside the dates that move: the same in another language, vaguely, or on TV."""
    found: list[Date] = []
    for known in dates:
        if len(known.when) != 10 or known.note or random.random() < 0.4:
            continue
        later = date.fromisoformat(known.when) + timedelta(days=random.choice((1, 6, 30)))
        when = random.choice((later.isoformat(), known.when[:7], known.when[:4], "tba"))
        found.append(replace(known, when=when, language="fr"))
    if random.random() < 0.15:
        found.append(Date("US", "tv", f"{2025 if random.random() < 0.5 else 2026}-06-01"))
    return tuple(found)


def _late(event: Event, script: Script, more: tuple[Date, ...]) -> Event:
    """Track the film between the first of its days and what a source says beside it, where the year has room."""
    for known in script.films[event.film]:
        if len(known.when) != 10 or not any((known.country, known.type) == (d.country, d.type) for d in more):
            continue
        moment = datetime.fromisoformat(f"{known.when} 20:00").replace(tzinfo=UTC) + timedelta(days=1)
        last = [other.at for other in script.events if other.film == event.film and other.tracked is False]
        if event.at < moment < min([script.end, *last]) and not script.asleep(moment):
            return replace(event, at=moment)
    return event


def _chosen(random: Random, script: Script, number: int) -> list[Event]:
    """Somebody wants another country's dates, or other types, for one film."""
    found: list[Event] = []
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        country, wanted = random.choice((None, *COUNTRIES)), random.choice((None, *WANTED))
        moment = script.start + timedelta(seconds=random.randrange(1, DAYS * 86400))
        later = random.choice((SECOND, timedelta(days=1), timedelta(days=3), timedelta(days=9)))
        near = [event.at + later for event in script.events if event.film == number and event.dates is not None]
        found.append(Event(random.choice((moment, *near)), number, chosen=(country, wanted)))
    return found
