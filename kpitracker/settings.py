"""Settings: one file, every choice from the environment (docs/configuration.md lists it).

With nothing set, the project runs locally on the embedded PostgreSQL and Valkey below
``DATA_DIR``. With ``DEBUG=false`` it refuses to start on local defaults: :func:`required`
and :func:`weakness` say which variable is missing or weak.
"""

import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kpitracker import embedded
from kpitracker.secrets_file import local_secrets, weakness

# Django's generic classes can be subscripted at run time as they are in type annotations.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=True)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()


def required(name: str, example: str) -> str:
    """The value of an environment variable that production cannot do without.

    Raises ImproperlyConfigured, with an example, when it is missing.
    """
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. With DEBUG=false it is required, for example {name}={example}"
        )
    return value


if DEBUG:
    _secrets = local_secrets(DATA_DIR)
    SECRET_KEY = env.str("SECRET_KEY", default=_secrets["SECRET_KEY"])
    FIELD_ENCRYPTION_KEYS = env.list(
        "FIELD_ENCRYPTION_KEYS", default=[_secrets["FIELD_ENCRYPTION_KEYS"]]
    )
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
    BASE_URL = env.str("BASE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")
else:
    SECRET_KEY = required("SECRET_KEY", "(64 random characters)")
    FIELD_ENCRYPTION_KEYS = required("FIELD_ENCRYPTION_KEYS", "(a Fernet key)").split(",")
    for _secret, _name in (
        (SECRET_KEY, "SECRET_KEY"),
        *((_key, "FIELD_ENCRYPTION_KEYS") for _key in FIELD_ENCRYPTION_KEYS),
    ):
        if _weak := weakness(_name, _secret):
            raise ImproperlyConfigured(_weak)
    if SECRET_KEY in FIELD_ENCRYPTION_KEYS:
        raise ImproperlyConfigured("SECRET_KEY is also an encryption key: use one for each.")
    ALLOWED_HOSTS = required("ALLOWED_HOSTS", "kpi.example.com").split(",")
    BASE_URL = required("BASE_URL", "https://kpi.example.com")

BASE_URL = BASE_URL.rstrip("/")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", default=False)

INSTALLED_APPS = [
    "kpitracker",
    "reports",
    "objectives",
    "metrics",
    "accounts",
    "kpitracker.admin_app.KpitrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "kpitracker.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "accounts.middleware.NoStoreMiddleware",
]

ROOT_URLCONF = "kpitracker.urls"
WSGI_APPLICATION = "kpitracker.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kpitracker.shell.shell",
            ],
        },
    },
]

# --- Database
# Two roles: `default` can neither bypass row security nor change tables; `owner` migrates.
_app_url, _owner_url = embedded.database_urls(DATA_DIR)
EMBEDDED_DATABASE = not env.str("DATABASE_URL", default="")
_default_db = env.db_url("DATABASE_URL", default=_app_url)
_owner_db = env.db_url(
    "DATABASE_OWNER_URL", default=env.str("DATABASE_URL", default="") or _owner_url
)
STATEMENT_TIMEOUT_SECONDS = env.int("STATEMENT_TIMEOUT_SECONDS", default=30)
_guards = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=300s"
for _db in (_default_db, _owner_db):
    _db["CONN_MAX_AGE"] = 60
    _db["CONN_HEALTH_CHECKS"] = True
    _db.setdefault("OPTIONS", {})
_default_db["OPTIONS"]["options"] = f"{_guards} -c statement_timeout={STATEMENT_TIMEOUT_SECONDS}s"
if env.bool("PREPARED_STATEMENTS", default=True):
    # Statements that ask for it (accounts/prepared.py), and no others for being sent often.
    _default_db["OPTIONS"]["prepare_threshold"] = sys.maxsize
_owner_db["OPTIONS"]["options"] = "-c lock_timeout=5s"
_default_db["TEST"] = {"NAME": env.str("TEST_DATABASE_NAME", default="test_kpitracker")}
_owner_db["TEST"] = {"MIRROR": "default"}
DATABASES = {"default": _default_db, "owner": _owner_db}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: broker in database 0, cache in database 1
EMBEDDED_REDIS = not env.str("REDIS_URL", default="")
REDIS_URL = env.str("REDIS_URL", default=embedded.redis_url(DATA_DIR))
CACHES = {
    "default": {
        "BACKEND": "kpitracker.cache.ForgivingRedisCache",
        "LOCATION": embedded.with_redis_db(REDIS_URL, 1),
    }
}

