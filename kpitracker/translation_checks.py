"""What is wrong with a translation: gaps, placeholders, and French typography.

French sets a no-break space before a colon and a percent sign and inside « », and a narrow one
before ; ! and ?. A common space there breaks the line before the sign.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from babel.messages.catalog import Catalog, Message

from kpitracker.catalogs import Area, Key, extracted, key_of, messages_of, read, texts

_PLACEHOLDER = re.compile(
    r"%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]|%[sdr]|\{[a-z_][\w.]*(?:![rsa])?(?::[^{}]*)?\}"
)
_NOISE = re.compile(r"</?[a-zA-Z][^<>]*>|&#?\w+;|\S+://\S+")
_SIGNS = (
    (r"(?<!\u00a0):(?=\s|$)", "a no-break space (U+00A0) before “:”"),
    (r"(?<=[\w\s])(?<!\u00a0)%(?![\w(])", "a no-break space (U+00A0) before “%”"),
    (r"(?<!\u202f)(?<![;!?.…])[;!?](?=\s|$|»)", "a narrow no-break space (U+202F) before “; ! ?”"),
    (r"«(?!\u00a0)|(?<!\u00a0)»", "a no-break space (U+00A0) inside « »"),
)
_COMMON_SPACE = re.compile(r" [;:!?%»]|« ")


@dataclass(frozen=True)
class Problem:
    """One thing to mend: where, which message, what kind, and what to do."""

    area: str
    language: str
    code: str
    message: str
    remedy: str


def problems(areas: Iterable[Area], language: str) -> list[Problem]:
    """Everything to mend in the catalogs of a language, area by area."""
    known_areas = list(areas)
    catalogs = {area.name: read(area.catalog(language), language) for area in known_areas}
    found = [
        problem for area in known_areas for problem in _of_area(area, language, catalogs[area.name])
    ]
    return found + list(_conflicts(catalogs, language))


def _of_area(area: Area, language: str, catalog: Catalog) -> Iterator[Problem]:
    def problem(code: str, key: Key, remedy: str) -> Problem:
        return Problem(area.name, language, code, key[1], remedy)

    wanted = {key_of(message) for message in messages_of(extracted(area))}
    there = {key_of(message): message for message in messages_of(catalog)}
    dead = {key_of(message) for message in catalog.obsolete.values()}
    for key in sorted(wanted - there.keys()):
        yield problem("missing", key, "Run messages --update, then translate it.")
    for key in sorted((there.keys() - wanted) | dead):
        yield problem("obsolete", key, "No source has this message. Run messages --update.")
    for key in sorted(wanted & there.keys()):
        for code, remedy in _of_message(there[key], language):
            yield problem(code, key, remedy)


def _of_message(message: Message, language: str) -> Iterator[tuple[str, str]]:
    if not all(texts(message)):
        yield "untranslated", "Translate every form of it."
        return
    if message.fuzzy:
        yield "fuzzy", "Check the translation, then remove the line “#, fuzzy”."
    yield from _placeholders(message)
    if language == "fr":
        for text in texts(message):
            for remedy in typography(text):
                yield "typography", f"{remedy}: “{text}”"


def _named(text: str) -> Counter[str]:
    return Counter(_PLACEHOLDER.findall(text.replace("%%", "")))


def _placeholders(message: Message) -> Iterator[tuple[str, str]]:
    """Each form has the placeholders of its id; a singular may have those of the plural."""
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    allowed = [_named(text) for text in ids]
    for number, text in enumerate(texts(message)):
        fitting = allowed if number == 0 else allowed[-1:]
        if _named(text) not in fitting:
            names = ", ".join(sorted(allowed[-1])) or "no placeholder"
            yield "placeholders", f"Use exactly {names} in “{text}”."
        elif (
            allowed[-1] and "%(" in ids[-1] and "%" in _PLACEHOLDER.sub("", text.replace("%%", ""))
        ):
            yield "placeholders", f"Write a percent sign as “%%” in “{text}”."


def typography(text: str) -> list[str]:
    """What French typography asks for in a text, leaving aside markup, addresses and times."""
    shown = _PLACEHOLDER.sub("x", _NOISE.sub("", text)).replace("%%", "%")
    found = [f"French needs {rule}" for sign, rule in _SIGNS if re.search(sign, shown)]
    if not found and _COMMON_SPACE.search(shown):
        found.append("French needs a no-break space before ; : ! ? % and inside « »")
    return found


def _conflicts(catalogs: Mapping[str, Catalog], language: str) -> Iterator[Problem]:
    """One message has one translation: Django would take that of the first area for all."""
    first: dict[Key, tuple[str, Message]] = {}
    for area, catalog in catalogs.items():
        for message in messages_of(catalog):
            key = key_of(message)
            other, known = first.setdefault(key, (area, message))
            differ = any(one != two for one, two in zip(texts(known), texts(message), strict=False))
            if differ and all(texts(known)) and all(texts(message)):
                remedy = f"{other} has “{texts(known)[0]}”. Use one translation, or pgettext."
                yield Problem(area, language, "conflict", key[1], remedy)
