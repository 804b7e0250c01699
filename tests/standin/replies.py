"""How an answer is put on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aiohttp import web


def reply(data: object = None, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with JSON, or with 204 for None.

    The content type is exactly `application/json`: with a charset behind it discord.py leaves the body a string.
    """
    headers = {"Via": "1.1 google"} | dict(headers or {})
    if data is None:
        return web.Response(status=204, headers=headers)
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json", headers=headers)
