from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0028_shares'),
    ]

    operations = [
        migrations.AlterField(
            model_name='call',
            name='purpose',
            field=models.CharField(choices=[('intent', 'What to search for'), ('embedding', 'Vectors'), ('evaluation', 'Golden questions'), ('api', 'Programs, by API key')], max_length=16, verbose_name='purpose'),
        ),
    ]
