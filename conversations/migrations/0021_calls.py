import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0020_badges'),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('intent', 'What to search for'), ('embedding', 'Vectors'), ('evaluation', 'Golden questions')], max_length=16, verbose_name='purpose')),
                ('prompt', models.PositiveBigIntegerField(default=0, help_text='Tokens, cached ones included.')),
                ('cached', models.PositiveBigIntegerField(default=0)),
                ('completion', models.PositiveBigIntegerField(default=0)),
                ('cost', models.DecimalField(decimal_places=10, help_text='Null: nobody knows.', max_digits=20, null=True)),
                ('started', models.DateTimeField(default=django.utils.timezone.now)),
                ('deployment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='conversations.deployment')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'call',
                'verbose_name_plural': 'calls',
                'indexes': [models.Index(fields=['started'], name='call_started')],
            },
        ),
        migrations.AlterField(
            model_name='price',
            name='since',
            field=models.DateField(help_text='The first day of this price (UTC). It does not reach back: what was asked before keeps its cost.', verbose_name='since'),
        ),
    ]
