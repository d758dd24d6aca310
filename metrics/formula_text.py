"""A formula as text: canonical, as `metrics.formula` reads it, or in words for people.

Standard library only. The words of both languages are here because a formula is put together
piece by piece, which a translated sentence cannot do.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from metrics.formula_nodes import Binary, Call, Negative, Node, Number, Value

PRECEDENCE = MappingProxyType({"+": 1, "-": 1, "*": 2, "/": 2})


def to_text(node: Node) -> str:
    """The formula in its one canonical spelling; parsing it gives the same formula.

    A modifier or a restriction around an expression is written at each of its metrics, so the
    text can be longer than the one that was read: keep people's own text, compare by this one.
    """
    return str(node.operand) if isinstance(node, Value) else _written(node, _plain, {})


def readable(node: Node, names: Mapping[str, str], language: str) -> str:
    """The formula for people: ×, ÷ and the metrics' names, in "en" or "fr".

    `names` holds metrics by key and, where known, values of dimensions by ``channel:organic``;
    what it lacks is shown by its key.
    """
    words = WORDS["fr" if language.startswith("fr") else "en"]

    def named(inner: Node) -> str:
        return _named(inner, names, words)

    return _written(node, named, words)


def filled(node: Node, values: Mapping[str, str], language: str) -> str:
    """The formula for people with a text, such as a value, in place of each operand.

    `values` holds them by the operand's own text; what it lacks is shown as a dash.
    """
    words = WORDS["fr" if language.startswith("fr") else "en"]

    def leaf(inner: Node) -> str:
        if isinstance(inner, Value):
            return values.get(str(inner.operand), "–")
        return _plain(inner).replace(".", words["decimal"])

    return _written(node, leaf, words)


def _written(node: Node, leaf: Callable[[Node], str], words: Mapping[str, str]) -> str:
    """The text of a node, its leaves by `leaf` and its words by `words` (none: the language's)."""

    def inside(inner: Node, floor: int) -> str:
        text = _written(inner, leaf, words)
        return f"({text})" if _binding(inner, words) < floor else text

    match node:
        case Negative(inner):
            return words.get("-", "-") + inside(inner, 3)
        case Binary(operator, left, right):
            level = PRECEDENCE[operator]
            symbol = words.get(operator, operator)
            return f"{inside(left, level)} {symbol} {inside(right, level + 1)}"
        case Call(function, arguments) if not words:
            return f"{function}({', '.join(to_text(one) for one in arguments)})"
        case Call("parts", arguments):
            return " + ".join(inside(one, 2) for one in arguments)
        case Call("per_year", (inner,)):
            return words["per_year"] % {"x": inside(inner, 3)}
        case Call(function, arguments):
            separator = words[f"{function}_separator"]
            return words[function] % {"x": separator.join(inside(one, 1) for one in arguments)}
        case _:
            return leaf(node)


def _binding(node: Node, words: Mapping[str, str]) -> int:
    """How tightly a node's text holds together: 1 sums, 2 products, 3 minus signs, 4 the rest."""
    match node:
        case Binary(operator):
            return PRECEDENCE[operator]
        case Negative():
            return 3
        case Call("parts") if words:
            return 1
        case Value(operand) if operand.where and not operand.modifier and not words:
            return 0
        case _:
            return 4


def _plain(node: Node) -> str:
    return f"{node.value.normalize():f}" if isinstance(node, Number) else to_text(node)


def _named(node: Node, names: Mapping[str, str], words: Mapping[str, str]) -> str:
    if isinstance(node, Number):
        return _plain(node).replace(".", words["decimal"])
    assert isinstance(node, Value)  # every other node has text of its own
    operand = node.operand
    text = names.get(operand.metric, operand.metric)
    if operand.where:
        dimension, key = operand.where
        label = names.get(f"{dimension}:{key}", key)
        text = words["where"] % {"x": text, "dimension": words[dimension], "label": label}
    if operand.modifier:
        text = words[operand.modifier] % {"x": text, "days": str(operand.days)}
    return text


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "+": "+",
            "-": "−",
            "*": "×",
            "/": "÷",
            "decimal": ".",
            "start": "%(x)s at the start of the period",
            "prev": "%(x)s of the period before",
            "year_ago": "%(x)s a year earlier",
            "lag": "%(x)s %(days)s days earlier",
            "where": "%(x)s (%(dimension)s: %(label)s)",
            "channel": "channel",
            "campaign": "campaign",
            "device": "device",
            "asset": "page",
            "segment": "segment",
            "per_year": "%(x)s over a year",
            "min": "the smallest of (%(x)s)",
            "min_separator": "; ",
            "max": "the largest of (%(x)s)",
            "max_separator": "; ",
            "coalesce": "(%(x)s)",
            "coalesce_separator": ", or without it ",
        },
        "fr": {
            "+": "+",
            "-": "−",
            "*": "×",
            "/": "÷",
            "decimal": ",",
            "start": "%(x)s au début de la période",
            "prev": "%(x)s de la période précédente",
            "year_ago": "%(x)s un an plus tôt",
            "lag": "%(x)s %(days)s jours plus tôt",
            "where": "%(x)s (%(dimension)s\u00a0: %(label)s)",
            "channel": "canal",
            "campaign": "campagne",
            "device": "appareil",
            "asset": "page",
            "segment": "segment",
            "per_year": "%(x)s sur un an",
            "min": "le plus petit de (%(x)s)",
            "min_separator": "\u202f; ",
            "max": "le plus grand de (%(x)s)",
            "max_separator": "\u202f; ",
            "coalesce": "(%(x)s)",
            "coalesce_separator": ", ou à défaut ",
        },
    }
)
