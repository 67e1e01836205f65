import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0019_index_unique'),
    ]

    operations = [
        migrations.AddField(
            model_name='evidence',
            name='filtered',
            field=models.BooleanField(default=False, help_text="An access filter let it through, for its answer's badges."),
        ),
        migrations.CreateModel(
            name='Badge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=200)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='badges', to='conversations.message')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('message'), models.F('external_id'), name='badge_of_message')],
            },
        ),
    ]
