"""`{% kept name=value … %}…{% endkept %}`: a part of a page that is rendered once.

The part knows its own values and nothing else of the page: neither the reader, nor a token, nor
another workspace. So the page may show what was rendered before from the same values, in the
same language.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec

from django import template
from django.template import Engine
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    Parser,
    Template,
    Token,
    token_kwargs,
)
from django.template.context import Context
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.kept import Kept, spelled

register = template.Library()
P = ParamSpec("P")

PARTS: Kept[SafeString] = Kept(4_000_000, size=len)
"""The parts of all pages: some thousands, at most twice so many characters a process."""


def rendered_once(
    template_name: str,
) -> Callable[[Callable[P, dict[str, Any]]], Callable[P, SafeString]]:
    """A tag as `inclusion_tag` makes it, but rendered once for the same arguments.

    The function and its template must not look at anything else; register it as `simple_tag`.
    """

    def decorate(function: Callable[P, dict[str, Any]]) -> Callable[P, SafeString]:
        @wraps(function)
        def shown(*args: P.args, **kwargs: P.kwargs) -> SafeString:
            key = (function, *_circumstances(), spelled(args), spelled(kwargs))
            return PARTS.get(key, lambda: _included(template_name, function(*args, **kwargs)))

        return shown

    return decorate


def _included(template_name: str, values: dict[str, Any]) -> SafeString:
    return Engine.get_default().get_template(template_name).render(Context(values))


def _circumstances() -> tuple[str | None, str]:
    """What every part may look at besides its values: the language, and where addresses begin."""
    return get_language(), get_script_prefix()


class NotAValueOfThePart(RuntimeError):
    """A kept part names something of the page around it, which is not among its values."""


class Alone(Context):
    """A context that holds a kept part's own values, and does not take others for empty."""

    def __getitem__(self, key: int | str | Node) -> Any:
        """The value of this name. Raises NotAValueOfThePart where there is none."""
        try:
            return super().__getitem__(key)
        except KeyError:
            raise NotAValueOfThePart(
                f"Add {key} to the values of this {{% kept %}} part: it knows nothing else."
            ) from None


class KeptNode(Node):
    """A part of a page, and the names and values that it is made from."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        self.nodelist, self.values = nodelist, tuple(values.items())

    def render(self, context: Context) -> SafeString:
        """The part as it was rendered from the same values, or is now."""
        values = {name: one.resolve(context) for name, one in self.values}
        key: Hashable = (
            self,
            *_circumstances(),
            context.autoescape,
            tuple([spelled(one) for one in values.values()]),
        )
        return PARTS.get(key, lambda: self._render(values, autoescape=context.autoescape))

    def _render(self, values: dict[str, Any], *, autoescape: bool) -> SafeString:
        alone = Alone(values, autoescape=autoescape)
        with alone.bind_template(Template("", engine=Engine.get_default())):
            return self.nodelist.render(alone)


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """A part that is rendered once for the same values, which are all that it knows."""
    name, *bits = token.split_contents()
    values = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"{{% {name} %}} takes name=value only, not {bits[0]}.")
    nodelist = parser.parse((f"end{name}",))
    parser.delete_first_token()
    return KeptNode(nodelist, values)
