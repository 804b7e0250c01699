"""Both databases, for the services that bring a source's word into the store."""

from tests.store.conftest import database, engine, postgres, url

__all__ = ["database", "engine", "postgres", "url"]
