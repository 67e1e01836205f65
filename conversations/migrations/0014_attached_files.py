from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0013_data_source_tests'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='questions',
            field=models.ManyToManyField(help_text='Asked with it, where it belongs to a conversation.', related_name='attached', to='conversations.message'),
        ),
    ]
