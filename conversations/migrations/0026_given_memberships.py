import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0025_keeping'),
    ]

    operations = [
        migrations.CreateModel(
            name='GivenMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(max_length=200)),
                ('membership', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='given', to='conversations.user_groups')),
            ],
        ),
    ]
