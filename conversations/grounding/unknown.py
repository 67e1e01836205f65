"""Does a sentence say that the documents do not hold the answer?

The prompt asks a model to begin such an answer with `[doc0]`, which is the same in every language and never comes out.
This is for models that say it in words of their own: a sentence about documents, or about the speaker, that denies.
"""

import re

from conversations.texts.sentences import sentences

_DOCUMENTS = r"(?:documents?|sources?|passages?|excerpts?|contexts?|texts?|materials?|information|data|search results?)"
_SAY = r"(?:contain|mention|say|hold|state|specify|provide|include|cover|address|answer|tell|give|discuss|indicate)"
_SORRY = r"^\W*(?:sorry,? |unfortunately,? |however,? |i[’']?m sorry,? (?:but )?)*"
_CANNOT = r"(?:do not|don[’']t|cannot|can[’']t|could not|couldn[’']t|am unable to|was unable to|am not able to)"
_ENGLISH = [
    rf"{_SORRY}(?:the |these |your |this )?(?:\w+ )?{_DOCUMENTS}(?: \w+){{0,4}}? "
    rf"(?:do|does|did)(?: not|n[’']t) (?:\w+ )?{_SAY}",
    rf"\bnone of the (?:\w+ )?{_DOCUMENTS}",
    rf"\b(?:not|n[’']t|nothing) (?:\w+ ){{0,4}}?(?:in|from|by) (?:the|these|your|any of the) (?:\w+ )?{_DOCUMENTS}",
    rf"\bno (?:\w+ )?(?:information|mention|answer|details?|reference)\b.*\b{_DOCUMENTS}",
    rf"{_SORRY}i {_CANNOT} (?:\w+ )?(?:know|find|answer|determine|have (?:any |enough )?information)",
    r"requested information is not available",
]
_FRENCH = [
    r"\b(?:documents?|sources?|extraits?|textes?|passages?|informations?|contexte)\b.{0,40}?\bn(?:e |[’'])\s?(?:\w+ )?"
    r"(?:contien|mentionn|di[ts]|précis|indiqu|fourni|répond|parl|permett|donn|traite|couvr|comport)\w*"
    r".{0,12}\b(?:pas|rien|aucun)",
    r"\baucun(?:e)? (?:des |de ces )?(?:documents?|sources?|extraits?|informations?|réponse|mention)\b",
    r"\bje (?:ne (?:sais|trouve|peux|dispose)|n[’']ai)\b.{0,20}\b(?:pas|aucun|rien)",
    r"\b(?:pas|rien|aucun\w*)\b.{0,60}\bdans les (?:documents?|sources?|extraits?)",
]
_GERMAN = [
    r"\b(?:dokumente?n?|quellen?|unterlagen|texte?n?|auszügen?|informationen)\b.{0,60}\b(?:nicht|nichts|keine?n?r?)\b",
    r"\bkeine?s? (?:der )?(?:dokumente?n?|quellen?|unterlagen|informationen|angaben|antwort)\b",
    r"\bich (?:weiß|kann|habe|finde)\b.{0,60}\b(?:nicht|nichts|keine?n?)\b",
]
_KOREAN = [
    r"(?:문서|자료|출처|정보|본문).{0,50}(?:없|않|못|찾을 수|확인할 수 없)",
    r"(?:답을?|답변을?|정보를?).{0,20}(?:찾을 수 없|찾지 못|알 수 없|없습니다)",
]
_REFUSES = re.compile("|".join([*_ENGLISH, *_FRENCH, *_GERMAN, *_KOREAN]), re.IGNORECASE)


def refuses(said: str) -> bool:
    """Of the last sentence of `said`, which may not be finished."""
    if not said.strip():
        return False
    last = sentences(said)[-1].text
    return _REFUSES.search(last) is not None
