
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('conversations', '0017_api_keys'),
    ]

    operations = [
        migrations.AlterField(
            model_name='feature',
            name='name',
            field=models.CharField(choices=[('upload', 'Attach files to a question'), ('assistants', "Make assistants of one's own"), ('keys', 'Make API keys'), ('sharing', 'Share conversations with colleagues')], editable=False, max_length=32, unique=True, verbose_name='name'),
        ),
        migrations.CreateModel(
            name='Assistant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=256, verbose_name='name')),
                ('description', models.CharField(blank=True, max_length=512, verbose_name='description')),
                ('parameters', models.JSONField(blank=True, default=dict, editable=False)),
                ('starters', models.JSONField(blank=True, default=list, verbose_name='starters')),
                ('position', models.PositiveSmallIntegerField(default=10, verbose_name='position')),
                ('enabled', models.BooleanField(default=True, verbose_name='enabled')),
                ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('denied', models.ManyToManyField(blank=True, help_text='Who is in one of these may not use it, whatever other groups they are in.', related_name='+', to='auth.group', verbose_name='denied groups')),
                ('deployment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.deployment', verbose_name='deployment')),
                ('groups', models.ManyToManyField(blank=True, help_text='Who may use it. None: everybody.', related_name='+', to='auth.group', verbose_name='groups')),
                ('owners', models.ManyToManyField(blank=True, help_text='They manage it without being administrators.', related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owners')),
                ('prompt', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='assistant', to='conversations.prompt')),
                ('sources', models.ManyToManyField(blank=True, related_name='+', to='conversations.datasource', verbose_name='data sources')),
            ],
            options={
                'verbose_name': 'assistant',
                'verbose_name_plural': 'assistants',
                'ordering': ['position', 'name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='conversation',
            name='assistant',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='conversations', to='conversations.assistant'),
        ),
    ]
