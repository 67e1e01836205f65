from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0022_position_of_a_new_deployment'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('number', models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name='number')),
                ('at', models.DateTimeField(db_index=True, verbose_name='when')),
                ('person_id', models.BigIntegerField(db_index=True, help_text='None: the server, or nobody signed in.', null=True)),
                ('person_name', models.CharField(blank=True, max_length=300, verbose_name='who')),
                ('verb', models.CharField(db_index=True, help_text='Stable, such as deployment.change.', max_length=64, verbose_name='what')),
                ('type', models.CharField(blank=True, max_length=64, verbose_name='type')),
                ('object_id', models.CharField(blank=True, max_length=64)),
                ('title', models.CharField(blank=True, max_length=300, verbose_name='object')),
                ('concerns_id', models.BigIntegerField(db_index=True, help_text='Whose conversation or account it is.', null=True)),
                ('changes', models.JSONField(default=dict, help_text='Field → [before, after], or “changed”.', verbose_name='changes')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='from where')),
                ('previous', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit',
                'ordering': ['-number'],
                'indexes': [models.Index(fields=['type', 'object_id'], name='audit_object')],
            },
        ),
    ]
