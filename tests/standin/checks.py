"""The limits on messages and autocomplete answers, so that what passes here passes at Discord."""

from __future__ import annotations

from tests.standin.components import check_components
from tests.standin.errors import FormErrors, Json, Refusal, refuse

EPHEMERAL, LOADING, IS_V2 = 1 << 6, 1 << 7, 1 << 15
MAX_NONCE = 25
MAX_EMBED_TEXT = 6_000  # all embeds of a message together
MAX_FILE_BYTES = 10 * 1024 * 1024  # an unboosted server


def check_message(body: Json, *, file_sizes: dict[str, int], kept_files: int = 0, prefix: str = "") -> None:
    """Refuse a message that Discord would refuse; `body` is the whole message, an edit's unchanged fields included.

    Raises:
        ApiError: 400 with code 50035 or, for an empty message, 50006.
    """
    errors = FormErrors()
    is_v2 = bool((body.get("flags") or 0) & IS_V2)
    content, embeds = body.get("content") or "", body.get("embeds") or []
    components = body.get("components") or []
    errors.add_longer_than(f"{prefix}content", content, 2_000)
    if is_v2 and (content or embeds or body.get("poll") or body.get("sticker_ids")):
        code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
        errors.add("flags", code, "The 'content', 'embeds', 'stickers' and 'poll' fields cannot be used with V2")
    _check_nonce(body.get("nonce"), errors)
    _check_embeds(embeds, errors, prefix)
    check_components(components, errors, is_v2=is_v2)
    _check_mentions(body.get("allowed_mentions") or {}, errors)
    if len(file_sizes) + kept_files > 10:
        errors.add("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for name, size in file_sizes.items():
        if size > MAX_FILE_BYTES:
            errors.add(name, "FILE_TOO_LARGE", f"The file is larger than {MAX_FILE_BYTES} bytes")
    errors.raise_if_any()
    if not (content or embeds or components or file_sizes or kept_files or body.get("poll") or body.get("sticker_ids")):
        raise refuse(Refusal.EMPTY_MESSAGE)


def check_choices(data: Json) -> None:
    """Refuse an autocomplete answer of more than 25 choices, or with a choice that is too long.

    Raises:
        ApiError: 400, code 50035.
    """
    errors = FormErrors()
    choices = data.get("choices") or []
    errors.add_longer_than("data.choices", choices, 25)
    for index, choice in enumerate(choices):
        for key in ("name", "value"):
            value = choice.get(key)
            if value is None or value == "":
                errors.add(f"data.choices.{index}.{key}", "BASE_TYPE_REQUIRED", "This field is required")
            errors.add_longer_than(f"data.choices.{index}.{key}", value, 100)
    errors.raise_if_any()


def _check_nonce(nonce: object, errors: FormErrors) -> None:
    if nonce is not None and not isinstance(nonce, int | str):
        errors.add("nonce", "NONCE_TYPE_INVALID", "The nonce must be a string or an integer")
    errors.add_longer_than("nonce", nonce, MAX_NONCE)


def _check_mentions(mentions: Json, errors: FormErrors) -> None:
    for key in ("roles", "users"):
        errors.add_longer_than(f"allowed_mentions.{key}", mentions.get(key), 100)
        if key in (mentions.get("parse") or []) and mentions.get(key):
            code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
            errors.add("allowed_mentions", code, f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.')


def _check_embeds(embeds: list[Json], errors: FormErrors, prefix: str) -> None:
    errors.add_longer_than(f"{prefix}embeds", embeds, 10)
    total = 0
    for index, embed in enumerate(embeds):
        path = f"{prefix}embeds.{index}"
        fields: list[Json] = embed.get("fields") or []
        errors.add_longer_than(f"{path}.fields", fields, 25)
        texts = [
            (f"{path}.title", embed.get("title"), 256),
            (f"{path}.description", embed.get("description"), 4_096),
            (f"{path}.author.name", (embed.get("author") or {}).get("name"), 256),
            (f"{path}.footer.text", (embed.get("footer") or {}).get("text"), 2_048),
        ]
        for number, field in enumerate(fields):
            for key, limit in (("name", 256), ("value", 1_024)):
                texts.append((f"{path}.fields.{number}.{key}", field.get(key), limit))
                if not field.get(key):
                    errors.add(f"{path}.fields.{number}.{key}", "BASE_TYPE_REQUIRED", "This field is required")
        for where, text, limit in texts:
            errors.add_longer_than(where, text, limit)
            total += len(text or "")
    if total > MAX_EMBED_TEXT:
        message = f"Embed size exceeds maximum size of {MAX_EMBED_TEXT}"
        errors.add(f"{prefix}embeds", "MAX_EMBED_SIZE_EXCEEDED", message)
