"""The settings of the whole house, read from the environment; docs/operations.md names each."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("PRIYOM_VAR", ROOT / "var"))

SECRET_KEY = os.environ.get("PRIYOM_SECRET_KEY", "")
DEBUG = os.environ.get("PRIYOM_DEBUG") == "1"
DEMO = os.environ.get("PRIYOM_DEMO") == "1"

PUBLIC_URL = os.environ.get("PRIYOM_PUBLIC_URL", "http://localhost:8000").rstrip("/")
GATEWAY_URL = os.environ.get("PRIYOM_GATEWAY_URL", "ws://localhost:8000/ws")
FILES_URL = os.environ.get("PRIYOM_FILES_URL", "http://localhost:8002").rstrip("/")
ESIA_URL = os.environ.get("PRIYOM_ESIA_URL", "http://localhost:8003").rstrip("/")
ESIA_INNER_URL = os.environ.get("PRIYOM_ESIA_INNER_URL", ESIA_URL).rstrip("/")
"""Where the server itself reaches ЕСИА; differs from ESIA_URL behind a proxy."""
ESIA_CLIENT_ID = os.environ.get("PRIYOM_ESIA_CLIENT_ID", "priyom")
ESIA_CLIENT_SECRET = os.environ.get("PRIYOM_ESIA_CLIENT_SECRET", "")
INDEX_URL = os.environ.get("PRIYOM_INDEX_URL", "").rstrip("/")
"""FHIR base of the region's index of patients; empty: this base is all there is."""
INDEX_AUTHORIZATION = os.environ.get("PRIYOM_INDEX_AUTHORIZATION", "")
INDEX_NAME = os.environ.get("PRIYOM_INDEX_NAME") or "Региональный индекс"
INDEX_SYSTEM = os.environ.get("PRIYOM_INDEX_SYSTEM", "")
"""Domain of its numbers; they stay the same people's when its address changes."""
MIS_NUMBER = os.environ.get("PRIYOM_MIS_NUMBER", "")
"""«system.instance» of this installation in the ids of documents; without it they have none."""
SEMD_PROFILE = os.environ.get("PRIYOM_SEMD_PROFILE", "")
"""TOML: kind of the XML document, versions of dictionaries, posts (conclusions.cda.profile)."""
SEMD_XSD = os.environ.get("PRIYOM_SEMD_XSD", "")
SEMD_SCHEMATRON = os.environ.get("PRIYOM_SEMD_SCHEMATRON", "")
"""The ministry's files for that kind; empty: the XML of a conclusion is not checked by them."""
SIGNING = os.environ.get("PRIYOM_SIGNING", "")
"""How doctors sign; empty: nobody can, in the demo by its ГОСТ certificates."""
SIGNING_ROOTS = os.environ.get("PRIYOM_SIGNING_ROOTS", "")
"""PEM or DER file, or a folder of such: the authorities whose signatures are taken."""
REGISTRY_URL = os.environ.get("PRIYOM_REGISTRY_URL", "")
"""Where signed documents are registered: an address, or a folder by its path; empty: nowhere."""
REGISTRY_AUTHORIZATION = os.environ.get("PRIYOM_REGISTRY_AUTHORIZATION", "")
SIGNING_URL = os.environ.get("PRIYOM_SIGNING_URL", "").rstrip("/")
SIGNING_SECRET = os.environ.get("PRIYOM_SIGNING_SECRET", "")
"""The signing service that holds the doctors' keys, and what it knows us by."""
SIGNING_ORGANISATION = os.environ.get("PRIYOM_SIGNING_ORGANISATION", "")
"""How the organisation signs what its doctors signed; empty: it does not."""
TIMESTAMP_URL = os.environ.get("PRIYOM_TIMESTAMP_URL", "")
"""Authority of time (RFC 3161); empty: signatures have no timestamp."""
REVOCATION_LISTS = os.environ.get("PRIYOM_REVOCATION_LISTS", "")
"""Lists of revoked certificates: addresses, files and folders, parted by spaces; empty: none."""
REVOCATION_STRICT = os.environ.get("PRIYOM_REVOCATION_STRICT") == "1"
"""Whether nothing is signed while the list of its authority is absent or too old."""
CADESPLUGIN = os.environ.get("PRIYOM_CADESPLUGIN", "")
"""CryptoPro's cadesplugin_api.js: the installation's own copy, nobody may pass it on."""
MAILBOX_URL = os.environ.get("PRIYOM_MAILBOX_URL", "")
"""Page of the demo mailbox; empty in production."""
TRUSTED_PROXY = os.environ.get("PRIYOM_TRUSTED_PROXY", "0") not in ("", "0")

