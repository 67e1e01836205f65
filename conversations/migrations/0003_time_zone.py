import conversations.models.user
from django.db import migrations, models


def what_nobody_chose(apps, schema_editor):
    """UTC was the default, not a choice."""
    apps.get_model("conversations", "User").objects.filter(time_zone="UTC").update(time_zone="")


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0002_manage_and_search'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='language',
            field=models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'Français'), ('ko', '한국어')], help_text='Empty: what the browser asks for.', max_length=8, verbose_name='language'),
        ),
        migrations.AlterField(
            model_name='user',
            name='time_zone',
            field=models.CharField(blank=True, help_text='Empty: what the browser says.', max_length=64, validators=[conversations.models.user.check_time_zone], verbose_name='time zone'),
        ),
        migrations.RunPython(what_nobody_chose, migrations.RunPython.noop),
    ]
