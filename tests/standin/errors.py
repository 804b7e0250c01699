"""What Discord says no with: its codes, its sentences and its JSON error shape."""

from __future__ import annotations

from enum import Enum
from typing import Any

Json = dict[str, Any]


class Refusal(Enum):
    """An answer of Discord's that is not a form error: status, JSON code, sentence."""

    UNAUTHORIZED = (401, 0, "401: Unauthorized")
    NOT_FOUND = (404, 0, "404: Not Found")
    METHOD_NOT_ALLOWED = (405, 0, "405: Method Not Allowed")
    UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
    UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
    UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
    UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
    UNKNOWN_ROLE = (404, 10011, "Unknown Role")
    UNKNOWN_USER = (404, 10013, "Unknown User")
    UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
    UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
    UNKNOWN_COMMAND = (404, 10063, "Unknown application command")
    NOT_YOUR_APPLICATION = (403, 20012, "You are not authorized to perform this action on this application")
    PUBLISHED_ALREADY = (400, 40033, "This message has already been crossposted.")
    ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
    NO_TAG_TO_GIVE = (400, 40066, "There are no tags available that can be set by non-moderators")
    TAG_REQUIRED = (400, 40067, "A tag is required to create a forum post in this channel")
    MISSING_ACCESS = (403, 50001, "Missing Access")
    NOT_YOUR_MESSAGE = (403, 50005, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
    CANNOT_DM = (403, 50007, "Cannot send messages to this user")
    NOT_A_TEXT_CHANNEL = (400, 50008, "Cannot send messages in a non-text channel")
    MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
    WRONG_CHANNEL_TYPE = (400, 50024, "Cannot execute action on this channel type")
    INVALID_WEBHOOK_TOKEN = (401, 50027, "Invalid Webhook Token")
    THREAD_ARCHIVED = (400, 50083, "Thread is archived")
    THREAD_LOCKED = (403, 50083, "Thread is archived")
    INVALID_JSON = (400, 50109, "The request body contains invalid JSON.")


class ApiError(Exception):
    """A refused request, with the body that Discord would send."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: Json = {"message": message, "code": code}
        if errors is not None:
            self.body["errors"] = errors


def refuse(refusal: Refusal) -> ApiError:
    """Build the error to raise for `refusal`."""
    return ApiError(*refusal.value)


def form_error(path: str, code: str, message: str) -> ApiError:
    """Build the error to raise for one wrong field, at a dotted path."""
    errors = FormErrors()
    errors.add(path, code, message)
    return errors.as_error()


class FormErrors:
    """Collects what is wrong with a body, by field, and raises it all at once as code 50035."""

    def __init__(self) -> None:
        self._tree: Json = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Note an error at a dotted path such as `embeds.0.title`."""
        node = self._tree
        for step in path.split("."):
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def add_longer_than(self, path: str, value: object, limit: int) -> None:
        """Note an error if the text or list at `path` is longer than `limit`."""
        if isinstance(value, str | list) and len(value) > limit:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def raise_if_any(self) -> None:
        """Raise what was collected.

        Raises:
            ApiError: 400, code 50035, with the tree of errors.
        """
        if self._tree:
            raise self.as_error()

    def as_error(self) -> ApiError:
        """Build the error from what was collected."""
        return ApiError(400, 50035, "Invalid Form Body", self._tree)
