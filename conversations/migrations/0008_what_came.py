from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0007_signing_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='attempt',
            name='prompt_filters',
            field=models.JSONField(default=dict, help_text='prompt_index → category → the same of the question.'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='rate_limits',
            field=models.JSONField(default=dict, help_text='Header → what it said.'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='refusal',
            field=models.TextField(blank=True, help_text='The part of the text with which the model declined.'),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='filters',
            field=models.JSONField(default=dict, help_text='Category → what content filters said of the answer.'),
        ),
    ]
