"""Where each signed version stands on its way to the registry."""

import django.db.models.deletion
import priyom.kernel.ids
import priyom.registry.rules
from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes the table."""

    initial = True

    dependencies = [
        ('clinics', '0005_registry'),
        ('conclusions', '0006_signature'),
    ]

    operations = [
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.UUIDField(default=priyom.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(default=priyom.registry.rules.RegistrationState['WAITING'], max_length=16)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField()),
                ('queued_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('number', models.CharField(blank=True, max_length=100)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('conclusion', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conclusions.conclusion')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinics.organisation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'sent'])), fields=['next_attempt_at'], name='registry_due'), models.Index(fields=['organisation', 'state', 'queued_at'], name='registry_org')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', [priyom.registry.rules.RegistrationState['WAITING'], priyom.registry.rules.RegistrationState['SENT'], priyom.registry.rules.RegistrationState['ACCEPTED'], priyom.registry.rules.RegistrationState['REFUSED'], priyom.registry.rules.RegistrationState['GIVEN_UP']])), name='registry_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), ('answered_at__isnull', False), _connector='OR'), name='registry_answered')],
            },
        ),
    ]
