"""Reading a page in a test."""

from typing import Any


def text(response: Any) -> str:
    """The page with its white space evened out; a no-break space reads as a space."""
    return " ".join(response.content.decode().split())
