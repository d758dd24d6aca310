"""Opaque public ids for URLs: a short prefix and 72 random bits, never a sequence."""

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LENGTH = 14


def public_id(prefix: str) -> str:
    """A new id such as ``obj_7QkVt3…``: ``prefix``, an underscore and 14 characters (81 bits)."""
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
