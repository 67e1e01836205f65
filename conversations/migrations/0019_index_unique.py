import django.utils.timezone
from django.db import migrations, models


def keep_one(apps, schema_editor):
    """Of indexes that two processes made for the same model, the one in use, or else the first; vectors are remade."""
    Collection, Index, Vector = (apps.get_model("conversations", each) for each in ("Collection", "Index", "Vector"))
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else what is deleted forbids changing the table
    serving = set(Collection.objects.exclude(index=None).values_list("index", flat=True))
    rows = Index.objects.values_list("collection", "made_by", "pk")
    seen = set()
    for collection, made_by, pk in sorted(rows, key=lambda row: (row[2] not in serving, row[2])):
        if (collection, made_by) in seen:
            Vector.objects.filter(index=pk).delete()
            Index.objects.filter(pk=pk).delete()
        seen.add((collection, made_by))


def number(apps, schema_editor):
    """Every passage that is there belongs to its document's version."""
    Chunk, Document = (apps.get_model("conversations", each) for each in ("Chunk", "Document"))
    version = Document.objects.filter(pk=models.OuterRef("document")).values("version")
    Chunk.objects.update(version=models.Subquery(version))


def end(apps, schema_editor):
    """Runs were stored when they had ended."""
    apps.get_model("conversations", "Evaluation").objects.update(ended=models.F("started"))


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0018_assistants'),
    ]

    operations = [
        migrations.RunPython(keep_one, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name='index',
            constraint=models.UniqueConstraint(models.F('collection'), models.F('made_by'), name='index_of_collection'),
        ),
        # It may be null because SQLite then adds it in place: a table made anew would lose its triggers (0012).
        migrations.AddField(
            model_name='chunk',
            name='version',
            field=models.PositiveIntegerField(help_text="The document's that it belongs to; it is found while the document is at that one.", null=True),
        ),
        migrations.RunPython(number, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(model_name='chunk', name='chunk_position'),
        migrations.AddConstraint(
            model_name='chunk',
            constraint=models.UniqueConstraint(models.F('document'), models.F('version'), models.F('position'), name='chunk_place'),
        ),
        migrations.AddField(
            model_name='evaluation',
            name='questions',
            field=models.PositiveIntegerField(default=0, help_text='How many there are to be asked.'),
        ),
        migrations.AddField(
            model_name='evaluation',
            name='failed',
            field=models.CharField(blank=True, help_text='Why it came to no end.', max_length=40),
        ),
        migrations.AddField(
            model_name='evaluation',
            name='beat_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name='evaluation',
            name='ended',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(end, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.UniqueConstraint(models.F('source'), condition=models.Q(('ended', None)), name='evaluation_running'),
        ),
        migrations.AddField(
            model_name='collection',
            name='tended',
            field=models.PositiveBigIntegerField(default=0, editable=False, help_text='The version at which it was found in order.'),
        ),
    ]
