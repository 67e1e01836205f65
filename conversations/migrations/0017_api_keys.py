
import conversations.models.api_key
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0016_grants'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='service',
            field=models.BooleanField(default=False, help_text='A program, not a person: it has API keys and grants, and cannot sign in.', verbose_name='service account'),
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='What it is for, such as “nightly report”.', max_length=80, verbose_name='name')),
                ('beginning', models.CharField(editable=False, max_length=24, verbose_name='begins with')),
                ('hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('operations', models.JSONField(default=conversations.models.api_key.every_operation, verbose_name='may be used for')),
                ('expires', models.DateTimeField(blank=True, help_text='Empty: never.', null=True, verbose_name='expires')),
                ('rate', models.PositiveIntegerField(blank=True, help_text='Empty: no limit of its own.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='requests a minute')),
                ('last_used', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('revoked', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
                ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('deployments', models.ManyToManyField(blank=True, help_text='None: all that its owner may ask.', related_name='+', to='conversations.deployment', verbose_name='deployments')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('sources', models.ManyToManyField(blank=True, help_text='None: all that its owner may ask.', related_name='+', to='conversations.datasource', verbose_name='data sources')),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
                'ordering': ['-created', '-pk'],
            },
        ),
    ]
