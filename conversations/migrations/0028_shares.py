import conversations.models.share
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('conversations', '0027_budgets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=conversations.models.share.new_token, editable=False, max_length=64, unique=True)),
                ('everybody', models.BooleanField(default=False, help_text='Whoever is signed in and has the address.')),
                ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('revoked', models.DateTimeField(editable=False, null=True)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='conversations.conversation')),
                ('groups', models.ManyToManyField(blank=True, related_name='+', to='auth.group')),
                ('leaf', models.ForeignKey(help_text='The last message that is shown.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.message')),
                ('people', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'share',
                'verbose_name_plural': 'shares',
                'ordering': ['-created'],
            },
        ),
    ]
