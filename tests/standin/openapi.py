"""Holds requests and answers against Discord's own OpenAPI description, if jsonschema and the file are there."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

from tests.standin.errors import Json

_SPEC_URI = "urn:discord"
_MAX_KEPT = 500
_BIG = 10**15  # an integer this large is a snowflake that discord.py sent as a number


def as_strings(value: object, *, all_ids: bool = False) -> object:
    """Turn integer snowflakes into the strings the description asks for, and the numbers of new attachments too."""
    if isinstance(value, dict):
        return {
            key: str(item) if all_ids and key == "id" else as_strings(item, all_ids=key == "attachments")
            for key, item in value.items()
            if key != "channel_types"  # discord.py names media channels (16), which the description lacks
        }
    if isinstance(value, list):
        return [as_strings(item, all_ids=all_ids) for item in value]
    return str(value) if isinstance(value, int) and abs(value) >= _BIG else value


def _deepest(error: Any) -> Any:
    """Follow an error into the alternative that was meant: the one whose `type` is right, or with the fewest errors."""
    if not error.context:
        return error
    alternatives: dict[object, list[Any]] = {}
    for inner in error.context:
        alternatives.setdefault(inner.schema_path[0], []).append(inner)

    def misfit(errors: list[Any]) -> tuple[bool, int]:
        return any(list(inner.path) == ["type"] for inner in errors), len(errors)

    return _deepest(min(alternatives.values(), key=misfit)[0])


class OpenApiCheck:
    """Collects violations; each distinct one once."""

    def __init__(self, path: Path) -> None:
        jsonschema = importlib.import_module("jsonschema")
        referencing = importlib.import_module("referencing")
        drafts = importlib.import_module("referencing.jsonschema")
        self._spec: Json = json.loads(path.read_text(encoding="utf-8"))
        resource = referencing.Resource(contents=self._spec, specification=drafts.DRAFT202012)
        self._registry = referencing.Registry().with_resource(_SPEC_URI, resource)
        self._validator = jsonschema.Draft202012Validator
        self._cached: dict[str, Any] = {}
        self._templates = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template)), template)
            for template in sorted(self._spec["paths"], key=lambda t: ("{" in t, t.count("{")))
        ]
        self.checked = 0
        self.violations: list[Json] = []

    def check_request(self, method: str, path: str, body: object) -> None:
        """Check a request's JSON body (the payload_json of a multipart one)."""
        template = self._template(path)
        operation = self._spec["paths"].get(template, {}).get(method.lower())
        if operation is None:
            self._note("request", method, path, None, "the description has no such operation")
            return
        if body is None:
            return
        pointer = ["paths", template, method.lower(), "requestBody", "content", "application/json", "schema"]
        self._check("request", method, path, None, body, pointer)

    def check_response(self, method: str, path: str, status: int, body: object) -> None:
        """Check an answer's JSON body; of a form error only the outside, whose codes the description has as numbers."""
        if status >= 400 and isinstance(body, dict):
            body = {key: value for key, value in body.items() if key != "errors"}
        template = self._template(path)
        responses: Json = self._spec["paths"].get(template, {}).get(method.lower(), {}).get("responses", {})
        key = next((k for k in (str(status), f"{status // 100}XX", "default") if k in responses), None)
        if key is None:
            if template and status < 500:
                self._note("response", method, path, status, "the description has no such answer")
            return
        pointer = ["paths", template, method.lower(), "responses", key]
        reference = responses[key].get("$ref")
        if reference:
            pointer = reference.removeprefix("#/").split("/")
        node: Json = self._spec
        for step in pointer:
            node = node[step]
        if "application/json" not in node.get("content", {}):
            if body is not None:
                self._note("response", method, path, status, "the description has no body here")
            return
        self._check("response", method, path, status, body, [*pointer, "content", "application/json", "schema"])

    def _template(self, path: str) -> str:
        return next((template for pattern, template in self._templates if pattern.fullmatch(path)), "")

    def _check(self, side: str, method: str, path: str, status: int | None, body: object, pointer: list[str]) -> None:
        self.checked += 1
        key = "/".join(step.replace("~", "~0").replace("/", "~1") for step in pointer)
        if key not in self._cached:
            self._cached[key] = self._validator({"$ref": f"{_SPEC_URI}#/{key}"}, registry=self._registry)
        for error in self._cached[key].iter_errors(as_strings(body)):
            deepest = _deepest(error)
            where = "/".join(str(step) for step in deepest.absolute_path)
            self._note(side, method, path, status, f"{where}: {deepest.message[:300]}")

    def _note(self, side: str, method: str, path: str, status: int | None, problem: str) -> None:
        shown = re.sub(r"\d{15,}", "*", path)
        violation: Json = {"side": side, "method": method, "path": shown, "status": status, "problem": problem}
        if violation not in self.violations and len(self.violations) < _MAX_KEPT:
            self.violations.append(violation)