# --- Celery (reliability: every choice has its reason in docs/operations.md)
CELERY_BROKER_URL = embedded.celery_broker_url(REDIS_URL)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 540
CELERY_TASK_SOFT_TIME_LIMIT = 480
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 450_000  # the library of the forecasts takes 120 MB
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 30,
    "retry_on_timeout": True,
    "health_check_interval": 30,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 60
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=60)
CELERY_BEAT_SCHEDULE = {"tick": {"task": "kpitracker.tasks.tick", "schedule": 60.0}}

# --- People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.PasswordBackend",
    "accounts.backends.AccountBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.SignInForm",
    "signup": "accounts.sign_in_forms.SignUpForm",
    "reset_password": "accounts.sign_in_forms.ResetForm",
    "reset_password_from_key": "accounts.sign_in_forms.NewPasswordForm",
    "change_password": "accounts.sign_in_forms.ChangePasswordForm",
    "set_password": "accounts.sign_in_forms.SetPasswordForm",
    "reauthenticate": "accounts.sign_in_forms.ConfirmForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # every other session ends: its hash changes
ACCOUNT_SESSION_REMEMBER = True
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kpitracker.views.csrf_failure"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# --- Mail
_email_url = env.str("EMAIL_URL", default="")
if _email_url:
    for _name, _value in env.email_url("EMAIL_URL").items():
        globals()[_name] = _value
elif DEBUG:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
else:
    required("EMAIL_URL", "smtp://user:password@mail.example.com:587")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="kpitracker <kpitracker@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Requests to other servers (docs/security.md): public https addresses, and these networks
OUTBOUND_ALLOW_CIDRS = [ip_network(one) for one in env.list("OUTBOUND_ALLOW_CIDRS", default=[])]
OUTBOUND_ALLOW_HTTP = env.bool("OUTBOUND_ALLOW_HTTP", default=False)

# --- Languages, time
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [
    BASE_DIR / "locale" / area
    for area in ("kpitracker", "reports", "objectives", "metrics", "accounts")
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- Static files, uploads
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(DATA_DIR / "static"))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "uploads"},
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = False
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
IMPORT_MAX_MEGABYTES = env.int("IMPORT_MAX_MEGABYTES", default=10)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=50_000)
IMPORT_MAX_COLUMNS = env.int("IMPORT_MAX_COLUMNS", default=500)
FOLDER_SETTLE_SECONDS = env.int("FOLDER_SETTLE_SECONDS", default=60)
FOLDER_KEEPS_DAYS = env.int("FOLDER_KEEPS_DAYS", default=30)
# Pasted cells come in the body of a form, a little longer than the file that they would be.
DATA_UPLOAD_MAX_MEMORY_SIZE = IMPORT_MAX_MEGABYTES * 1_200_000

# --- Browser policy (docs/security.md)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
        "report-uri": ["/csp-report/"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if not DEBUG:
    SESSION_COOKIE_NAME = "__Host-sid"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [BASE_URL]
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- API
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.access.TokenAllows"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "accounts.api_bodies.JsonBody",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttles.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": env.str("API_RATE", default="300/min")},
    "EXCEPTION_HANDLER": "kpitracker.problems.problem_handler",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "kpitracker",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": _("What pages show, for scripts. A token belongs to one workspace."),
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "ENUM_NAME_OVERRIDES": {
        "ObjectiveStatusEnum": "objectives.models.result.TOLD_STATUSES",
        "GrainEnum": "metrics.periods.GRAIN_NAMES",
        "PeriodGrainEnum": "objectives.period_targets.GRAINS",
        "ObjectiveKindEnum": "objectives.models.objective.Kind.values",
        "AlertKindEnum": "objectives.models.alert.ALERT_KINDS",
        "RuleKindEnum": "objectives.models.rule.RULE_KINDS",
        "RecurringRhythmEnum": "metrics.models.entry.Rhythm.values",
        "FeedRhythmEnum": "metrics.models.feed.FEED_RHYTHMS",
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "kpitracker.api.without_docstrings",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- The rest
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
TEST_RUNNER = "django.test.runner.DiscoverRunner"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "kpitracker.logs.ContextFilter"}},
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "style": "{",
        },
        "json": {"()": "kpitracker.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line" if DEBUG else "json",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
