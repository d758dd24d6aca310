"""Texts that hold a secret, kept so that a database dump alone does not give it away."""

from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_MARK = "sealed:"


class SealBroken(Exception):
    """No key in FIELD_ENCRYPTION_KEYS opens the text."""


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> str:
    """The text, encrypted with the first of FIELD_ENCRYPTION_KEYS; nothing stays nothing."""
    if not text:
        return ""
    return _MARK + _box(tuple(settings.FIELD_ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    """What :func:`seal` was given; a text that was never sealed as it is. Raises SealBroken."""
    if not text.startswith(_MARK):
        return text
    try:
        token = text.removeprefix(_MARK).encode()
        return _box(tuple(settings.FIELD_ENCRYPTION_KEYS)).decrypt(token).decode()
    except InvalidToken as error:
        raise SealBroken from error
