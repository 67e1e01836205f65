"""The persona's sentences in English, French and Korean, and which language a question is in.

Plain tables: this package knows no Django, and a model's answer is no part of the interface to translate.
"""

import re
from dataclasses import dataclass

from conversations.texts.common import SMALL
from conversations.texts.words import fold


@dataclass(frozen=True)
class Words:
    code: str
    unknown: str
    not_found: str  # [doc0] is what the prompt asks for: none of the documents helps
    several: str
    sample: str
    words_only: str
    found_in: str
    languages: dict[str, str]
    no_queries: str
    talk: tuple[tuple[tuple[str, ...], str], ...]
    nods: tuple[str, ...]  # what is said to them is the first
    idle: str  # words of a greeting, a sum, a date, or of talk about the conversation; of Korean words their beginning
    repeat: tuple[str, ...]
    earlier: tuple[str, ...]
    shorter: tuple[str, ...]
    shortest: str
    nothing_said: str
    asked_before: str
    asked_nothing: str
    tool_said: str
    weekdays: tuple[str, ...]
    day_is: str
    today_is: str
    days_until: str


ENGLISH = Words(
    code="en",
    unknown=(
        "I cannot answer “{question}”: no language model is connected, and I have no documents to look in.\n\n"
        "I am the offline deployment that comes with this chat: a set of rules, not a language model. "
        "Ask me for **help** to see what I can do, or ask an administrator to connect a deployment."
    ),
    not_found="[doc0] The documents that I was given do not answer this question.",
    several="Two documents speak of this:",
    sample="I can make nothing of my own. This is a sample, which shows how such an answer looks:",
    words_only="I compare words: I miss what is said in other words or in another language.",
    found_in="What was found is in {languages}.",
    languages={"en": "English", "fr": "French", "de": "German", "ko": "Korean", "ja": "Japanese", "zh": "Chinese"},
    no_queries="I can write no search queries: I am a set of rules.",
    talk=(
        (
            ("how are you", "how is it going", "how's it going", "what's up", "how do you do"),
            "Always the same, thank you: I am a set of rules, not a language model. Ask me for **help** to see what I "
            "can do.",
        ),
        (("what time is it", "what's the time"), "I know which day it is, but not what time it is where you are."),
        (("bye", "goodbye", "good bye", "see you", "good night"), "Goodbye!"),
        (
            ("hello", "hi", "hey", "good morning", "good afternoon", "good evening"),
            "Hello! I am the offline deployment: a set of rules, not a language model. "
            "Ask me for **help** to see what I can do.",
        ),
        (("thanks", "thank you", "thx"), "You are welcome."),
        (
            ("who are you", "what are you", "are you", "which model", "who made you"),
            "I am the offline deployment that comes with this chat. I am a set of rules, not a language model: "
            "I need no key, no server and no network, and I show how the page works until a real "
            "deployment is connected.",
        ),
        (
            ("help", "what can you do", "can you help"),
            "I am a set of rules, not a language model. This is what I can do:\n\n"
            "- **sums**: `12 * (3 + 4)`, `15 % of 80`\n"
            "- **dates**: “what day is it today?”, “how many days until 1 March?”\n"
            "- a sample of **a table**, **code** (Python, JavaScript, SQL, shell) or **a long text**, to see how "
            "answers look\n"
            "- **repeat after me:** anything\n"
            "- “what did I ask before?”\n\n"
            "For everything else an administrator has to connect a deployment.",
        ),
    ),
    nods=("All right.", "ok", "okay", "yes", "no", "👍"),
    idle=(
        "hello hi hey good morning afternoon evening there everybody everyone all thanks thank thx cheers lot "
        "lots great perfect nice help please calculate compute equals result sum plus minus times today day days "
        "weekday date left remaining until till january february march april may june july august september "
        "october november december last previous first question ask asked earlier short shorter brief briefer "
        "summarise summarize sum summary answer make fewer words it minus divided multiplied tomorrow yesterday "
        "christmas new year bye goodbye see ok okay yes no x going chatgpt gpt claude robot bot human made time"
    ),
    repeat=("repeat after me:", "repeat after me", "say:", "repeat:"),
    earlier=("what did i ask", "what did i just ask", "what have i asked", "my last question", "my previous question"),
    shorter=(
        "shorter",
        "briefer",
        "in short",
        "be brief",
        "fewer words",
        "summarise",
        "summarize",
        "sum up",
        "sum it up",
    ),
    shortest="It is one sentence already: {said}",
    nothing_said="There is no answer yet that I could make shorter.",
    asked_before="Before this you asked: “{question}”",
    asked_nothing="This is your first question in this conversation.",
    tool_said="The tool answered: {result}",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    day_is="{date} is a {weekday}.",
    today_is="Today is {weekday}, {date}.",
    days_until="From today until {date} it is {days} days.",
)

