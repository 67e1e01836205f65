
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0012_documents'),
    ]

    operations = [
        migrations.AddField(
            model_name='datasource',
            name='test_stages',
            field=models.JSONField(default=list, editable=False),
        ),
    ]
