import django.core.validators
import django.db.models.deletion
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


def add_up_this_month(apps, schema_editor):
    """What was spent before budgets were there counts for those of this month."""
    Attempt, Call, Spent = (apps.get_model("conversations", name) for name in ("Attempt", "Call", "Spent"))
    begin = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    sums = defaultdict(lambda: [0, Decimal(0)])
    answers = Attempt.objects.filter(started__gte=begin).values_list("message__owner", "usage", "cost")
    for person, usage, cost in answers.iterator():
        counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
        sums[person][0] += sum(max(0, each) for each in counts if isinstance(each, int))
        sums[person][1] += cost or 0
    calls = Call.objects.filter(started__gte=begin).values_list("person", "prompt", "completion", "cost")
    for person, prompt, completion, cost in calls.iterator():
        sums[person or 0][0] += prompt + completion
        sums[person or 0][1] += cost or 0
    rows = [
        Spent(month=begin.date(), person=person, tokens=tokens, cost=cost) for person, (tokens, cost) in sums.items()
    ]
    Spent.objects.bulk_create(rows, batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('conversations', '0026_given_memberships'),
    ]

    operations = [
        migrations.AddField(
            model_name='apikey',
            name='budget',
            field=models.DecimalField(blank=True, decimal_places=2, help_text="In the company's currency. When it is spent, the key waits for the next month. Empty: none.", max_digits=16, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='budget a month'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='key',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='conversations.apikey'),
        ),
        migrations.AddField(
            model_name='call',
            name='failed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='call',
            name='key',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='conversations.apikey'),
        ),
        migrations.AlterField(
            model_name='call',
            name='purpose',
            field=models.CharField(choices=[('answer', 'Answers'), ('intent', 'What to search for'), ('embedding', 'Vectors'), ('evaluation', 'Golden questions')], max_length=16, verbose_name='purpose'),
        ),
        migrations.CreateModel(
            name='Spent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='Its first day.')),
                ('person', models.PositiveBigIntegerField(default=0)),
                ('key', models.PositiveBigIntegerField(default=0, help_text='The API key that asked.')),
                ('tokens', models.PositiveBigIntegerField(default=0, help_text='Of prompts and completions.')),
                ('cost', models.DecimalField(decimal_places=10, default=0, help_text='Of what had a price.', max_digits=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('month'), models.F('person'), models.F('key'), name='spent_in_a_month')],
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('together', models.BooleanField(default=False, help_text='What all of them spend is added up. Otherwise each of them may spend as much.', verbose_name='for all together')),
                ('unit', models.CharField(choices=[('money', 'Money'), ('tokens', 'Tokens')], default='money', help_text="Money: by the price lists, in the company's currency. What has no price counts as nothing: give each deployment a price, or count tokens.", max_length=8, verbose_name='counted in')),
                ('soft', models.DecimalField(blank=True, decimal_places=2, help_text='From here on people see how much is used. Empty: no notice.', max_digits=16, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='notice at')),
                ('hard', models.DecimalField(blank=True, decimal_places=2, help_text='From here on nothing is asked until the next month (UTC); running answers finish. Empty: no refusal.', max_digits=16, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='refusal at')),
                ('group', models.ForeignKey(blank=True, help_text="Neither a group nor a person: it is everybody's.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='auth.group', verbose_name='group')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'budget',
                'verbose_name_plural': 'budgets',
                'ordering': ['group__name', 'person__username', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('group', None), ('person', None), _connector='OR'), name='budget_of_one', violation_error_message='Choose a group or a person, not both.'), models.CheckConstraint(condition=models.Q(('soft__isnull', False), ('hard__isnull', False), _connector='OR'), name='budget_of_something', violation_error_message='Enter at least one of the two amounts.'), models.CheckConstraint(condition=models.Q(('soft', None), ('hard', None), ('soft__lte', models.F('hard')), _connector='OR'), name='budget_soft_first', violation_error_message='The notice comes before the refusal: enter a smaller amount for it.')],
            },
        ),
        migrations.RunPython(add_up_this_month, migrations.RunPython.noop),
    ]
