"""System checks of the installation: each names what is wrong and how to mend it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


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
