
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0004_parameters'),
    ]

    operations = [
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('good', models.BooleanField(verbose_name='good')),
                ('reason', models.CharField(blank=True, choices=[('wrong', 'Not correct'), ('incomplete', 'Not complete'), ('beside', 'Not what was asked'), ('long', 'Too long'), ('other', 'Something else')], max_length=16, verbose_name='reason')),
                ('comment', models.CharField(blank=True, max_length=2000, verbose_name='comment')),
                ('given', models.DateTimeField(auto_now=True, verbose_name='given')),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='conversations.message')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'feedback',
                'verbose_name_plural': 'feedback',
                'ordering': ['-given'],
            },
        ),
    ]
