"""Which language a text is likely in: by its script, and by a few common words of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SCRIPTS = (
    ("Japanese", re.compile("[\u3040-\u30ff]")),
    ("Korean", re.compile("[\uac00-\ud7af]")),
    ("Chinese", re.compile("[\u4e00-\u9fff]")),
    ("Thai", re.compile("[\u0e00-\u0e7f]")),
    ("Arabic script", re.compile("[\u0600-\u06ff]")),
    ("Hebrew", re.compile("[\u0590-\u05ff]")),
    ("Hindi or another Indian language", re.compile("[\u0900-\u0dff]")),
    ("Greek", re.compile("[\u0370-\u03ff]")),
    ("Cyrillic script", re.compile("[\u0400-\u04ff]")),
)
_WORDS = {
    "English": "the and is of to that it for was with you this are have not from they what",
    "German": "der die das und ist nicht ich wir mit auf ein eine für sie zu auch wird haben bitte",
    "French": "le les et est dans pour pas vous je nous une sur avec qui ce cette au mon bonjour",
    "Spanish": "el los y es por las con para una lo como pero mi su está esto hola muy cuando",
    "Italian": "il di che è non per sono della gli mi ho con questo anche più nel ciao alla",
    "Portuguese": "o os não que um uma para com eu você é em do da mas isso meu obrigado está",
    "Dutch": "het een van ik niet dat en op te voor zijn met wij naar maar ook deze heb",
    "Polish": "nie się jest na że do w z to jak mam czy dla proszę przez tylko jestem",
    "Swedish": "och att det är jag inte en som för på med har av till kan vi den om",
    "Turkish": "ve bir bu için ile çok da değil ben var mi ne gibi daha olarak ama",
}
_OF: dict[str, list[str]] = {}
for _language, _list in _WORDS.items():
    for _word in _list.split():
        _OF.setdefault(_word, []).append(_language)
_KNOWN = frozenset(_OF)
_ENOUGH, _MOST_READ = 2, 100
_A_FIFTH = 5


def likely(text: str, words: Sequence[str]) -> str:
    """The likely language, or nothing where too little speaks for one: a heuristic."""
    if not text.isascii():
        start = text[:1000]
        letters = sum(map(str.isalpha, start))
        for name, letter in _SCRIPTS:
            if len(letter.findall(start)) * _A_FIFTH > letters:
                return name
    points: dict[str, int] = {}
    for word in _KNOWN.intersection(words[:_MOST_READ]):
        for language in _OF[word]:
            points[language] = points.get(language, 0) + 1
    if not points:
        return ""
    best = max(points, key=lambda language: (points[language], language))
    return best if points[best] >= _ENOUGH else ""
