import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('conversations', '0024_reading_others'),
    ]

    operations = [
        migrations.CreateModel(
            name='Retention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.PositiveIntegerField(blank=True, help_text='After so many days without a question or answer they are deleted for good. Empty: never.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='days')),
            ],
            options={
                'verbose_name': 'keeping of conversations',
                'verbose_name_plural': 'keeping of conversations',
            },
        ),
        migrations.AddField(
            model_name='company',
            name='retention_days',
            field=models.PositiveIntegerField(blank=True, help_text="After so many days without a question or answer they are deleted for good, with their files; also pinned and archived ones. Groups may have days of their own: then the longest of a person's groups counts. Empty: they are kept.", null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='days that conversations are kept'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('updated'), name='conversation_updated'),
        ),
        migrations.AddField(
            model_name='retention',
            name='group',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='retention', to='auth.group'),
        ),
        migrations.AddField(
            model_name='conversation',
            name='temporary',
            field=models.BooleanField(default=False, help_text='In no list; deleted when its page is closed.'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('created'), condition=models.Q(('temporary', True)), name='conversation_temporary'),
        ),
    ]
