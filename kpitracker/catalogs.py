"""Gettext catalogs without GNU gettext: extract, merge and compile, in Python alone.

One catalog an area and language, locale/<area>/<language>/LC_MESSAGES/django.po. English needs
none: the message ids are English. Nothing in a catalog depends on line numbers, dates or versions,
so that it changes with its messages only.
"""

import ast
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.utils.translation.template import templatize

# The area that also holds the templates that belong to no app.
ROOT_AREA = "kpitracker"
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""
TEMPLATE_SUFFIXES = frozenset({".html", ".txt", ".mjml"})
_LEFT_OUT = frozenset({"migrations", "tests", "__pycache__"})
# Where the texts stand in each function's arguments: babel's own notation.
_FUNCTIONS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

Key = tuple[str, str]
"""A message's context ("" for none) and its id, the singular where it has two."""

Texts = str | list[str] | tuple[str, ...] | None
"""A translation, one text for each plural form."""


class CatalogError(Exception):
    """A catalog or a source that cannot be read; the text names the file and the line."""


@dataclass(frozen=True)
class Area:
    """A part of the product with its own catalogs, below the product's directory `base`."""

    name: str
    base: Path

    def catalog(self, language: str) -> Path:
        """Where its catalog of a language is."""
        return self.base / "locale" / self.name / language / "LC_MESSAGES" / "django.po"

    def python_files(self) -> Iterator[Path]:
        """Its sources in Python, sorted."""
        for path in sorted((self.base / self.name).rglob("*.py")):
            if not _LEFT_OUT.intersection(path.relative_to(self.base).parts):
                yield path

    def templates(self) -> Iterator[Path]:
        """Its templates, sorted; the root's are those of no other area."""
        folder = self.base / "templates"
        own = folder if self.name == ROOT_AREA else folder / self.name
        others = [path.name for path in (self.base / "locale").glob("*")] + _apps(self.base)
        for path in sorted(own.rglob("*")):
            first = path.relative_to(folder).parts[0]
            is_anothers = first != self.name and first in others
            if path.suffix in TEMPLATE_SUFFIXES and not is_anothers:
                yield path


def _apps(base: Path) -> list[str]:
    return [path.parent.name for path in base.glob("*/apps.py")]


def areas(locale_paths: Iterable[Path | str]) -> list[Area]:
    """The areas of Django's LOCALE_PATHS, each <base>/locale/<area>."""
    paths = [Path(path) for path in locale_paths]
    return [Area(path.name, path.parent.parent) for path in paths]


def key_of(message: Message) -> Key:
    """What tells a message from others."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return message.context or "", text


def texts(message: Message) -> tuple[str, ...]:
    """Its translations, one for each form; empty texts where there is none yet."""
    found = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return tuple(text or "" for text in found) or ("",)


def messages_of(catalog: Catalog) -> list[Message]:
    """The messages of a catalog without its header."""
    return [message for message in catalog if message.id]


# --- Extract ----------------------------------------------------------------------------------


def extracted(area: Area) -> Catalog:
    """Every text that the area's sources mark for translation, with the files it comes from."""
    found = Catalog()
    for path in area.python_files():
        _add(found, area, path, path.read_text(encoding="utf-8"))
    for path in area.templates():
        origin = str(path.relative_to(area.base))
        try:
            source = templatize(path.read_text(encoding="utf-8"), origin=origin)
        except SyntaxError as error:
            raise CatalogError(f"{origin}: {error}") from error
        # What templatize leaves is calls between blanks, indented as no Python is.
        calls = "\n".join(line.lstrip() for line in source.splitlines())
        _add(found, area, path, calls, is_template=True)
    return found


def _add(found: Catalog, area: Area, path: Path, source: str, is_template: bool = False) -> None:
    keywords = dict(_FUNCTIONS) | {"_": None}
    if not is_template:
        keywords |= _aliases(source, path)
    origin = path.relative_to(area.base).as_posix()
    stream = io.BytesIO(source.encode())
    for _line, text, comments, context in extract(
        "python", stream, keywords=keywords, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        found.add(text, locations=[(origin, 0)], auto_comments=comments, context=context)


def _aliases(source: str, path: Path) -> dict[str, tuple[int | tuple[int, str], ...] | None]:
    """The names that a module gives to Django's functions: `gettext_lazy as lazy`."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise CatalogError(f"{path}: {error}") from error
    return {
        alias.asname: _FUNCTIONS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.asname and alias.name in _FUNCTIONS
    }


# --- Read and write ---------------------------------------------------------------------------


def read(path: Path, language: str) -> Catalog:
    """The catalog of a file; an empty one where there is no file.

    Raises CatalogError with the file and the line where it cannot be read.
    """
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as stream:
        try:
            return read_po(stream, locale=language, abort_invalid=True)
        except PoFileError as error:
            raise CatalogError(
                f"{path}, line {error.lineno + 1}: “{error.line.strip()}” is no catalog line."
            ) from error


def written(catalog: Catalog, language: str) -> bytes:
    """The catalog as a file: sorted by message, with the names of source files alone."""
    body = io.BytesIO()
    write_po(
        body,
        catalog,
        width=100,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    header = HEADER.format(language=language, plural_forms=catalog.plural_forms)
    return header.encode() + body.getvalue()


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: another process may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


# --- Merge ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Updated:
    """What an update did to one catalog."""

    area: str
    language: str
    messages: int
    added: int
    removed: int
    fuzzy: int
    untranslated: int


def update(found_areas: Iterable[Area], language: str) -> list[Updated]:
    """Bring the catalogs of a language up to date with the sources.

    Translations are kept; a new message takes the translation that another area has of it, else
    that of a similar message, marked fuzzy. Messages that are gone are dropped.
    """
    known_areas = list(found_areas)
    old = {area.name: read(area.catalog(language), language) for area in known_areas}
    memory = {
        key_of(message): message.string
        for catalog in old.values()
        for message in messages_of(catalog)
        if all(texts(message)) and not message.fuzzy
    }
    return [_update(area, language, old[area.name], memory) for area in known_areas]


def _update(area: Area, language: str, catalog: Catalog, memory: Mapping[Key, Texts]) -> Updated:
    before = {key_of(message) for message in messages_of(catalog)}
    catalog.update(extracted(area), update_creation_date=False)
    for message in messages_of(catalog):
        remembered = memory.get(key_of(message))
        if key_of(message) not in before and _fits(remembered, message):
            message.string = remembered
            message.flags.discard("fuzzy")
    path, data = area.catalog(language), written(catalog, language)
    now = {key_of(message) for message in messages_of(catalog)}
    if now and not (path.exists() and path.read_bytes() == data):
        _replace(path, data)
    return Updated(
        area=area.name,
        language=language,
        messages=len(now),
        added=len(now - before),
        removed=len(before - now),
        fuzzy=sum(message.fuzzy for message in messages_of(catalog)),
        untranslated=sum(not all(texts(message)) for message in messages_of(catalog)),
    )


def _fits(remembered: Texts, message: Message) -> bool:
    is_plural = not isinstance(message.id, str)
    return bool(remembered) and isinstance(remembered, tuple | list) == is_plural


# --- Compile ----------------------------------------------------------------------------------


def compile_catalog(path: Path, language: str) -> bool:
    """Write the .mo beside a .po where it is missing or older; whether it was written."""
    target = path.with_suffix(".mo")
    if not path.exists():
        return False
    if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
        return False
    stream = io.BytesIO()
    write_mo(stream, read(path, language))
    _replace(target, stream.getvalue())
    return True
