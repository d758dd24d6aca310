"""The scripts of a form's media with the response's nonce: no other may run."""

from django import template
from django.forms import Media
from django.template.context import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def scripts_of(context: Context, media: Media) -> SafeString:
    """The script elements of a form's media."""
    nonce = context["request"].csp_nonce
    paths: list[str] = getattr(media, "_js")  # noqa: B009
    addresses = [media.absolute_path(path) for path in paths]
    element = '<script src="{}" nonce="{}"></script>'
    return format_html_join("\n", element, ((address, nonce) for address in addresses))


@register.simple_tag
def styles_of(media: Media) -> SafeString:
    """The style sheets of a form's media."""
    return format_html_join("\n", "{}", ((one,) for one in media.render_css()))
