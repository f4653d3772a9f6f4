"""More sections of the document; what the law gates stays gated in the database."""

import priyom.conclusions.content
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds columns and two constraints."""

    dependencies = [
        ('clinics', '0003_doctor_speciality'),
        ('conclusions', '0003_gate'),
        ('consultations', '0010_single'),
        ('files', '0004_scan'),
    ]

    operations = [
        migrations.AddField(
            model_name='conclusion',
            name='complications',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='concomitant',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='examinations',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='in_person_place',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='life_anamnesis',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='materials',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='nature',
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='opinion',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='pulse',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='sources',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='treatment',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='urgent',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='visit_advice',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name='conclusion',
            name='breaths',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AlterField(
            model_name='conclusion',
            name='pressure',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AlterField(
            model_name='conclusion',
            name='saturation',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AlterField(
            model_name='conclusion',
            name='temperature',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddConstraint(
            model_name='conclusion',
            constraint=models.CheckConstraint(condition=models.Q(('nature__in', [priyom.conclusions.content.Nature['UNSAID'], priyom.conclusions.content.Nature['ACUTE'], priyom.conclusions.content.Nature['CHRONIC_NEW'], priyom.conclusions.content.Nature['CHRONIC_KNOWN']])), name='conclusions_nature'),
        ),
        migrations.AddConstraint(
            model_name='conclusion',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('treatment', ''), ('in_person_on__isnull', False), _connector='OR'), name='conclusions_treatment'),
        ),
    ]
