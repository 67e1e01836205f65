import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Django rebuilds a SQLite table to change it, and drops its triggers: whoever changes `chunk` makes them again.
# The index keeps no text of its own. Its first column is a word that only this collection's passages have.
COLUMNS = "{0}.id, CASE WHEN {0}.collection_id IS NULL THEN '' ELSE printf('collection%064d', {0}.collection_id) END"
NEW, OLD = (COLUMNS.format(row) + ", {0}.titles, {0}.words".format(row) for row in ("new", "old"))
INSERT = f"INSERT INTO conversations_passages(rowid, collection, titles, words) VALUES ({NEW});"
DELETE = (
    "INSERT INTO conversations_passages(conversations_passages, rowid, collection, titles, words) "
    f"VALUES ('delete', {OLD});"
)
SQLITE = [
    """
    CREATE VIRTUAL TABLE conversations_passages USING fts5(
      collection, titles, words, content='', tokenize='unicode61 remove_diacritics 0'
    );
    """,
    f"CREATE TRIGGER conversations_passages_insert AFTER INSERT ON conversations_chunk BEGIN {INSERT} END;",
    f"CREATE TRIGGER conversations_passages_delete AFTER DELETE ON conversations_chunk BEGIN {DELETE} END;",
    f"""
    CREATE TRIGGER conversations_passages_update AFTER UPDATE OF collection_id, titles, words ON conversations_chunk
    BEGIN {DELETE} {INSERT} END;
    """,
]
POSTGRESQL = [
    """
    ALTER TABLE conversations_chunk ADD COLUMN passage tsvector GENERATED ALWAYS AS (
      setweight(to_tsvector('simple', titles), 'A') || to_tsvector('simple', words)
    ) STORED
    """,
    "CREATE INDEX conversations_passages ON conversations_chunk USING gin (passage)",
]


def make_index(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
            cursor.execute(statement)


def drop_index(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            cursor.execute("DROP TABLE conversations_passages")
        else:
            cursor.execute("ALTER TABLE conversations_chunk DROP COLUMN passage")


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('conversations', '0011_data_sources'),
    ]

    operations = [
        migrations.CreateModel(
            name='Collection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='What people and data sources call it.', max_length=120, verbose_name='name')),
                ('description', models.CharField(blank=True, max_length=400, verbose_name='description')),
                ('language', models.CharField(blank=True, help_text='Of most documents, such as en, fr or ko.', max_length=8, verbose_name='language')),
                ('version', models.PositiveBigIntegerField(default=0, editable=False, help_text='Grows with every change.')),
                ('calibration', models.JSONField(editable=False, help_text='What signals of sureness mean here.', null=True)),
                ('calibrated', models.PositiveBigIntegerField(default=0, editable=False, help_text='How many passages it was learnt from.')),
                ('deleted', models.DateTimeField(editable=False, help_text='Thrown away; purged an hour later.', null=True)),
                ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('conversation', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='conversations.conversation')),
                ('embedding', models.ForeignKey(blank=True, help_text='Compares meanings beside words. Empty: words alone. A change builds a new index beside the old.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='conversations.deployment', verbose_name='embedding deployment')),
                ('groups', models.ManyToManyField(blank=True, help_text='None: everybody may read it.', related_name='+', to='auth.group', verbose_name='readers')),
                ('owners', models.ManyToManyField(blank=True, help_text='They add, replace and delete documents without being administrators.', related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owners')),
            ],
            options={
                'verbose_name': 'collection',
                'verbose_name_plural': 'collections',
                'ordering': ['name', 'pk'],
                'permissions': [('manage_documents', 'May manage the documents of all collections')],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('filename', models.CharField(max_length=255, verbose_name='file name')),
                ('kind', models.CharField(help_text='pdf, docx, … as it was recognised.', max_length=16, verbose_name='kind')),
                ('file', models.CharField(editable=False, help_text='Generated name in DATA_DIR/files.', max_length=40)),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('pages', models.PositiveIntegerField(default=0, verbose_name='pages')),
                ('chunks_count', models.PositiveIntegerField(default=0, verbose_name='passages')),
                ('state', models.CharField(choices=[('queued', 'queued'), ('parsing', 'reading'), ('embedding', 'embedding'), ('ready', 'ready'), ('failed', 'failed')], default='queued', max_length=16, verbose_name='state')),
                ('reason', models.CharField(blank=True, help_text='Code of what went wrong.', max_length=40)),
                ('done', models.PositiveIntegerField(default=0, help_text='Pages read, or passages embedded, so far.')),
                ('total', models.PositiveIntegerField(default=0)),
                ('version', models.PositiveIntegerField(default=0, help_text='0 until its passages are found.', verbose_name='version')),
                ('read_sha256', models.CharField(blank=True, help_text='Of the file its passages came from.', max_length=64)),
                ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated', models.DateTimeField(default=django.utils.timezone.now, verbose_name='updated')),
                ('deleted', models.DateTimeField(editable=False, help_text='Thrown away; purged an hour later.', null=True)),
                ('queued', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('runner', models.CharField(blank=True, editable=False, max_length=32)),
                ('beat_at', models.DateTimeField(editable=False, null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('collection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='conversations.collection')),
                ('uploader', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['title', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Chunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('page', models.PositiveIntegerField(null=True)),
                ('heading', models.TextField(blank=True, help_text='The path of headings, joined by “ › ”.')),
                ('content', models.TextField()),
                ('titles', models.TextField()),
                ('words', models.TextField()),
                ('collection', models.ForeignKey(help_text='None: the document was thrown away.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.collection')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='conversations.document')),
            ],
            options={
                'ordering': ['document', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Index',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_by', models.CharField(max_length=800)),
                ('dimensions', models.PositiveIntegerField(default=0)),
                ('failed', models.CharField(blank=True, help_text='Code of the last error while it was built.', max_length=40)),
                ('runner', models.CharField(blank=True, max_length=32)),
                ('beat_at', models.DateTimeField(null=True)),
                ('collection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indexes', to='conversations.collection')),
                ('deployment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.deployment')),
            ],
        ),
        migrations.AddField(
            model_name='collection',
            name='index',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='conversations.index'),
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=64)),
                ('passages', models.IntegerField()),
                ('collection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.collection')),
            ],
        ),
        migrations.CreateModel(
            name='Vector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.BinaryField()),
                ('chunk', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vectors', to='conversations.chunk')),
                ('index', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vectors', to='conversations.index')),
            ],
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(models.F('queued'), condition=models.Q(('state', 'queued')), name='document_queued'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(models.F('beat_at'), condition=models.Q(('state__in', ['parsing', 'embedding'])), name='document_working'),
        ),
        migrations.AddConstraint(
            model_name='chunk',
            constraint=models.UniqueConstraint(models.F('document'), models.F('position'), name='chunk_position'),
        ),
        migrations.AddConstraint(
            model_name='collection',
            constraint=models.UniqueConstraint(models.F('name'), condition=models.Q(('conversation', None), ('deleted', None)), name='collection_name', violation_error_message='There is a collection of this name.'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.UniqueConstraint(models.F('collection'), models.F('word'), name='term_of_collection'),
        ),
        migrations.AddConstraint(
            model_name='vector',
            constraint=models.UniqueConstraint(models.F('index'), models.F('chunk'), name='vector_of_chunk'),
        ),
        migrations.RunPython(make_index, drop_index, elidable=False),
    ]
