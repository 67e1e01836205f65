
import conversations.models.company
import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0008_what_came'),
    ]

    operations = [
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(help_text='The first day of this price (UTC).', verbose_name='since')),
                ('prompt', models.DecimalField(decimal_places=6, help_text="A million of them, in the company's currency.", max_digits=16, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='prompt tokens')),
                ('cached', models.DecimalField(blank=True, decimal_places=6, help_text='Empty: as other prompt tokens.', max_digits=16, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='cached prompt tokens')),
                ('completion', models.DecimalField(decimal_places=6, help_text='A million of them; thoughts count too.', max_digits=16, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='completion tokens')),
            ],
            options={
                'verbose_name': 'price',
                'verbose_name_plural': 'prices',
                'ordering': ['-since'],
            },
        ),
        migrations.AlterModelOptions(
            name='attempt',
            options={'ordering': ['number'], 'permissions': [('view_usage', 'Can view usage')], 'verbose_name': 'attempt', 'verbose_name_plural': 'attempts'},
        ),
        migrations.AddField(
            model_name='attempt',
            name='cost',
            field=models.DecimalField(decimal_places=10, help_text='Null: nobody knows.', max_digits=20, null=True),
        ),
        migrations.AddField(
            model_name='company',
            name='accent',
            field=models.CharField(blank=True, help_text='Of links and buttons, such as #0a6874. Dark pages get a lighter shade of it. Empty: ours.', max_length=7, validators=[conversations.models.company.check_accent], verbose_name='accent colour'),
        ),
        migrations.AddField(
            model_name='company',
            name='currency',
            field=models.CharField(blank=True, default='USD', help_text='Of all prices, by its ISO code. A change renames amounts; it converts nothing.', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}\\Z', 'Three capital letters, such as EUR.')], verbose_name='currency'),
        ),
        migrations.AddField(
            model_name='company',
            name='logo',
            field=models.BinaryField(null=True, verbose_name='logo'),
        ),
        migrations.AddField(
            model_name='company',
            name='logo_name',
            field=models.CharField(blank=True, editable=False, help_text='Made from its content.', max_length=40),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['started'], name='attempt_started'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['deployment', 'started'], name='attempt_of_deployment'),
        ),
        migrations.AddField(
            model_name='price',
            name='deployment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='conversations.deployment', verbose_name='deployment'),
        ),
        migrations.AddConstraint(
            model_name='price',
            constraint=models.UniqueConstraint(models.F('deployment'), models.F('since'), name='one_price_a_day'),
        ),
    ]