FRENCH = Words(
    code="fr",
    unknown=(
        "Je ne peux pas répondre à « {question} » : aucun modèle de langage n’est connecté, et je n’ai pas de "
        "documents à consulter.\n\n"
        "Je suis le déploiement hors ligne fourni avec ce chat : des règles, pas un modèle de langage. "
        "Demandez-moi de l’**aide**, ou demandez à un administrateur de connecter un déploiement."
    ),
    not_found="[doc0] Les documents qui m’ont été donnés ne répondent pas à cette question.",
    several="Deux documents en parlent :",
    sample="Je ne sais rien créer moi-même. Voici un exemple, qui montre l’aspect d’une telle réponse :",
    words_only="Je compare des mots : ce qui est dit autrement ou dans une autre langue m’échappe.",
    found_in="Ce qui a été trouvé est en {languages}.",
    languages={"en": "anglais", "fr": "français", "de": "allemand", "ko": "coréen", "ja": "japonais", "zh": "chinois"},
    no_queries="Je ne sais pas écrire de requêtes : je suis un ensemble de règles.",
    talk=(
        (
            ("ça va", "comment ça va", "comment vas-tu", "comment allez-vous"),
            "Toujours pareil, merci : je suis un ensemble de règles, pas un modèle de langage. Demandez-moi de "
            "l’**aide** pour voir ce que je sais faire.",
        ),
        (
            ("quelle heure est-il", "il est quelle heure"),
            "Je sais quel jour nous sommes, mais pas l’heure qu’il est chez vous.",
        ),
        (("au revoir", "à bientôt", "bonne nuit", "adieu"), "Au revoir !"),
        (
            ("bonjour", "salut", "bonsoir", "coucou"),
            "Bonjour ! Je suis le déploiement hors ligne : des règles, pas un modèle de langage. "
            "Demandez-moi de l’**aide** pour voir ce que je sais faire.",
        ),
        (("merci",), "Je vous en prie."),
        (
            ("qui es-tu", "qui êtes-vous", "es-tu", "êtes-vous", "tu es", "vous êtes", "est-ce que tu es"),
            "Je suis le déploiement hors ligne fourni avec ce chat : des règles, pas un modèle de langage. "
            "Je montre comment la page fonctionne en attendant un vrai déploiement.",
        ),
        (
            ("aide", "que sais-tu faire", "que savez-vous faire", "que peux-tu", "que pouvez-vous"),
            "Je suis un ensemble de règles, pas un modèle de langage. Voici ce que je sais faire :\n\n"
            "- **calculs** : `12 * (3 + 4)`, `15 % de 80`\n"
            "- **dates** : « quel jour sommes-nous ? »\n"
            "- un exemple : **un tableau**, **du code** ou **un long texte**, pour voir l’aspect des réponses\n"
            "- **répète :** ce que vous voulez\n\n"
            "Pour le reste, un administrateur doit connecter un déploiement.",
        ),
    ),
    nods=("Très bien.", "d'accord", "d’accord", "oui", "non"),
    idle=(
        "bonjour bonsoir salut coucou merci beaucoup bien super parfait tout tous monde aide aider aidez plait "
        "svp stp sais savez savoir peux pouvez faire calcule calculez font fait égale résultat plus moins fois "
        "jour jours aujourd hui date sommes reste restent jusqu janvier février mars avril mai juin juillet août "
        "septembre octobre novembre décembre dernière précédente première question demandé avant court courte "
        "bref brève résume résumez résumé raccourcis raccourcissez réponse va vas allez revoir bientôt nuit accord "
        "oui non heure multiplié divisé demain hier serons noël nouvel"
    ),
    repeat=("répète après moi :", "répète :", "répétez :"),
    earlier=("ai-je demandé", "j'ai demandé", "j’ai demandé", "ma dernière question", "ma question précédente"),
    shorter=("plus court", "plus bref", "plus brève", "en bref", "résume", "raccourci"),
    shortest="C’est déjà une seule phrase : {said}",
    nothing_said="Il n’y a pas encore de réponse que je pourrais raccourcir.",
    asked_before="Avant, vous avez demandé : « {question} »",
    asked_nothing="C’est votre première question dans cette conversation.",
    tool_said="L’outil a répondu : {result}",
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    day_is="Le {date} est un {weekday}.",
    today_is="Nous sommes le {weekday} {date}.",
    days_until="D’aujourd’hui au {date}, il y a {days} jours.",
)

