"""A loopback TMDB: its v3 API as far as Marquee uses it, over real HTTP.

`python -m tests.loopback.tmdb` serves our own catalogue's films and prints a JSON line with its address and token.
While it runs, `POST /control/move` with {"id": …, "country": "US", "type": "theatrical", "date": "2027-06-11"} moves a
date; likewise retitle, delete, merge, add_film, fault ({"fault": "storm", "times": 3}) and well.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sys
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.domain.titles import normalise
from bot.sources.bundled import find_catalogue, read_catalogue
from tests.loopback.faults import Fault, Faults
from tests.loopback.tmdb_world import FakeFilm, Json, TmdbWorld

TOKEN = "loopback-read-token-of-tmdb"
_PAGE, _CHANGES_PAGE = 20, 100
_MAX_PARTS = 20


@dataclass(slots=True)
class LoopbackTmdb:
    """The world that it tells of, its faults, and where it is."""

    world: TmdbWorld = field(default_factory=TmdbWorld)
    faults: Faults = field(default_factory=Faults)
    token: str = TOKEN
    url: str = ""
    says: dict[str, bytes | Json] = field(default_factory=dict)  #: path → what it says there, whatever is true

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self.faults.middleware(), self._gate()])
        application.add_routes(
            [
                web.get("/3/movie/changes", self._changes),
                web.get(r"/3/movie/{id:\d+}", self._movie),
                web.get("/3/find/{id}", self._find),
                web.get("/3/search/movie", self._search),
                web.get("/3/search/person", self._search_person),
                web.get("/3/discover/movie", self._discover),
                web.get(r"/3/collection/{id:\d+}", self._collection),
                web.get(r"/3/person/{id:\d+}/movie_credits", self._person),
                web.post("/control/{verb}", self._control),
            ]
        )
        return application

    def _gate(self) -> Middleware:
        @web.middleware
        async def let_in(request: web.Request, handler: Handler) -> web.StreamResponse:
            known = request.headers.get("Authorization") == f"Bearer {self.token}"
            if not known and not request.path.startswith("/control"):
                return _error(7, 401, "Invalid API key: You must be granted a valid key.")
            if (said := self.says.get(request.path)) is not None:
                body = said if isinstance(said, bytes) else json.dumps(said).encode()
                return web.Response(body=body, content_type="application/json")
            try:
                return await handler(request)
            except web.HTTPNotFound:
                return _not_found()

        return let_in

    async def _movie(self, request: web.Request) -> web.Response:
        film = self.world.films.get(int(request.match_info["id"]))
        if film is None:
            return _not_found()
        body = film.details()
        names = [name for name in request.query.get("append_to_response", "").split(",") if name]
        if len(names) > _MAX_PARTS:
            return _error(27, 400, "Too many append to response objects: The maximum number of remote calls is 20.")
        for name in names:
            if (part := film.part(name)) is not None:
                body[name] = part
        return _with_etag(request, body)

    async def _find(self, request: web.Request) -> web.Response:
        kind, wanted = request.query.get("external_source"), request.match_info["id"]
        named = [f for f in self.world.films.values() if wanted == (f.imdb if kind == "imdb_id" else f.wikidata)]
        empty: Json = {"person_results": [], "tv_results": [], "tv_episode_results": [], "tv_season_results": []}
        found = [film.brief() | {"media_type": "movie"} for film in named]
        return web.json_response({"movie_results": found, **empty})

    async def _search(self, request: web.Request) -> web.Response:
        typed, year = normalise(request.query.get("query", "")), request.query.get("year", "")
        found = [
            film
            for film in self._by_popularity(request)
            if typed and any(typed in normalise(t) for t in (film.title, film.original_title, *film.titles.values()))
        ]
        found = [film for film in found if not year or any(date.startswith(year) for date in _dates(film))]
        return _listed(request, [film.brief(request.query.get("region", "")) for film in found])

    async def _search_person(self, request: web.Request) -> web.Response:
        typed = normalise(request.query.get("query", ""))
        people: dict[int, Json] = {}
        for film in self._by_popularity(request):
            for credited in film.credits:
                if typed and typed in normalise(credited.name):
                    person = people.setdefault(credited.id, credited.to_json() | {"known_for": []})
                    known = person["known_for"]
                    assert isinstance(known, list)
                    known.append(film.brief() | {"media_type": "movie"})
        return _listed(request, list(people.values()))

    async def _discover(self, request: web.Request) -> web.Response:
        query = request.query
        kinds = {int(kind) for kind in query.get("with_release_type", "").split("|") if kind}
        found = [
            film
            for film in self._by_popularity(request)
            if any(
                query["release_date.gte"] <= dated.date <= query["release_date.lte"]
                and (not kinds or dated.to_json()["type"] in kinds)
                for dated in film.releases.get(query["region"], [])
            )
        ]
        return _listed(request, [film.brief(query["region"]) for film in found])

    async def _collection(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"])
        if number not in self.world.collections:
            return _not_found()
        films = [film for film in self.world.films.values() if film.collection and film.collection[0] == number]
        parts = [film.brief() | {"media_type": "movie"} for film in films]
        name = self.world.collections[number]
        return _with_etag(request, {"id": number, "name": name, "overview": "", "poster_path": None, "parts": parts})

    async def _person(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"])
        if number not in self.world.people():
            return _not_found()
        credits = [(f, c) for f in self.world.films.values() for c in f.credits if c.id == number]
        cast: list[Json] = [
            film.brief() | {"character": credited.character, "credit_id": "", "order": credited.order}
            for film, credited in credits
            if not credited.job
        ]
        crew: list[Json] = [
            film.brief() | {"credit_id": "", "department": "Crew", "job": credited.job}
            for film, credited in credits
            if credited.job
        ]
        return _with_etag(request, {"id": number, "cast": cast, "crew": crew})

    async def _changes(self, request: web.Request) -> web.Response:
        first, last = request.query["start_date"], request.query["end_date"]
        changed = dict.fromkeys(id for day, id in self.world.changes if first <= day.isoformat() <= last)
        return _listed(request, [{"id": id, "adult": False} for id in changed], _CHANGES_PAGE)

    async def _control(self, request: web.Request) -> web.Response:
        verb, arguments = request.match_info["verb"], await request.json()
        match verb:
            case "fault":
                self.faults.plan(Fault(arguments.pop("fault")), **arguments)
            case "well":
                self.faults.clear()
            case "move" | "retitle" | "delete" | "merge" | "add_film":
                getattr(self.world, verb)(**arguments)
            case _:
                return web.json_response({"error": f"no such verb: {verb}"}, status=400)
        return web.json_response({"ok": True})

    def _by_popularity(self, request: web.Request) -> Iterable[FakeFilm]:
        adult = request.query.get("include_adult") == "true"
        films = (film for film in self.world.films.values() if adult or not film.adult)
        return sorted(films, key=lambda film: -film.popularity)


@asynccontextmanager
async def serve(tmdb: LoopbackTmdb | None = None, port: int = 0) -> AsyncGenerator[LoopbackTmdb]:
    """Serve on the loopback for as long as the `async with` lasts; `url` is what TMDB_URL takes."""
    tmdb = tmdb or LoopbackTmdb()
    runner = web.AppRunner(tmdb.application(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        tmdb.url = f"http://127.0.0.1:{runner.addresses[0][1]}/3"
        yield tmdb
    finally:
        await runner.cleanup()


def _dates(film: FakeFilm) -> list[str]:
    return [dated.date for dateds in film.releases.values() for dated in dateds]


def _listed(request: web.Request, items: Sequence[Json], size: int = _PAGE) -> web.Response:
    page = int(request.query.get("page", "1"))
    start = (page - 1) * size
    pages = max(1, -(-len(items) // size))
    shown = list(items[start : start + size])
    return web.json_response({"page": page, "results": shown, "total_pages": pages, "total_results": len(items)})


def _with_etag(request: web.Request, body: Json) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    etag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag})
    return web.Response(text=text, content_type="application/json", headers={"ETag": etag})


def _error(code: int, status: int, message: str) -> web.Response:
    return web.json_response({"success": False, "status_code": code, "status_message": message}, status=status)


def _not_found() -> web.Response:
    return _error(34, 404, "The resource you requested could not be found.")


async def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.loopback.tmdb", description=__doc__)
    parser.add_argument("--port", type=int, default=8082, help="the loopback port; 0 picks a free one")
    parser.add_argument("--token", default=TOKEN, help="the one token that is let in")
    arguments = parser.parse_args()
    tmdb = LoopbackTmdb(token=arguments.token)
    tmdb.world.add_catalogue(read_catalogue(find_catalogue()))
    async with serve(tmdb, arguments.port):
        sys.stdout.write(json.dumps({"TMDB_URL": tmdb.url, "TMDB_TOKEN": tmdb.token}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
