"""The layouts that ship: one module each, found by being here.

A module of this package holds one `Layout` under the name LAYOUT, with its sample in
tests/metrics/imports/samples/ and its test.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from metrics.imports.layout import Layout


def _found() -> Mapping[str, Layout]:
    names = sorted(module.name for module in iter_modules(__path__))
    layouts: list[Layout] = [import_module(f"{__name__}.{name}").LAYOUT for name in names]
    return MappingProxyType({layout.key: layout for layout in layouts})


LAYOUTS: Mapping[str, Layout] = _found()
"""Every layout by its key."""
