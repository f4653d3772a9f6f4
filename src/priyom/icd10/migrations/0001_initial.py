"""The classification, its words, everyday words, favourites."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates the tables of the room."""

    initial = True

    dependencies = [
        ('clinics', '0005_registry'),
    ]

    operations = [
        migrations.CreateModel(
            name='Word',
            fields=[
                ('word', models.CharField(max_length=60, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                ('code', models.CharField(max_length=6, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=300)),
                ('key', models.CharField(max_length=350)),
                ('words', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector('key', config='simple'), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('edition', models.CharField(blank=True, max_length=20)),
                ('is_common', models.BooleanField(default=False)),
                ('is_heading', models.BooleanField(default=False)),
                ('is_actual', models.BooleanField(default=True)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='icd10_words')],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z][0-9]{2}(\\.[0-9]{1,2})?$')), name='icd10_code_form')],
            },
        ),
        migrations.CreateModel(
            name='Favourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='icd10.code')),
                ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinics.doctor')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('doctor', 'code'), name='icd10_favourite_once')],
            },
        ),
        migrations.CreateModel(
            name='Synonym',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60)),
                ('code', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='icd10.code')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'code'), name='icd10_synonym_once')],
            },
        ),
    ]
