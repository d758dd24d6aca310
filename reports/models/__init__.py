"""How people see it together: the digests that were made, and who owes which number."""

from reports.models.digest import DigestIssue
from reports.models.duty import Duty

__all__ = ["DigestIssue", "Duty"]
