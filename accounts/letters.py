"""What a mail says: a triplet of templates, ``<name>.subject.txt``, ``.txt`` and ``.html``."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import css_inline
from django.conf import settings
from django.template.loader import render_to_string

from accounts.fmt import plain_text


class Letter(NamedTuple):
    """A mail's words in one language."""

    subject: str
    text: str
    html: str


@cache
def _stylesheet() -> str:
    path = Path(settings.BASE_DIR) / "templates" / "mail" / "mail.css"
    return path.read_text(encoding="utf-8")


def inlined(html: str) -> str:
    """The HTML with the mail stylesheet written into its elements, as mail programs need it."""
    inliner = css_inline.CSSInliner(
        extra_css=_stylesheet(), load_remote_stylesheets=False, keep_style_tags=False
    )
    done: str = inliner.inline(html)
    return done


def letter(name: str, context: dict[str, Any]) -> Letter:
    """The mail ``templates/mail/<name>.*`` in the active language, its styles inlined.

    Names typed by users are data: escaped in the HTML, as they are in the text.
    """
    full = {"base_url": settings.BASE_URL, **context}
    return Letter(
        subject=plain_text(" ".join(render_to_string(f"mail/{name}.subject.txt", full).split())),
        text=plain_text(render_to_string(f"mail/{name}.txt", full)).strip() + "\n",
        html=inlined(render_to_string(f"mail/{name}.html", full)),
    )
