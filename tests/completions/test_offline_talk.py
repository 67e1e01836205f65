"""What the offline deployment says to everyday messages, without documents: sensible, or honest about what it is."""

import pytest

from conversations.completions.fence import Passage, fenced
from conversations.completions.offline.persona import reply
from conversations.completions.offline.words import words_for


def say(message: str) -> str:
    return reply([{"role": "user", "content": message}])


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("How are you today?", "Always the same, thank you"),
        ("Salut ! Comment ça va aujourd'hui ?", "Toujours pareil, merci"),
        ("잘 지내세요?", "늘 똑같습니다"),
        ("bye", "Goodbye!"),
        ("Au revoir", "Au revoir !"),
        ("잘 가", "안녕히 가세요!"),
        ("ok", "All right."),
        ("Are you ChatGPT?", "I am the offline deployment"),
        ("What is two plus two?", "2 + 2 = **4**"),
        ("What's 100 divided by 8", "100 / 8 = **12.5**"),
        ("Combien font 12 x 8 ?", "12 * 8 = **96**"),
        ("Combien font 1 000 x 2,5 ?", "1000 * 2,5 = **2\u202f500**"),
        ("12 곱하기 8은?", "12 * 8 = **96**"),
        ("240의 15%는?", "240의 15% = **36**"),
        ("What day was 9 November 1989?", "9 November 1989 is a Thursday."),
        ("How many days until Christmas?", "From today until 25 December"),
        ("Combien de jours jusqu'à Noël ?", "D’aujourd’hui au 25 décembre"),
        ("크리스마스까지 며칠 남았어?", "오늘부터 "),
        ("on est le combien ?", "Nous sommes le "),
        ("What time is it?", "I know which day it is, but not"),
        ("Quelle heure est-il ?", "Je sais quel jour nous sommes, mais pas"),
        ("지금 몇 시야?", "오늘이 며칠인지는 알지만"),
    ],
)
def test_what_rules_can_answer_is_answered_with_documents_or_without(message: str, said: str) -> None:
    assert say(message).startswith(said)
    given = fenced([Passage(1, "Full-time staff are asked on what day they go. Ils sont libres à Noël.", "Time")])
    assert reply([{"role": "system", "content": given}, {"role": "user", "content": message}]) == say(message)


@pytest.mark.parametrize(
    "message", ["What's the date tomorrow?", "Quel jour serons-nous demain ?", "내일은 무슨 요일이야?"]
)
def test_tomorrow_is_not_today(message: str) -> None:
    assert say(message) != say("What's the date?")
    assert not say(message).startswith(words_for(message).unknown[:10])


@pytest.mark.parametrize(
    "message",
    [
        "What's the weather like today?",
        "Quel temps fait-il aujourd'hui ?",
        "오늘 날씨 어때?",
        "Call me at 555-1234",
        "The meeting is 10-12 on 3-4 May",
        "My birthday is on 3 May",
        "I left on 3 May",
        "How do I set a table for six people?",
        "What is the periodic table?",
        "Is Python a snake?",
        "My shell is broken",
        "What is the VAT code of Germany?",
        "C'est quoi le code postal de Lyon ?",
        "Montre-moi le code de la route",
        "우편번호 코드가 뭐야?",
        "목표를 세우는 방법",
        "Make a long story short",
        "No, I meant the other one",
        "Raconte-moi une blague",
        "시를 한 편 써 줘",
    ],
)
def test_what_it_cannot_answer_it_says_so_in_the_language_of_the_message(message: str) -> None:
    assert say(message) == words_for(message).unknown.format(question=message)


@pytest.mark.parametrize(
    ("message", "holds"),
    [
        ("Make a table of the planets", "| Mercury |"),
        ("a table, please", "| Mercury |"),
        ("Peux-tu faire un tableau ?", "| Mercury |"),
        ("표를 만들어 줘", "| Mercury |"),
        ("show python code", "```python"),
        ("Can you write some JavaScript code for me?", "```javascript"),
        ("파이썬 코드 보여 줘", "```python"),
        ("write a long text of 200 words", "# The keeper’s log"),
        ("Écris un texte de 300 mots", "# The keeper’s log"),
    ],
)
def test_a_sample_is_called_one(message: str, holds: str) -> None:
    assert say(message).startswith(f"{words_for(message).sample}\n\n")
    assert holds in say(message)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Où se trouve le défibrillateur ?", "fr"),
        ("Comment faire une béchamel ?", "fr"),
        ("trêve hivernale", "fr"),
        ("Where is Rio de Janeiro?", "en"),
        ("on call", "en"),
        ("표", "ko"),
    ],
)
def test_the_language_of_a_message_shows_in_few_words(message: str, code: str) -> None:
    assert words_for(message).code == code
