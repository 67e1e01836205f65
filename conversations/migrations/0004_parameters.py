
import conversations.models.deployment
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0003_time_zone'),
    ]

    operations = [
        migrations.AddField(
            model_name='attempt',
            name='parameters',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='conversation',
            name='parameters',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='deployment',
            name='reasoning',
            field=models.BooleanField(default=False, help_text='It thinks before it answers: no temperature, and a limit that counts its thoughts too.', verbose_name='reasoning model'),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='facts',
            field=models.JSONField(default=dict, help_text='Messages sent and left out.'),
        ),
        migrations.AlterField(
            model_name='deployment',
            name='endpoint',
            field=models.CharField(blank=True, help_text='OpenAI or compatible: the base URL up to and including /v1. Azure OpenAI: https://NAME.openai.azure.com. Azure AI model inference: https://NAME.services.ai.azure.com/models.', max_length=500, validators=[conversations.models.deployment.check_endpoint], verbose_name='endpoint'),
        ),
    ]