_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = [_public.hostname or "localhost", *os.environ.get("PRIYOM_HOSTS", "").split()]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "servestatic",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "axes",
    "priyom.audit",
    "priyom.files",
    "priyom.notices",
    "priyom.ui",
    "priyom.accounts",
    "priyom.clinics",
    "priyom.schedule",
    "priyom.patients",
    "priyom.icd10",
    "priyom.consultations",
    "priyom.intake",
    "priyom.chat",
    "priyom.calls",
    "priyom.conclusions",
    "priyom.archive",
    "priyom.portal",
    "priyom.reports",
    "priyom.aftercare",
    "priyom.registry",
    "priyom.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "priyom.ui.packing.packed_static",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "priyom.accounts.middleware.PortalSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "priyom.clinics.middleware.ActorMiddleware",
    "priyom.ui.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "priyom.urls"
ASGI_APPLICATION = "priyom.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "priyom.ui.context.look",
                "priyom.portal.frame.frame",
            ],
        },
    }
]

_ROLE = (
    "PRIYOM_OWNER_DATABASE_URL"
    if os.environ.get("PRIYOM_MIGRATE") == "1"
    else ("PRIYOM_DATABASE_URL")
)
_dsn = conninfo_to_dict(os.environ.get(_ROLE, "postgresql:///priyom"))
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _dsn.get("dbname", "priyom"),
        "USER": _dsn.get("user", ""),
        "PASSWORD": _dsn.get("password", ""),
        "HOST": _dsn.get("host", ""),
        "PORT": str(_dsn.get("port", "")),
        "CONN_MAX_AGE": 0,
        # The pool asks a connection before it lends it: the database may have been restarted.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 12, "timeout": 10},
            "options": "-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=5000",
        },
    }
}
if os.environ.get("PRIYOM_MIGRATE") == "1":
    DATABASES["default"]["OPTIONS"] = {"options": "-c lock_timeout=5000"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "priyom.accounts.desk.locked_out"

SESSION_ENGINE = "priyom.accounts.sessions"
_PREFIX = "__Host-" if IS_HTTPS else ""
PORTAL_COOKIES = {
    "/my": f"{_PREFIX}priyom_my",
    "/desk": f"{_PREFIX}priyom_desk",
    "/admin": f"{_PREFIX}priyom_desk",
}
"""A cookie of its own for each portal: one browser can be a patient and a doctor."""
SESSION_COOKIE_NAME = f"{_PREFIX}priyom"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = {
    "/my": 30 * 60,
    "/desk": int(os.environ.get("PRIYOM_DESK_IDLE_MINUTES", "60")) * 60,
}
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "priyom.clinics.doors.csrf_failure"
CSRF_COOKIE_SECURE = IS_HTTPS
LOGIN_URL = "/desk/sign-in/"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "ru"
TIME_ZONE = "Europe/Moscow"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_ALLOW_ALL_ORIGINS = False
SERVESTATIC_AUTOREFRESH = DEBUG
SERVESTATIC_MAX_AGE = 0 if DEBUG else 300

FILES_ROOT = VAR / "files"
S3_BUCKET = os.environ.get("PRIYOM_S3_BUCKET", "")
"""Empty: files stand on the disk; the other PRIYOM_S3_ settings are read by files.bucket too."""
_S3_ENDPOINT = os.environ.get("PRIYOM_S3_ENDPOINT") or None
_S3 = {
    "bucket_name": S3_BUCKET,
    "endpoint_url": _S3_ENDPOINT,
    "region_name": os.environ.get("PRIYOM_S3_REGION", "us-east-1"),
    "access_key": os.environ.get("PRIYOM_S3_KEY", ""),
    "secret_key": os.environ.get("PRIYOM_S3_SECRET", ""),
    "signature_version": "s3v4",
    "addressing_style": "path" if _S3_ENDPOINT else "auto",
    "default_acl": None,
    "file_overwrite": True,  # the same name is the same content
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "files": {"BACKEND": "priyom.files.s3.ContentBucket", "OPTIONS": _S3}
    if S3_BUCKET
    else {
        "BACKEND": "priyom.files.storage.ContentStorage",
        "OPTIONS": {"location": FILES_ROOT, "base_url": None},
    },
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = os.environ.get("PRIYOM_UPLOAD_TMP") or None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
CLAMD = os.environ.get("PRIYOM_CLAMD", "")
"""tcp://host:port or the path of a socket; empty: files are not scanned."""
UPLOAD_LIMIT = 50 * 1024 * 1024

_smtp = urlsplit(os.environ.get("PRIYOM_SMTP_URL", "smtp://localhost:8025"))
EMAIL_HOST = _smtp.hostname or "localhost"
EMAIL_PORT = _smtp.port or 25
EMAIL_HOST_USER = _smtp.username or ""
EMAIL_HOST_PASSWORD = _smtp.password or ""
EMAIL_USE_TLS = _smtp.scheme == "smtp+tls"
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("PRIYOM_MAIL_FROM", "Приём <priyom@localhost>")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS and not DEMO else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY else None
X_FRAME_OPTIONS = "DENY"

_GATEWAY_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(GATEWAY_URL))
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:", FILES_URL],
        "media-src": [SELF, "blob:", FILES_URL],
        "font-src": [SELF],
        "connect-src": [SELF, _GATEWAY_ORIGIN],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF, ESIA_URL],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "priyom.kernel.logs.Plain", "fmt": "%(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
    },
}
