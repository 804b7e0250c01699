"""What only a film's own card needs, as JSON columns: franchises elsewhere, whose word a fact is, where to watch."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bot.domain.films import Film, Offer, OfferKind, Origin
from bot.store.statements import Row


def extra_columns(film: Film) -> Mapping[str, Any]:
    """What is written of it."""
    offers: dict[str, dict[str, list[str]]] = {}
    for offer in film.offers:
        offers.setdefault(offer.country, {}).setdefault(offer.kind.value, []).append(offer.service)
    parts = {"belongs_to": film.belongs_to, "origins": film.origins, "offers": offers}
    return {name: msgspec.json.encode(value).decode() for name, value in parts.items()}


def read_extras(row: Row) -> Mapping[str, Any]:
    """The fields of Film that `extra_columns` wrote."""
    offers = msgspec.json.decode(row["offers"], type=dict[str, dict[OfferKind, list[str]]])
    return {
        "belongs_to": msgspec.json.decode(row["belongs_to"], type=dict[str, str]),
        "origins": msgspec.json.decode(row["origins"], type=dict[str, Origin]),
        "offers": tuple(
            Offer(country, kind, service)
            for country, kinds in offers.items()
            for kind, services in kinds.items()
            for service in services
        ),
    }
