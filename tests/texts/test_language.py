"""A text's language is told where it shows, and not guessed where it does not."""

import pytest

from conversations.texts.language import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Employees have 25 days of annual leave and the rest is unpaid.", "en"),
        ("Les salariés ont 25 jours de congés payés et le reste est sans solde.", "fr"),
        ("Die Frist beträgt drei Monate und endet mit dem Quartal.", "de"),
        ("직원은 연차 15일을 쓸 수 있습니다. [doc1]", "ko"),
        ("社員は年に十五日の休暇を取れます。", "ja"),
        ("员工每年有十五天年假。", "zh"),
        ("SAP ERP 2025", ""),
        ("", ""),
    ],
)
def test_a_language_shows_by_its_script_or_its_small_words(text: str, code: str) -> None:
    assert language(text) == code
