"""Organisations, specialities, doctors and posts on the administrator's site."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from priyom.accounts.admin import Kept, actor_of, site
from priyom.clinics import actions
from priyom.clinics.models import Doctor, Organisation, Post, Speciality


class ClinicsAdmin(Kept):
    """Saves by the room's action."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep the row and write the audit."""
        actions.keep(actor_of(request), obj, form.changed_data)


class OrganisationAdmin(ClinicsAdmin):
    """МО."""

    list_display = ("short_name", "oid", "phone", "answer_hours", "reply_minutes")
    search_fields = ("short_name", "name", "oid")


class SpecialityAdmin(ClinicsAdmin):
    """Специальности."""

    list_display = ("name", "code", "is_for_children", "for_sex", "from_age")
    search_fields = ("name",)


class DoctorAdmin(ClinicsAdmin):
    """Врачи."""

    list_display = ("__str__", "speciality", "organisation", "works")
    list_filter = ("organisation", "works")
    list_select_related = ("speciality", "organisation")
    search_fields = ("family",)
    autocomplete_fields = ("account",)


class PostAdmin(ClinicsAdmin):
    """Должности."""

    list_display = ("account", "role", "organisation", "is_active")
    list_filter = ("organisation", "role", "is_active")
    list_select_related = ("account", "organisation")
    search_fields = ("account__family",)
    autocomplete_fields = ("account", "doctor")


_ADMINS: dict[Any, type[ClinicsAdmin]] = {
    Organisation: OrganisationAdmin,
    Speciality: SpecialityAdmin,
    Doctor: DoctorAdmin,
    Post: PostAdmin,
}
for model, shown in _ADMINS.items():
    site.register(model, shown)
