"""People who sign in, their sessions, the gateway's one-time tickets."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from priyom.kernel.ids import uuid7


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by login, as Django's authentication asks."""


class Account(AbstractBaseUser, PermissionsMixin):
    """Account, учётная запись: who signs in. Proven by ЕСИА (patients) or a password (staff).

    An account is a person's right to enter, never the patient card and never the representative.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    login = models.CharField("логин", max_length=150, unique=True, null=True, blank=True)
    esia_oid = models.CharField("ЕСИА oid", max_length=32, unique=True, null=True, blank=True)
    family = models.CharField("фамилия", max_length=100)
    given = models.CharField("имя", max_length=100)
    patronymic = models.CharField("отчество", max_length=100, blank=True)
    birth_on = models.DateField("дата рождения", null=True, blank=True)
    snils = models.CharField("СНИЛС", max_length=11, blank=True)
    email = models.EmailField("почта", blank=True)
    is_trusted = models.BooleanField("ЕСИА подтвердила личность", default=False)
    is_active = models.BooleanField("может войти", default=True)
    is_staff = models.BooleanField("администратор системы", default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["family", "given"]
    objects = AccountManager()

    class Meta:
        verbose_name = "учётная запись"
        verbose_name_plural = "учётные записи"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(login__isnull=False) | models.Q(esia_oid__isnull=False),
                name="accounts_some_way_in",
            )
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.family, self.given, self.patronymic]))


class Session(AbstractBaseSession):
    """Session, сеанс. `handle` is its public name: links and sockets are bound to it."""

    handle = models.UUIDField(unique=True, default=uuid7)
    account = models.UUIDField(null=True, db_index=True)
    began_at = models.DateTimeField(auto_now_add=True)


class Ticket(models.Model):
    """One-time pass of the gateway, пропуск: 30 s, only its hash is kept (architecture.md 1)."""

    hash = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    session = models.UUIDField()
    kind = models.CharField(max_length=16)
    expires_at = models.DateTimeField()


class Stream(models.Model):
    """Stream of the chat over plain HTTP, поток: opened by a ticket, only its hash is kept.

    Leads to one account in one consultation, at any gateway process, until the session ends.
    """

    hash = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    session = models.UUIDField(db_index=True)
    consultation = models.UUIDField()
    opened_at = models.DateTimeField()


class SignIn(models.Model):
    """Sign-in under way, вход через ЕСИА: state, nonce and PKCE of one browser, 10 minutes."""

    state = models.CharField(primary_key=True, max_length=64)
    nonce = models.CharField(max_length=64)
    verifier = models.CharField(max_length=128)
    next_path = models.CharField(max_length=500, blank=True)
    browser = models.CharField(max_length=64)
    """Hash of a cookie: the answer must come back to the browser that asked."""
    expires_at = models.DateTimeField()


class Pace(models.Model):
    """Pace, частота: how often one address knocked at a door that is open to anybody, of late.

    `key` is the hash of door and address: who it was is not kept.
    """

    key = models.CharField(primary_key=True, max_length=64)
    since = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()
