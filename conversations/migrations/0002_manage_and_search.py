import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from conversations.models.searching import kept

# Django rebuilds a SQLite table to change it, and drops its triggers: whoever changes `searchtext` makes them again.
SQLITE = [
    """
    CREATE VIRTUAL TABLE conversations_search USING fts5(
      words, content='conversations_searchtext', content_rowid='id', tokenize='unicode61 remove_diacritics 0', detail=none
    );
    """,
    """
    CREATE TRIGGER conversations_search_insert AFTER INSERT ON conversations_searchtext BEGIN
      INSERT INTO conversations_search(rowid, words) VALUES (new.id, new.words);
    END;
    """,
    """
    CREATE TRIGGER conversations_search_delete AFTER DELETE ON conversations_searchtext BEGIN
      INSERT INTO conversations_search(conversations_search, rowid, words) VALUES ('delete', old.id, old.words);
    END;
    """,
    """
    CREATE TRIGGER conversations_search_update AFTER UPDATE ON conversations_searchtext BEGIN
      INSERT INTO conversations_search(conversations_search, rowid, words) VALUES ('delete', old.id, old.words);
      INSERT INTO conversations_search(rowid, words) VALUES (new.id, new.words);
    END;
    """,
]
POSTGRESQL = """
CREATE INDEX conversations_search ON conversations_searchtext USING gin (to_tsvector('simple', words))
"""


def make_index(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            for statement in SQLITE:
                cursor.execute(statement)
        else:
            cursor.execute(POSTGRESQL)


def drop_index(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            cursor.execute("DROP TABLE conversations_search")
        else:
            cursor.execute("DROP INDEX conversations_search")


def index_what_is_there(apps, schema_editor):
    """Titles and texts from before there was a search."""
    SearchText = apps.get_model("conversations", "SearchText")
    for each in apps.get_model("conversations", "Conversation").objects.iterator():
        SearchText.objects.create(conversation=each, owner_id=each.owner_id, words=kept(each.owner_id, each.title))
    for each in apps.get_model("conversations", "Message").objects.exclude(text="").iterator():
        SearchText.objects.create(
            conversation_id=each.conversation_id,
            message=each,
            owner_id=each.owner_id,
            words=kept(each.owner_id, each.text),
        )


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField()),
            ],
        ),
        migrations.AddField(
            model_name='conversation',
            name='archived',
            field=models.BooleanField(default=False, verbose_name='archived'),
        ),
        migrations.AddField(
            model_name='conversation',
            name='deleted',
            field=models.DateTimeField(editable=False, help_text='Thrown away; purged an hour later.', null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='pinned',
            field=models.BooleanField(default=False, verbose_name='pinned'),
        ),
        migrations.RemoveIndex(model_name='conversation', name='conversation_of_owner'),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['owner', '-pinned', '-updated'], name='conversation_of_owner'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('deleted'), condition=models.Q(('deleted__isnull', False)), name='conversation_deleted'),
        ),
        migrations.AddField(
            model_name='searchtext',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation'),
        ),
        migrations.AddField(
            model_name='searchtext',
            name='message',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.message'),
        ),
        migrations.AddField(
            model_name='searchtext',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='searchtext',
            constraint=models.UniqueConstraint(models.F('conversation'), condition=models.Q(('message', None)), name='one_search_text_for_each_title'),
        ),
        migrations.RunPython(make_index, drop_index, elidable=False),
        migrations.RunPython(index_what_is_there, migrations.RunPython.noop, elidable=True),
    ]
