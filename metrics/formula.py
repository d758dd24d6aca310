"""The language of derived metrics: numbers, metric keys, arithmetic and a few functions.

Standard library only, and no clock. A formula says what to do with the values that a metric's
operands have *in one period and segment*; who evaluates it supplies them.

=========================  =====================================================================
``a + b - c * d / e``      also written × ÷ −; parentheses; a leading minus
``start(x)``               the stock x at the period's start, that is on the day before it
``prev(x)``                x over the period of the same length before
``year_ago(x)``            x over the same period a year before
``lag(x, 30)``             x over the same span, 30 days earlier
``x where channel = "…"``  x in one channel (campaign, device, asset, segment) only
``min(x, …) max(x, …)``    the smallest, the largest; no value where one is missing
``coalesce(x, …)``         the first that has a value
``per_year(x)``            x × the periods in a year: a day 365, a week 52, a month 12, a quarter 4
``parts(x, y, …)``         the sum of those that are known, naming those that are not
=========================  =====================================================================

``start``, ``prev``, ``year_ago``, ``lag`` and ``where`` may be put around a whole expression:
they then apply to each metric in it, once.

`metrics.calculation` evaluates a formula, `metrics.formula_text` writes it,
`metrics.quantities` checks what it adds to what.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from metrics.formula_nodes import (
    DIMENSIONS,
    FUNCTIONS,
    RESERVED,
    Binary,
    Call,
    Filter,
    FormulaError,
    Modifier,
    Negative,
    Node,
    Number,
    Operand,
    Value,
    gettext_noop,
    with_operands,
)

MAX_LENGTH = 500
MAX_DEPTH = 20
MAX_NODES = 100
MAX_DIGITS = 18
MAX_LAG_DAYS = 1096


class Token(NamedTuple):
    """A piece of text: `kind` is number, name, string, end, or the symbol itself."""

    kind: str
    text: str
    position: int


TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>\d+(?:\.\d+)?(?![\w.]))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | "(?P<string>[^"\\\x00-\x1f\x7f]{1,100})"
      | (?P<symbol>[-+*/×÷−(),=])
    )""",
    re.VERBOSE | re.ASCII,
)
SPACE = " \t\r\n\f\v"
"""What is passed over between the pieces: `\\s` in ASCII."""
PLAIN_SYMBOLS = MappingProxyType({"×": "*", "÷": "/", "−": "-"})


def _tokens(text: str) -> Iterator[Token]:
    position, end = 0, len(text.rstrip(SPACE))
    while position < end:
        found = TOKEN.match(text, position)
        if found is None:
            raise _unreadable(text, position)
        kind = str(found.lastgroup)
        piece = found[kind]
        start = found.start(kind)
        if kind == "symbol":
            kind = piece = PLAIN_SYMBOLS.get(piece, piece)
        yield Token(kind, piece, start)
        position = found.end()
    yield Token("end", "", len(text))


def _unreadable(text: str, position: int) -> FormulaError:
    while text[position] in SPACE:
        position += 1
    character = text[position]
    if character == '"':
        message = gettext_noop('The text after " is not closed by another ", or is empty.')
        return FormulaError(message, position)
    if character.isdigit() and character.isascii():
        message = gettext_noop("Write numbers with digits and one point, like 12 or 0.5.")
        return FormulaError(message, position)
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    message = gettext_noop("The character “%(character)s” has no meaning in a formula.")
    return FormulaError(message, position, character=shown)


