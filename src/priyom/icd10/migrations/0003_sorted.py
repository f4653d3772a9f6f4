"""The index of the words has no list of its own that waits to be sorted in."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    """Replaces the index: the list of a new edition was read through by each search."""

    dependencies = [
        ('icd10', '0002_shipped'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='code', name='icd10_words'),
        migrations.AddIndex(
            model_name='code',
            index=GinIndex(fastupdate=False, fields=['words'], name='icd10_words_sorted'),
        ),
    ]
