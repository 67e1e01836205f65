from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0031_what_keys_named'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='expired',
            field=models.DateTimeField(editable=False, help_text='Unused for too long: thrown away by that.', null=True),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('expired'), condition=models.Q(('expired__isnull', False)), name='conversation_expired'),
        ),
    ]