class _Parser:
    """Recursive descent: expression, sum, product, factor. Depth and size are bounded."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.index = 0
        self.depth = 0
        self.nodes = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def take(self, *kinds: str) -> Token | None:
        """The next token, if it is of one of these kinds."""
        token = self.token
        if token.kind not in kinds:
            return None
        self.index += 1
        return token

    def expect(self, kind: str) -> Token:
        token = self.take(kind)
        if token is None:
            raise self.unexpected(kind)
        return token

    def unexpected(self, expected: str = "") -> FormulaError:
        token = self.token
        if token.kind == "end":
            message = gettext_noop("The formula ends too early: something is missing at its end.")
            return FormulaError(message, token.position)
        if expected and expected in "(),=":
            message = gettext_noop("A “%(expected)s” is missing before “%(found)s”.")
            return FormulaError(message, token.position, expected=expected, found=token.text)
        message = gettext_noop("“%(found)s” does not belong here.")
        return FormulaError(message, token.position, found=token.text)

    def count(self, node: Node) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            message = gettext_noop("The formula has too many terms: use at most %(limit)s.")
            raise FormulaError(message, self.token.position, limit=str(MAX_NODES))
        return node

    def formula(self) -> Node:
        node = self.expression()
        if self.token.kind != "end":
            raise self.unexpected()
        return node

    def expression(self) -> Node:
        """A sum, and what it is restricted to."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            message = gettext_noop(
                "The formula is nested too deeply: use at most %(limit)s levels."
            )
            raise FormulaError(message, self.token.position, limit=str(MAX_DEPTH))
        node = self.chain(self.product, "+", "-")
        while self.token.kind == "name" and self.token.text.lower() == "where":
            node = self.restriction(node)
        self.depth -= 1
        return node

    def chain(self, part: Callable[[], Node], *operators: str) -> Node:
        """Parts joined by these operators, the left ones first."""
        node = part()
        while operator := self.take(*operators):
            node = self.count(Binary(operator.kind, node, part(), at=operator.position))
        return node

    def product(self) -> Node:
        return self.chain(self.factor, "*", "/")

    def factor(self) -> Node:
        negative = False
        while self.take("-"):
            negative = not negative
        node = self.atom()
        if negative and isinstance(node, Negative):
            return node.node
        return self.count(Negative(node)) if negative else node

    def atom(self) -> Node:
        if number := self.take("number"):
            if len(number.text) > MAX_DIGITS:
                message = gettext_noop("Numbers in a formula have at most %(limit)s digits.")
                raise FormulaError(message, number.position, limit=str(MAX_DIGITS))
            return self.count(Number(Decimal(number.text)))
        if self.take("("):
            node = self.expression()
            self.expect(")")
            return node
        name = self.take("name")
        if name is None or name.text.lower() == "where":
            self.index -= name is not None
            raise self.unexpected()
        if self.token.kind == "(":
            return self.call(name)
        return self.metric(name)

    def metric(self, name: Token) -> Node:
        key = name.text.lower()
        if key in RESERVED:
            message = gettext_noop("“%(name)s” is a function: write what it applies to after it.")
            raise FormulaError(message, name.position, name=key)
        return self.count(Value(Operand(key), at=name.position))

    def call(self, name: Token) -> Node:
        function = name.text.lower()
        if function not in RESERVED:
            message = gettext_noop("There is no function “%(name)s”. Use one of %(known)s.")
            known = ", ".join(sorted(RESERVED - {"where"}))
            raise FormulaError(message, name.position, name=name.text[:40], known=known)
        self.expect("(")
        if function in FUNCTIONS:
            return self.function(function, name.position)
        return self.shift(Modifier(function), name.position)

    def function(self, function: str, position: int) -> Node:
        arguments = [self.expression()]
        while self.take(","):
            arguments.append(self.expression())
        self.expect(")")
        if function == "per_year" and len(arguments) > 1:
            message = gettext_noop("“per_year” takes one thing only.")
            raise FormulaError(message, position)
        if function == "parts" and not all(isinstance(one, Value) for one in arguments):
            message = gettext_noop("The parts of a sum are metrics, separated by commas.")
            raise FormulaError(message, position)
        return self.count(Call(function, tuple(arguments), at=position))

    def shift(self, modifier: Modifier, position: int) -> Node:
        """What is in the parentheses, with each of its metrics read from another period."""
        node = self.expression()
        days = self.days() if modifier is Modifier.LAG else 0
        self.expect(")")

        def shifted(operand: Operand) -> Operand:
            if operand.modifier:
                message = gettext_noop("“%(name)s” can be moved in time only once.")
                raise FormulaError(message, position, name=operand.metric)
            return replace(operand, modifier=modifier, days=days)

        return with_operands(node, shifted)

    def days(self) -> int:
        self.expect(",")
        number = self.expect("number")
        if not number.text.isdigit() or not 1 <= int(number.text) <= MAX_LAG_DAYS:
            message = gettext_noop("A lag is a whole number of days from 1 to %(limit)s.")
            raise FormulaError(message, number.position, limit=str(MAX_LAG_DAYS))
        return int(number.text)

    def restriction(self, node: Node) -> Node:
        """`node` with each of its metrics read in one segment only."""
        self.expect("name")
        dimension = self.expect("name")
        if dimension.text.lower() not in DIMENSIONS:
            message = gettext_noop("“%(name)s” is no dimension. Use one of %(known)s.")
            known = ", ".join(DIMENSIONS)
            raise FormulaError(message, dimension.position, name=dimension.text[:40], known=known)
        self.expect("=")
        where = Filter(dimension.text.lower(), self.expect("string").text)

        def restricted(operand: Operand) -> Operand:
            if operand.where:
                message = gettext_noop("“%(name)s” can be restricted to one segment only.")
                raise FormulaError(message, dimension.position, name=operand.metric)
            return replace(operand, where=where)

        return with_operands(node, restricted)


def parse(text: str) -> Node:
    """Read a formula. Raises FormulaError with the position of what is wrong."""
    if len(text) > MAX_LENGTH:
        message = gettext_noop("The formula is too long: use at most %(limit)s characters.")
        raise FormulaError(message, MAX_LENGTH, limit=str(MAX_LENGTH))
    if not text.strip():
        raise FormulaError(gettext_noop("Write a formula, like leads / sessions."), 0)
    return _Parser(text).formula()
