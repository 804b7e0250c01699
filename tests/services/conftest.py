"""Both databases, for the services that bring a source's word into the store."""

from tests.store.conftest import database, empty_file, engine, postgres, url

__all__ = ["database", "empty_file", "engine", "postgres", "url"]
