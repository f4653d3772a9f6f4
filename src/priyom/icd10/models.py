"""The classification as the index holds it, everyday words for it, and each doctor's favourites."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from priyom.clinics.models import Doctor
from priyom.icd10.rules import NAME_LIMIT


class Code(models.Model):
    """Code of a disease, код МКБ-10 (НСИ 1.2.643.5.1.13.13.11.1005; domain.md 5.3).

    Rows are never deleted: a code that left the classification stays for old documents.
    """

    code = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=NAME_LIMIT)
    key = models.CharField(max_length=NAME_LIMIT + 50)
    """Words in comparison form (rules.words_of)."""
    words = models.GeneratedField(
        expression=SearchVector("key", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    edition = models.CharField(max_length=20, blank=True)
    """Edition of the НСИ dictionary that it came from; "" for the list that we ship."""
    is_common = models.BooleanField(default=False)
    """In our list of frequent out-patient codes: offered before rarer ones."""
    is_heading = models.BooleanField(default=False)
    """Has finer codes below it, so that it is not a diagnosis by itself."""
    is_actual = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z][0-9]{2}(\.[0-9]{1,2})?$"),
                name="icd10_code_form",
            ),
        ]
        # Written once a year, read with each letter: a list of what is not sorted in yet would be
        # read through by each search until the next vacuum, or the index not used at all.
        indexes = [GinIndex(fields=["words"], name="icd10_words_sorted", fastupdate=False)]


class Word(models.Model):
    """Word of the names, слово классификации: what a misspelt one is compared with."""

    word = models.CharField(max_length=60, primary_key=True)


class Synonym(models.Model):
    """Everyday word for a disease, бытовое название: «давление» is I10. Ours, not the official."""

    key = models.CharField(max_length=60)
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "code"], name="icd10_synonym_once")]


class Favourite(models.Model):
    """Favourite code, избранный диагноз: a doctor's own, offered before anything is typed."""

    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="+")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["doctor", "code"], name="icd10_favourite_once")
        ]
