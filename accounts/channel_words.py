"""Why a message did not arrive, in words: the codes that the log of a channel keeps."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import ChannelMessage
from accounts.outbound import WORDS

REASONS: Mapping[str, Promise] = {
    **WORDS,
    "refused": _("The service refused the message. Make a new address there and paste it here."),
    "stopped": _("The program stopped while the message was being sent."),
    "expired": _("It waited for two days and is no news any more."),
    "switched_off": _("The channel was switched off."),
    "left": _("The person left the workspace."),
    "sealed": _("The address cannot be opened with the keys there are. Paste it again."),
    "no_service": _("The address names no service that is known here. Paste it again."),
}


def reason_of(message: ChannelMessage) -> str:
    """Why it was not sent, or not yet; empty for a message that was."""
    return str(REASONS.get(message.error, message.error)) if message.error else ""