KOREAN = Words(
    code="ko",
    unknown=(
        "“{question}”에는 답할 수 없습니다. 연결된 언어 모델이 없고, 찾아볼 문서도 없습니다.\n\n"
        "저는 이 채팅에 포함된 오프라인 배포입니다. 언어 모델이 아니라 규칙 모음입니다. "
        "무엇을 할 수 있는지 보려면 **도움말**이라고 물어보시거나, 관리자에게 배포 연결을 요청하세요."
    ),
    not_found="[doc0] 주어진 문서에서 이 질문의 답을 찾을 수 없습니다.",
    several="두 문서에서 찾았습니다:",
    sample="저는 스스로 만들지 못합니다. 이런 답변이 어떻게 보이는지 보여 주는 예시입니다:",
    words_only="저는 단어를 비교하므로, 다른 말이나 다른 언어로 쓰인 것은 찾지 못합니다.",
    found_in="찾은 문서의 언어: {languages}.",
    languages={"en": "영어", "fr": "프랑스어", "de": "독일어", "ko": "한국어", "ja": "일본어", "zh": "중국어"},
    no_queries="저는 규칙 모음이라 검색어를 만들 수 없습니다.",
    talk=(
        (
            ("잘 지내", "어떻게 지내"),
            "늘 똑같습니다, 고맙습니다. 저는 언어 모델이 아니라 규칙 모음입니다. **도움말**이라고 물어보세요.",
        ),
        (
            ("몇 시야", "몇 시예요", "몇 시인가요", "몇 시입니까", "몇 시죠"),
            "오늘이 며칠인지는 알지만, 계신 곳이 몇 시인지는 모릅니다.",
        ),
        (("잘 가", "안녕히", "잘 있어", "잘 자"), "안녕히 가세요!"),
        (
            ("안녕", "반가"),
            "안녕하세요! 저는 오프라인 배포입니다. 언어 모델이 아니라 규칙 모음입니다. **도움말**이라고 물어보세요.",
        ),
        (("감사", "고마", "고맙"), "천만에요."),
        (
            ("누구", "너는 누구", "당신은 누구"),
            "저는 이 채팅에 포함된 오프라인 배포입니다. 언어 모델이 아니라 규칙 모음이며, "
            "실제 배포가 연결될 때까지 화면이 어떻게 동작하는지 보여 줍니다.",
        ),
        (
            ("도움", "뭘 할 수", "무엇을 할 수", "뭐 할 수"),
            "저는 언어 모델이 아니라 규칙 모음입니다. 할 수 있는 일:\n\n"
            "- **계산**: `12 * (3 + 4)`\n"
            "- **날짜**: “오늘은 무슨 요일이야?”\n"
            "- **표**, **코드**, **긴 글**의 예시: 답변이 어떻게 보이는지\n"
            "- **따라 해:** 무엇이든\n\n"
            "그 밖의 질문은 관리자가 배포를 연결해야 합니다.",
        ),
    ),
    nods=("알겠습니다.", "네", "예", "아니요", "알겠"),
    idle=(
        "안녕 반갑 반가 좋은 아침 감사 고마 고맙 정말 너무 도움 도와 누구 너는 당신 계산 얼마 오늘 지금 며칠 몇 "
        "무슨 요일 날짜 남았 남은 까지 월 일 년 내가 제가 나는 저는 아까 방금 전에 이전 마지막 뭐 뭘 무엇 무얼 "
        "물었 물어 물은 질문 했 더 좀 조금 짧게 짧은 간단 간략 요약 답변 답을 답해 말해 말씀 써 주세 줘 해 할 수 "
        "있 시야 시예 시인 시입 시죠 잘 지내 어떻게 "
        "가요 안녕히 계세 자요 네 예 아니 알겠 좋아 내일 어제 곱하기 더하기 빼기 나누기 크리스마스 "
        "성탄절 새해"
    ),
    repeat=("따라 해:", "따라해:"),
    earlier=(
        "뭐라고 물",
        "뭐라고 질문",
        "뭘 물",
        "뭐 물",
        "무엇을 물",
        "무엇을 질문",
        "내가 뭐라고",
        "이전 질문",
        "마지막 질문",
    ),
    shorter=("짧게", "짧은", "간단히", "간단하게", "간략", "요약"),
    shortest="이미 한 문장입니다: {said}",
    nothing_said="아직 줄일 수 있는 답변이 없습니다.",
    asked_before="그 전에 이렇게 물으셨습니다: “{question}”",
    asked_nothing="이 대화의 첫 질문입니다.",
    tool_said="도구의 답: {result}",
    weekdays=("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
    day_is="{date}은 {weekday}입니다.",
    today_is="오늘은 {date} {weekday}입니다.",
    days_until="오늘부터 {date}까지 {days}일 남았습니다.",
)

LANGUAGES = (ENGLISH, FRENCH, KOREAN)
_HANGUL = re.compile(r"[가-힣]")
_ACCENTS = re.compile(r"[àâçèéêîôùûœ«»]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_TELLING = (
    "bonjour bonsoir salut coucou merci aide aujourd tableau combien ecris montre fais peux plait court bref repete "
    "raconte traduis quoi oui revoir"
)
_FRENCH = (SMALL["fr"] - SMALL["en"] - SMALL["de"]).union(_TELLING.split())
_ENGLISH = SMALL["en"] - SMALL["fr"]


def words_for(question: str) -> Words:
    """The sentences in the language of `question`: Hangul is Korean; French has more French words than English ones."""
    question = question[:2000]
    if len(_HANGUL.findall(question)) >= 2 or _HANGUL.fullmatch(question.strip(" .!?")):
        return KOREAN
    said = _WORD.findall(fold(question))
    french, english = (sum(each in some for each in said) for some in (_FRENCH, _ENGLISH))
    return FRENCH if french > english or (not english and _ACCENTS.search(question)) else ENGLISH
