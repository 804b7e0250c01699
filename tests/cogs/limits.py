"""Discord's limits for what a bot says; simcord does not enforce them all. A walker over the raw payloads.

https://discord.com/developers/docs/components/reference and …/resources/message#embed-object-embed-limits
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Raw = Mapping[str, Any]
ROW, BUTTON, TEXT_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = range(5, 9)
SECTION, TEXT, GALLERY, CONTAINER, LABEL = 9, 10, 12, 17, 18
V2 = 1 << 15
#: What no person should ever read: the insides of a program.
INSIDES = re.compile(r"Traceback|<[a-z_.]+ object at 0x|\bNone\b|\{[a-z_]+\}|Error:|\bdatetime\.|sqlite|\bnan\b")


def length(text: str) -> int:
    """How long Discord's clients take a text to be: in UTF-16, where an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def walk(components: Sequence[Raw]) -> Iterator[Raw]:
    """Every component, however deep."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for key in ("accessory", "component"):
            if component.get(key):
                yield from walk([component[key]])


def problems_of_message(message: Raw) -> list[str]:
    """What Discord would refuse in a message, or a person would stumble over."""
    components = message.get("components") or []
    every = list(walk(components))
    found = [*_ids(every)]
    for component in every:
        found += _of_component(component)
    texts = [message.get("content") or "", *(str(c.get("content") or "") for c in every)]
    if int(message.get("flags") or 0) & V2:
        if message.get("content") or message.get("embeds"):
            found.append("content or embeds beside components of the second version")
        if len(every) > 40:
            found.append(f"{len(every)} components")
        if (total := sum(length(str(c["content"])) for c in every if c["type"] == TEXT)) > 4000:
            found.append(f"{total} characters of text")
    else:
        found += _of_classic(message, components)
        texts += [str(part) for embed in message.get("embeds") or [] for part in _embed_texts(embed)]
    return found + [f"looks like code: {text!r}" for text in texts if INSIDES.search(text)]


def problems_of_choices(choices: Sequence[Raw]) -> list[str]:
    """What Discord would refuse in the suggestions of an option."""
    found = [f"{len(choices)} choices"] if len(choices) > 25 else []
    found += [f"name {c['name']!r}" for c in choices if not 1 <= length(c["name"]) <= 100]
    found += [f"value {c['value']!r}" for c in choices if not 1 <= len(str(c["value"])) <= 100]
    names = [c["name"] for c in choices]
    return found + ([] if len(set(names)) == len(names) else [f"two choices look the same: {names}"])


def problems_of_form(form: Raw) -> list[str]:
    """What Discord would refuse in a modal."""
    found = [] if 1 <= length(form["title"]) <= 45 else [f"title {form['title']!r}"]
    every = list(walk(form["components"]))
    for component in every:
        if component["type"] == LABEL and not 1 <= length(component["label"]) <= 45:
            found.append(f"label {component['label']!r}")
        if component["type"] == TEXT_INPUT and length(component.get("placeholder") or "") > 100:
            found.append(f"placeholder {component['placeholder']!r}")
        if component["type"] == TEXT_INPUT and len(component.get("value") or "") > component.get("max_length", 4000):
            found.append("the text is longer than it may be")
    return found + ([] if 1 <= len(form["components"]) <= 5 else [f"{len(form['components'])} rows in a form"])


def _ids(every: Sequence[Raw]) -> Iterator[str]:
    ids = [c["custom_id"] for c in every if c.get("custom_id")]
    yield from (f"custom_id of {len(custom_id)}" for custom_id in ids if len(custom_id) > 100)
    if len(set(ids)) != len(ids):
        yield f"two components have one custom_id: {sorted(ids)}"


def _of_component(component: Raw) -> Iterator[str]:
    kind, children = component["type"], component.get("components") or []
    alone = len(children) == 1
    if kind == ROW and not alone and not (2 <= len(children) <= 5 and {c["type"] for c in children} == {BUTTON}):
        yield f"a row of {len(children)}"
    elif kind == BUTTON and not 1 <= length(component.get("label") or "") <= 80:
        yield f"a button called {component.get('label')!r}"
    elif kind == TEXT and not component["content"].strip():
        yield "an empty text"
    elif kind == SECTION and not 1 <= len(children) <= 3:
        yield f"a section of {len(children)}"
    elif kind == GALLERY and not 1 <= len(component["items"]) <= 10:
        yield f"a gallery of {len(component['items'])}"
    elif kind == GALLERY and any(not 1 <= len(item.get("description") or "") <= 1024 for item in component["items"]):
        yield "a picture without alt text"
    elif kind == TEXT_SELECT:
        yield from _of_options(component)


def _of_options(select: Raw) -> Iterator[str]:
    options = select.get("options") or []
    if not 1 <= len(options) <= 25:
        yield f"a select of {len(options)}"
    if length(select.get("placeholder") or "") > 150:
        yield "a long placeholder"
    if len({option["value"] for option in options}) != len(options):
        yield "two options have one value"
    if sum(bool(option.get("default")) for option in options) > select.get("max_values", 1):
        yield "more options are chosen than may be"
    for option in options:
        if not (1 <= length(option["label"]) <= 100 and 1 <= len(option["value"]) <= 100):
            yield f"an option {option['label']!r} = {option['value']!r}"
        if length(option.get("description") or "") > 100:
            yield f"an option's description {option['description']!r}"


def _of_classic(message: Raw, rows: Sequence[Raw]) -> Iterator[str]:
    content, embeds = message.get("content") or "", message.get("embeds") or []
    if length(content) > 2000:
        yield f"content of {length(content)}"
    if not content.strip() and not embeds and not message.get("attachments"):
        yield "an empty message"
    if len(rows) > 5:
        yield f"{len(rows)} rows"
    if sum(length(part) for embed in embeds for part in _embed_texts(embed)) > 6000:
        yield "embeds of more than 6,000 characters"
    for embed in embeds:
        if length(embed.get("title") or "") > 256 or length(embed.get("description") or "") > 4096:
            yield "a long title or description"
        if len(embed.get("fields") or []) > 25:
            yield "more than 25 fields"
        for one in embed.get("fields") or []:
            if not (1 <= length(one["name"]) <= 256 and 1 <= length(one["value"]) <= 1024):
                yield f"a field {one['name']!r}"


def _embed_texts(embed: Raw) -> Iterator[str]:
    yield embed.get("title") or ""
    yield embed.get("description") or ""
    yield (embed.get("footer") or {}).get("text") or ""
    yield (embed.get("author") or {}).get("name") or ""
    for one in embed.get("fields") or []:
        yield one["name"]
        yield one["value"]
