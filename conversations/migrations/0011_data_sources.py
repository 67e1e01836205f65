
import conversations.models.data_source
import conversations.models.secrets
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('conversations', '0009_prices_and_branding'),
    ]

    operations = [
        migrations.CreateModel(
            name='DataSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='What people see when they choose what to ask, such as “Employee handbook”.', max_length=80, unique=True, validators=[django.core.validators.RegexValidator('^[^\\x00-\\x1f]+$')], verbose_name='name')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('type', models.CharField(choices=conversations.models.data_source.types, max_length=32, verbose_name='type')),
                ('parameters', models.JSONField(blank=True, default=dict, verbose_name='parameters')),
                ('access_filter', models.TextField(blank=True, help_text="For an index whose documents have different readers: a filter in its own language, with {groups} where the external ids of a person's groups belong. It is added to every query; without groups nothing is found.", verbose_name='access filter')),
                ('on_by_default', models.BooleanField(default=False, help_text='Switched on in every new chat of those who may ask it.', verbose_name='on by default')),
                ('starters', models.JSONField(blank=True, default=list, help_text='Up to three questions that an empty chat offers.', verbose_name='starters')),
                ('position', models.PositiveSmallIntegerField(default=10, verbose_name='position')),
                ('enabled', models.BooleanField(default=True, verbose_name='enabled')),
                ('secrets', conversations.models.secrets.SecretsField(blank=True, default=conversations.models.secrets.Secrets, editable=False)),
                ('tested_at', models.DateTimeField(editable=False, null=True)),
                ('test_error', models.CharField(blank=True, editable=False, max_length=64)),
                ('updated', models.DateTimeField(auto_now=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='Who may ask it. None: everybody.', related_name='data_sources', to='auth.group', verbose_name='groups')),
            ],
            options={
                'verbose_name': 'data source',
                'verbose_name_plural': 'data sources',
                'ordering': ['position', 'name'],
            },
        ),
        migrations.AddField(
            model_name='attempt',
            name='sources',
            field=models.ManyToManyField(related_name='+', to='conversations.datasource'),
        ),
        migrations.AddField(
            model_name='conversation',
            name='sources',
            field=models.ManyToManyField(blank=True, related_name='conversations', to='conversations.datasource'),
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(help_text='In the order of retrieval.')),
                ('number', models.PositiveSmallIntegerField(default=0)),
                ('source_name', models.CharField(max_length=80)),
                ('document', models.CharField(blank=True, db_index=True, help_text='Id of a document kept here.', max_length=64)),
                ('version', models.CharField(blank=True, help_text="Hash of that document's content.", max_length=64)),
                ('title', models.TextField(blank=True)),
                ('url', models.TextField(blank=True)),
                ('filepath', models.TextField(blank=True)),
                ('chunk_id', models.TextField(blank=True)),
                ('page', models.PositiveIntegerField(null=True)),
                ('heading', models.TextField(blank=True)),
                ('content', models.TextField(blank=True, help_text='Empty once it was purged.')),
                ('purged', models.BooleanField(default=False)),
                ('queries', models.JSONField(default=list)),
                ('original_search_score', models.FloatField(null=True)),
                ('rerank_score', models.FloatField(null=True)),
                ('filter_reason', models.CharField(blank=True, max_length=16)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='conversations.message')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='evidence', to='conversations.datasource')),
            ],
            options={
                'verbose_name': 'evidence',
                'verbose_name_plural': 'evidence',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Citation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(help_text="Of the mention among all of the answer's, from 0.")),
                ('label', models.PositiveSmallIntegerField()),
                ('sentence', models.TextField(blank=True, help_text='What rests on it.')),
                ('verdict', models.CharField(choices=[('supported', 'supported'), ('weak', 'weakly supported'), ('not_found', 'not found in the source'), ('not_checked', 'not checked')], default='not_checked', max_length=16)),
                ('start', models.PositiveIntegerField(help_text='Where in the content the support begins.', null=True)),
                ('end', models.PositiveIntegerField(null=True)),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='citations', to='conversations.evidence')),
            ],
            options={
                'verbose_name': 'citation',
                'verbose_name_plural': 'citations',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ExternalGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(help_text='Such as the object id in Entra ID.', max_length=200, unique=True, verbose_name='external id')),
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='external', to='auth.group')),
            ],
            options={
                'verbose_name': 'external id',
                'verbose_name_plural': 'external ids',
            },
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(models.F('message'), models.F('position'), name='evidence_position'),
        ),
    ]
