
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('conversations', '0015_proofs'),
    ]

    operations = [
        migrations.AddField(
            model_name='collection',
            name='denied',
            field=models.ManyToManyField(blank=True, help_text='Who is in one of these may not use it, whatever other groups they are in.', related_name='+', to='auth.group', verbose_name='denied groups'),
        ),
        migrations.AddField(
            model_name='datasource',
            name='denied',
            field=models.ManyToManyField(blank=True, help_text='Who is in one of these may not use it, whatever other groups they are in.', related_name='+', to='auth.group', verbose_name='denied groups'),
        ),
        migrations.AddField(
            model_name='datasource',
            name='owners',
            field=models.ManyToManyField(blank=True, help_text='They manage it without being administrators.', related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owners'),
        ),
        migrations.AddField(
            model_name='deployment',
            name='denied',
            field=models.ManyToManyField(blank=True, help_text='Who is in one of these may not use it, whatever other groups they are in.', related_name='+', to='auth.group', verbose_name='denied groups'),
        ),
        migrations.AddField(
            model_name='deployment',
            name='groups',
            field=models.ManyToManyField(blank=True, help_text='Who may use it. None: everybody.', related_name='+', to='auth.group', verbose_name='groups'),
        ),
        migrations.AddField(
            model_name='prompt',
            name='denied',
            field=models.ManyToManyField(blank=True, help_text='Who is in one of these may not use it, whatever other groups they are in.', related_name='+', to='auth.group', verbose_name='denied groups'),
        ),
        migrations.AddField(
            model_name='prompt',
            name='groups',
            field=models.ManyToManyField(blank=True, help_text='Who may use it. None: everybody.', related_name='+', to='auth.group', verbose_name='groups'),
        ),
        migrations.AlterField(
            model_name='collection',
            name='groups',
            field=models.ManyToManyField(blank=True, help_text='Who may use it. None: everybody.', related_name='+', to='auth.group', verbose_name='groups'),
        ),
        migrations.AlterField(
            model_name='collection',
            name='owners',
            field=models.ManyToManyField(blank=True, help_text='They manage it without being administrators.', related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owners'),
        ),
        migrations.AlterField(
            model_name='datasource',
            name='groups',
            field=models.ManyToManyField(blank=True, help_text='Who may use it. None: everybody.', related_name='+', to='auth.group', verbose_name='groups'),
        ),
        migrations.AlterField(
            model_name='prompt',
            name='owner',
            field=models.ForeignKey(blank=True, help_text='Empty: shared.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='prompts', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.CreateModel(
            name='Feature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(choices=[('upload', 'Attach files to a question'), ('keys', 'Make API keys'), ('sharing', 'Share conversations with colleagues')], editable=False, max_length=32, unique=True, verbose_name='name')),
                ('denied', models.ManyToManyField(blank=True, help_text='Who is in one of these may not use it, whatever other groups they are in.', related_name='+', to='auth.group', verbose_name='denied groups')),
                ('groups', models.ManyToManyField(blank=True, help_text='Who may use it. None: everybody.', related_name='+', to='auth.group', verbose_name='groups')),
            ],
            options={
                'verbose_name': 'feature',
                'verbose_name_plural': 'features',
                'ordering': ['pk'],
            },
        ),
    ]
