
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0005_feedback'),
    ]

    operations = [
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, help_text="Stands in the sidebar and in the window's title.", max_length=60, verbose_name='name')),
                ('welcome', models.CharField(blank=True, help_text='Heads an empty chat.', max_length=120, verbose_name='welcome line')),
                ('notice', models.CharField(blank=True, help_text='Stands under the message box: your policy in a sentence.', max_length=200, verbose_name='notice')),
                ('notice_link', models.URLField(blank=True, help_text='The policy itself.', verbose_name='link of the notice')),
                ('banner', models.CharField(blank=True, help_text='Stands above every conversation while it is set.', max_length=300, verbose_name='announcement')),
            ],
            options={
                'verbose_name': 'company',
                'verbose_name_plural': 'company',
            },
        ),
    ]
