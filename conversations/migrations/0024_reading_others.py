from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0023_audit'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='conversation',
            options={'ordering': ['-updated'], 'permissions': [('read_others', "May read other people's conversations, for a reason")], 'verbose_name': 'conversation', 'verbose_name_plural': 'conversations'},
        ),
        migrations.AddField(
            model_name='company',
            name='tell_of_reading',
            field=models.BooleanField(default=True, help_text='On their account page, with the reason. While it is off they see none, also not earlier ones.', verbose_name='tell people who read their conversations'),
        ),
    ]
