"""A version may have a second row: that it was withdrawn."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the kind and a state."""

    dependencies = [
        ('conclusions', '0012_withdrawn'),
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='registration',
            name='kind',
            field=models.CharField(default='document', max_length=16),
        ),
        migrations.AlterField(
            model_name='registration',
            name='conclusion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conclusions.conclusion'),
        ),
        migrations.RemoveConstraint(model_name='registration', name='registry_state'),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.UniqueConstraint(fields=('conclusion', 'kind'), name='registry_once'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['document', 'withdrawal'])), name='registry_kind'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sent', 'accepted', 'refused', 'given_up', 'held_back'])), name='registry_state'),
        ),
    ]
