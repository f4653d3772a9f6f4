"""What is shown of clinics, and to whom."""

from __future__ import annotations

import pytest

from priyom.clinics import queries
from priyom.clinics.models import Doctor, Post
from priyom.kernel.actor import NOBODY
from priyom.testing.builders import doctor, speciality
from priyom.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_doctors_of_an_organisation(cast: Cast) -> None:
    other = doctor(("Ким", "Ева", ""), cast.other_clinic)
    found = queries.doctors(cast.clinic.pk)
    assert found == [cast.boris.doctor, cast.darya.doctor]
    assert other not in found
    heart = speciality("кардиология", "кардиолог")
    assert queries.doctors(cast.clinic.pk, heart.pk) == []


def test_doctor_who_left_is_not_offered(cast: Cast) -> None:
    Doctor.objects.filter(pk=cast.darya.doctor.pk).update(works=False)
    assert queries.doctors(cast.clinic.pk) == [cast.boris.doctor]
    assert cast.darya.doctor not in queries.visible_to(cast.anna.actor)
    assert cast.darya.doctor in queries.visible_to(cast.vera.actor)


def test_staff_see_their_own_organisation(cast: Cast) -> None:
    assert not queries.visible_to(cast.nina.actor).exists()
    assert queries.visible_to(NOBODY).count() == 2


def test_specialities_only_where_somebody_works(cast: Cast) -> None:
    speciality("кардиология", "кардиолог")
    assert [one.name for one in queries.specialities(cast.clinic.pk)] == ["терапия"]
    assert queries.specialities(cast.other_clinic.pk) == []
    assert len(queries.specialities()) == 2
    assert queries.specialities(for_children=True) == []


def test_colleagues_are_the_others(cast: Cast) -> None:
    assert queries.colleagues_of(cast.boris.actor) == [cast.darya.doctor]
    assert queries.colleagues_of(cast.anna.actor) == []


def test_post_of_somebody(cast: Cast) -> None:
    post = queries.post_of(cast.vera.account.pk)
    assert post is not None
    assert post.role == "registrar"
    assert queries.post_of(cast.anna.account.pk) is None
    Post.objects.filter(pk=post.pk).update(is_active=False)
    assert queries.post_of(cast.vera.account.pk) is None


def test_organisations_by_name(cast: Cast) -> None:
    assert queries.organisations() == [cast.clinic, cast.other_clinic]
    assert queries.organisation(cast.clinic.pk) == cast.clinic
    assert queries.doctor(cast.boris.doctor.pk) == cast.boris.doctor
