"""System checks of the installation: each names what is wrong and how to mend it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

DOCUMENTED_EXAMPLES = ("changeme", "change-me", "secret", "django-insecure", "(64 random")


@register(Tags.security, deploy=True)
def secrets_are_strong(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Keys are long, not an example from the documentation, and different from each other."""
    found: list[CheckMessage] = []
    for name, value in (
        ("SECRET_KEY", settings.SECRET_KEY),
        ("FIELD_ENCRYPTION_KEYS", settings.FIELD_ENCRYPTION_KEYS[0]),
    ):
        if len(value) < 44 or any(word in value.lower() for word in DOCUMENTED_EXAMPLES):
            found.append(
                Error(
                    f"{name} is too short or an example from the documentation.",
                    hint="Make a random one of at least 50 characters: docs/operations.md.",
                    id="kpitracker.E001",
                )
            )
    if settings.SECRET_KEY in settings.FIELD_ENCRYPTION_KEYS:
        found.append(
            Error(
                "SECRET_KEY is also an encryption key.",
                hint="Use a different random value for each.",
                id="kpitracker.E002",
            )
        )
    return found


@register(Tags.security, deploy=True)
def base_url_is_https(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Links in mails must lead to an encrypted address."""
    if settings.DEBUG or settings.BASE_URL.startswith("https://"):
        return []
    return [
        Warning(
            f"BASE_URL is {settings.BASE_URL}: links in mails would not be encrypted.",
            hint="Set BASE_URL to the https:// address of this installation.",
            id="kpitracker.W003",
        )
    ]
