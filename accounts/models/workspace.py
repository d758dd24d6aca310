"""A workspace, and who belongs to it."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.user import User
from accounts.public_ids import public_id
from accounts.timezones import validate_timezone

WEEKDAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)
MONTHS = (
    (1, _("January")),
    (2, _("February")),
    (3, _("March")),
    (4, _("April")),
    (5, _("May")),
    (6, _("June")),
    (7, _("July")),
    (8, _("August")),
    (9, _("September")),
    (10, _("October")),
    (11, _("November")),
    (12, _("December")),
)


LONGEST_DELAY = MaxValueValidator(
    1095, _("A stage of a sales cycle takes at most %(limit_value)s days.")
)


class Workspace(models.Model):
    """One company, or one client of an agency: owns everything else, shares nothing."""

    slug = models.SlugField(
        _("address"), max_length=60, unique=True, help_text=_("The part of the address after /w/.")
    )
    name = models.CharField(_("name"), max_length=120)
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="EUR",
        validators=[
            RegexValidator(r"^[A-Z]{3}$", _("Use a three-letter currency code, like EUR."))
        ],
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Paris", validators=[validate_timezone]
    )
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="en"
    )
    week_start = models.PositiveSmallIntegerField(
        _("first day of the week"), choices=WEEKDAYS, default=0
    )
    fiscal_year_start = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"), choices=MONTHS, default=1
    )
    on_track_from = models.DecimalField(
        _("on track from this share of the plan"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("0.90"),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(2))],
    )
    at_risk_from = models.DecimalField(
        _("at risk from this share of the plan"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("0.75"),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(2))],
    )
    working_days_only = models.BooleanField(_("plan on working days only"), default=False)
    working_weekdays = models.CharField(
        _("working days"),
        max_length=7,
        default="12345",
        validators=[RegexValidator(r"^1?2?3?4?5?6?7?$", _("Choose at least one day of the week."))],
    )
    holiday_country = models.CharField(_("public holidays of"), max_length=8, blank=True)
    days_to_lead = models.PositiveSmallIntegerField(
        _("days from visit to lead"), null=True, blank=True, validators=[LONGEST_DELAY]
    )
    days_to_mql = models.PositiveSmallIntegerField(
        _("days from lead to MQL"), null=True, blank=True, validators=[LONGEST_DELAY]
    )
    days_to_sql = models.PositiveSmallIntegerField(
        _("days from MQL to SQL"), null=True, blank=True, validators=[LONGEST_DELAY]
    )
    days_to_customer = models.PositiveSmallIntegerField(
        _("days from SQL to customer"), null=True, blank=True, validators=[LONGEST_DELAY]
    )
    is_demo = models.BooleanField(_("sample data"), default=False, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(at_risk_from__lt=models.F("on_track_from")),
                name="accounts_workspace_limits_in_order",
                violation_error_message=_("The at-risk limit must be below the on-track limit."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone: its days end at midnight there."""
        return ZoneInfo(self.time_zone)


class Role(models.TextChoices):
    """What a member may do; accounts/access.py says what each means."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    EDITOR = "editor", _("Editor")
    CONTRIBUTOR = "contributor", _("Contributor")
    VIEWER = "viewer", _("Viewer")


class AlertMail(models.TextChoices):
    """Which alerts a member wants by mail."""

    MINE = "mine", _("About what I own")
    ALL = "all", _("All alerts")
    NONE = "none", pgettext_lazy("alerts", "None")


def membership_id() -> str:
    """A public id for a membership."""
    return public_id("mem")


class Membership(models.Model):
    """One person in one workspace, with a role and the mails they asked for."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    public_id = models.CharField(max_length=24, unique=True, default=membership_id, editable=False)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.VIEWER)
    alert_mail = models.CharField(
        _("alerts by mail"), max_length=5, choices=AlertMail, default=AlertMail.MINE
    )
    quiet_from = models.PositiveSmallIntegerField(
        _("quiet from"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(23)],
        help_text=_("From this hour on alerts by mail wait, in your own time zone."),
    )
    quiet_until = models.PositiveSmallIntegerField(
        _("quiet until"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(23)],
        help_text=_("At this hour they are sent."),
    )
    alerts_a_day = models.PositiveSmallIntegerField(
        _("mails about alerts a day, at most"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("What goes beyond comes together in one mail."),
    )
    digest_on = models.BooleanField(_("weekly digest"), default=True)
    digest_weekday = models.PositiveSmallIntegerField(
        _("day of the digest"), choices=WEEKDAYS, default=0
    )
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the digest"),
        default=7,
        validators=[MaxValueValidator(23)],
        help_text=_("In your own time zone, 0 to 23."),
    )
    last_seen_at = models.DateTimeField(_("last active"), null=True, blank=True)
    first_steps_hidden = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("joined"), auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ("workspace", "created_at")
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "user"), name="accounts_membership_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.workspace}"
