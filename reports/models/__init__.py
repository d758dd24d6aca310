"""How people see it together: the digests that were made."""

from reports.models.digest import DigestIssue

__all__ = ["DigestIssue"]
