"""The administrator's site: only what an administrator keeps, nothing medical, nothing deleted.

Comes in by the desk's sign-in; every change goes through an action and the audit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst

from priyom.accounts import actions
from priyom.accounts.models import Account
from priyom.accounts.request import Visit
from priyom.accounts.views import sign_out
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing

if TYPE_CHECKING:  # Django's own classes take no types when they run
    _Rows = admin.ModelAdmin[Any]
    _Form = forms.ModelForm[Account]
else:
    _Rows, _Form = admin.ModelAdmin, forms.ModelForm


class Site(admin.AdminSite):
    """Own site: groups, permissions, locks and jobs of the libraries are not shown."""

    site_header = "Приём: управление"
    site_title = "Приём"
    index_title = "Справочники и учётные записи"
    site_url = "/desk/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active administrators of the system."""
        return isinstance(request.user, Account) and request.user.is_staff

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one door for staff; who came in by it without the right finds nothing here."""
        if isinstance(request.user, Account):
            raise missing()
        return HttpResponseRedirect("/desk/sign-in/?next=/admin/")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """Sign out as everywhere: with links and sockets."""
        return sign_out(cast(Visit, request))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """A password is a field of the account, kept by the same action."""
        page = "admin:accounts_account_change"
        return HttpResponseRedirect(reverse(page, args=[request.user.pk]))


class Kept(_Rows):
    """Every administrator may see, add and change; nobody may delete."""

    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the room."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show the row."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow new rows."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow changes."""
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was used once is switched off, never deleted."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Name the list in the nominative: Django's own sentence does not decline Russian words."""
        told = {"title": capfirst(str(self.opts.verbose_name_plural))}
        return super().changelist_view(request, told | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Name the form the same way."""
        name = capfirst(str(self.opts.verbose_name))
        told = {"title": name if object_id else f"{name}: новая запись"}
        answer: HttpResponse = super().changeform_view(
            request, object_id, form_url, told | (extra_context or {})
        )
        return answer

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit has it; Django's own log would be a second truth."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """See log_addition."""


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor that the door has made."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


class AccountForm(_Form):
    """An account of staff with, if wanted, a new password."""

    new_password = forms.CharField(
        label="новый пароль",
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="Не короче 10 знаков. Пусто: пароль остаётся прежним.",
    )

    class Meta:
        model = Account
        fields = ("login", "family", "given", "patronymic", "email", "is_active", "is_staff")

    def clean(self) -> dict[str, Any] | None:
        """Staff need a login; a new account a password, too."""
        said = super().clean() or self.cleaned_data
        password = said.get("new_password", "")
        if password:
            validate_password(password, self.instance)
        if not said.get("login"):
            self.add_error("login", "Без логина сотрудник не сможет войти.")
        if self.instance._state.adding and not password:
            self.add_error("new_password", "Новой учётной записи нужен пароль.")
        return said


class AccountAdmin(Kept):
    """Staff who sign in; patients' accounts are not the administrator's business."""

    form = AccountForm
    list_display = ("__str__", "login", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("family", "login")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        """Only accounts with a login."""
        return super().get_queryset(request).filter(login__isnull=False)

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        """Hire or amend."""
        password = form.cleaned_data.get("new_password", "")
        changed = [name for name in form.changed_data if name != "new_password"]
        if change:
            actions.amend(actor_of(request), obj, changed, password)
        else:
            actions.hire(actor_of(request), obj, password)


site = Site(name="admin")
site.register(Account, AccountAdmin)
