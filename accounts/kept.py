"""What is worked out once and kept under all that it was worked out from.

Such a thing is never out of date: other content has another key. A key therefore spells its
content exactly: `1` is not `1.0`, text is not markup, and what cannot be spelled, like a row of
the database, which is equal to a changed row of the same id, is refused.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Generic, TypeVar

from django.utils.functional import Promise
from django.utils.safestring import SafeString

T = TypeVar("T")
_PLAIN = frozenset({str, type(None)})
_SPELLED_BY_TYPE = frozenset({bool, int, date})
_SPELLED_BY_TEXT = frozenset({SafeString, Decimal, float, datetime})
_FIELDS: dict[type, tuple[str, ...]] = {}


class CannotBeSpelled(TypeError):
    """A value whose content is not all in a key."""


def spelled(value: object) -> Hashable:
    """The content of a value: two values have the same one only if they show the same."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind in _SPELLED_BY_TYPE:
        return kind, value
    if kind in _SPELLED_BY_TEXT:
        return kind, str(value)
    if isinstance(value, tuple | list):
        return kind, tuple([spelled(one) for one in value])
    return kind, _spelled_otherwise(value)


def _spelled_otherwise(value: object) -> Hashable:
    kind = type(value)
    names = _FIELDS.get(kind)
    if names is None:
        if isinstance(value, Enum | Promise):
            return str(value)
        if isinstance(value, Mapping):
            return tuple([(spelled(key), spelled(one)) for key, one in value.items()])
        if not is_dataclass(kind):
            raise CannotBeSpelled(
                f"{kind.__name__} cannot be part of a key: give the texts and numbers of it that"
                " show."
            )
        names = _FIELDS[kind] = tuple(one.name for one in fields(kind))
    return tuple([spelled(getattr(value, name)) for name in names])


class Kept(Generic[T]):
    """What was made under keys, of which the least used go when there is too much.

    `most` bounds the sum of the sizes that are kept twice over: what was used since the last
    half was thrown away stays. Threads need no lock: two of them make the same at worst.
    """

    def __init__(self, most: int, size: Callable[[T], int] = lambda _made: 1) -> None:
        self._most, self._size = most, size
        self._young: dict[Hashable, T] = {}
        self._old: dict[Hashable, T] = {}
        self._held = 0

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under the key, made now where nothing is."""
        found = self._young.get(key)
        if found is not None:
            return found
        found = self._old.get(key)
        if found is None:
            found = make()
        if self._held > self._most:
            self._old, self._young, self._held = self._young, {}, 0
        self._young[key] = found
        self._held += self._size(found)
        return found

    def __len__(self) -> int:
        return len(self._young) + len(self._old.keys() - self._young.keys())

    def clear(self) -> None:
        """Forgets all of it."""
        self._young, self._old, self._held = {}, {}, 0
