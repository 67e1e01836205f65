import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0014_attached_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='datasource',
            name='retired',
            field=models.DateTimeField(editable=False, help_text='Deleted; kept for whom it was granted to.', null=True),
        ),
        migrations.AddField(
            model_name='evidence',
            name='collection',
            field=models.ForeignKey(help_text="That document's: who may read it.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='conversations.collection'),
        ),
        migrations.AddField(
            model_name='feedback',
            name='shared',
            field=models.BooleanField(default=False, help_text='Its person lets those who keep the sources read the question.', verbose_name='question shared'),
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deployment', models.CharField(max_length=200)),
                ('documents', models.PositiveSmallIntegerField(help_text='top_n_documents: the k of recall@k.')),
                ('outcomes', models.JSONField(default=list)),
                ('started', models.DateTimeField(auto_now_add=True)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evaluations', to='conversations.datasource')),
            ],
            options={
                'verbose_name': 'evaluation',
                'verbose_name_plural': 'evaluations',
                'ordering': ['-started', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='GoldenQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.TextField(verbose_name='question')),
                ('document', models.CharField(blank=True, help_text='Its title, file name or address. Empty: nothing there answers this, and saying so is right.', max_length=300, verbose_name='document')),
                ('page', models.PositiveIntegerField(blank=True, help_text='If it must be that one.', null=True, verbose_name='page')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='golden_questions', to='conversations.datasource')),
            ],
            options={
                'verbose_name': 'golden question',
                'verbose_name_plural': 'golden questions',
                'ordering': ['pk'],
            },
        ),
    ]
