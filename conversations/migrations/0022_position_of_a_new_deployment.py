from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0021_calls'),
    ]

    operations = [
        migrations.AlterField(
            model_name='deployment',
            name='position',
            field=models.PositiveSmallIntegerField(blank=True, help_text='The lowest is chosen for a new chat, except while its last test failed. Empty: after all the others.', verbose_name='position'),
        ),
    ]
