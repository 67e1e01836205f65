
import conversations.models.deployment
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0006_company'),
    ]

    operations = [
        migrations.AddField(
            model_name='deployment',
            name='authentication',
            field=models.CharField(choices=conversations.models.deployment.ways_to_sign_in, default='api_key', max_length=32, verbose_name='signs in with'),
        ),
        migrations.AddField(
            model_name='deployment',
            name='capabilities',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='deployment',
            name='client_id',
            field=models.CharField(blank=True, help_text="Of the application. For a managed identity: of the user-assigned one; empty: the machine's own.", max_length=100, verbose_name='client id'),
        ),
        migrations.AddField(
            model_name='deployment',
            name='retires_on',
            field=models.DateField(blank=True, help_text='The day the provider has announced. It goes on being used after that day until you disable it.', null=True, verbose_name='retires on'),
        ),
        migrations.AddField(
            model_name='deployment',
            name='seen_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='deployment',
            name='tenant_id',
            field=models.CharField(blank=True, help_text='The directory that the application is registered in.', max_length=100, verbose_name='tenant id'),
        ),
        migrations.AddField(
            model_name='deployment',
            name='test_error',
            field=models.CharField(blank=True, editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='deployment',
            name='test_stages',
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.AddField(
            model_name='deployment',
            name='tested_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='tested'),
        ),
    ]
