"""Words that make numbers and dates, folded: English, French, German, Korean."""


def _by_word(table: dict[int, str]) -> dict[str, int]:
    return {word: value for value, words in table.items() for word in words.split()}


NUMERALS = _by_word(
    {
        0: "zero null",
        1: "one un une ein eine einen einem einer",
        2: "two deux zwei",
        3: "three trois drei",
        4: "four quatre vier",
        5: "five cinq funf",
        6: "six sechs",
        7: "seven sept sieben",
        8: "eight huit acht",
        9: "nine neuf neun",
        10: "ten dix zehn",
        11: "eleven onze elf",
        12: "twelve douze zwolf",
        13: "thirteen treize dreizehn",
        14: "fourteen quatorze vierzehn",
        15: "fifteen quinze funfzehn",
        16: "sixteen seize sechzehn",
        17: "seventeen siebzehn",
        18: "eighteen achtzehn",
        19: "nineteen neunzehn",
        20: "twenty vingt zwanzig",
        30: "thirty trente dreissig",
        40: "forty quarante vierzig",
        50: "fifty cinquante funfzig",
        60: "sixty soixante sechzig",
        70: "seventy siebzig",
        80: "eighty achtzig",
        90: "ninety neunzig",
        100: "hundred cent hundert",
    }
)
ARTICLES = frozenset(["one", "un", "une", "ein", "eine", "einen", "einem", "einer"])  # no number unless a unit follows
SCALES = _by_word(
    {
        100: "hundred cent hundert",
        10**3: "thousand mille tausend 천",
        10**4: "만",
        10**6: "million millions millionen",
        10**8: "억",
        10**9: "billion billions bn milliard milliards milliarde milliarden",
    }
)
MONTHS = _by_word(
    {
        1: "january jan janvier januar",
        2: "february feb fevrier februar",
        3: "march mar mars marz",
        4: "april apr avril",
        5: "may mai",
        6: "june jun juin juni",
        7: "july jul juillet juli",
        8: "august aug aout",
        9: "september sep sept septembre",
        10: "october oct octobre oktober",
        11: "november nov novembre",
        12: "december dec decembre dezember",
    }
)
_TIMES = {
    ("day", 1): "day days jour jours tag tage tagen 일",
    ("day", 7): "week weeks semaine semaines woche wochen 주",
    ("month", 1): "month months mois monat monate monaten 개월",
    ("month", 12): "year years an ans annee annees jahr jahre jahren 년",
    ("minute", 1): "minute minutes minuten 분",
    ("minute", 60): "hour hours heure heures stunde stunden 시간",
}
UNITS = {word: unit for unit, words in _TIMES.items() for word in words.split()}  # base, and how many of it one is
HALVES = {"½": ".5", "¼": ".25", "¾": ".75"}
