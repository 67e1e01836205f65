from django.db import migrations, models


def note_named(apps, schema_editor):
    """Keys that name something now did so on purpose. Of those whose last one was deleted before, nobody knows."""
    ApiKey = apps.get_model("conversations", "ApiKey")
    for name in ("deployments", "sources"):
        named = getattr(ApiKey, name).through.objects.values("apikey")
        ApiKey.objects.filter(pk__in=named).update(**{f"{name}_named": True})


class Migration(migrations.Migration):
    dependencies = [('conversations', '0030_purposes')]

    operations = [
        migrations.AddField("apikey", "deployments_named", models.BooleanField(default=False, editable=False)),
        migrations.AddField("apikey", "sources_named", models.BooleanField(default=False, editable=False)),
        migrations.AlterField(
            model_name="apikey",
            name="deployments",
            field=models.ManyToManyField(
                blank=True,
                help_text="None: all that its owner may ask. If those that it named are deleted, it may ask none.",
                related_name="+",
                to="conversations.deployment",
                verbose_name="deployments",
            ),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="sources",
            field=models.ManyToManyField(
                blank=True,
                help_text="None: all that its owner may ask. If those that it named are deleted, it may ask none.",
                related_name="+",
                to="conversations.datasource",
                verbose_name="data sources",
            ),
        ),
        migrations.RunPython(note_named, migrations.RunPython.noop),
    ]
