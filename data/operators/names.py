"""Names and passwords as people type them, made comparable (RFC 8264 and 8265, Unicode UTS #39).

A name is compared by its :func:`key`: profile UsernameCaseMapped of RFC 8265, without what cannot be seen.
A new name must also be one that nobody takes for another (:func:`flaw`, :func:`skeleton`). A password is
kept as :func:`opaque` (profile OpaqueString).
"""

import re
import unicodedata

LONGEST_NAME = 64
RESERVED = ":"  # `screen:` and `os:` name what is no person in the audit trail

# What is drawn as nothing: Unicode Default_Ignorable_Code_Point beyond category Cf (DerivedCoreProperties).
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_WIDTHS = ("<wide>", "<narrow>")
_WRITING = {"LATIN": "east", "HANGUL": "east", "CJK": "east"}  # Korean writes these three together

# Lower-case letters that look like Latin ones: an extract of Unicode UTS #39 confusables.txt (15.1), of the
# scripts and letters that RFC 8264 lets into a name. Each word is a letter and the one it is taken for.
_LOOKS_LIKE = (
    "аa вb гr ԁd еe һh іi јj кk ӏl мm пn оo рp ѕs тt ԛq уy ԝw хx ьb ѵv "  # Cyrillic
    "αa γy ιi κk νv οo ρp σo τt υu χx "  # Greek
    "հh ոn սu օo զq ցg "  # Armenian
    "ɑa ɡg ıi ɩi ɪi ʟl ʋu"  # Latin
)
_LETTERS = str.maketrans({pair[0]: pair[1] for pair in _LOOKS_LIKE.split()})
_PAIRS = (("rn", "m"), ("0", "o"), ("1", "l"), ("|", "l"))


def key(name: str) -> str:
    """Return what two ways of typing one name have in common, whatever width, case, composition, spaces."""
    seen = "".join(sign for sign in name if not _unseen(sign))
    usual = "".join(unicodedata.normalize("NFKC", sign) if _is_wide(sign) else sign for sign in seen)
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", usual).lower()).split())


def flaw(name: str) -> str:
    """Return why a new name cannot be one, empty when it can."""
    if not key(name):
        return "a name is needed"
    if len(key(name)) > LONGEST_NAME:
        return f"longer than {LONGEST_NAME} letters"
    if any(_unseen(sign) for sign in name):
        return "has a letter that cannot be seen"
    wrong = [sign for sign in key(name) if not _is_name_letter(sign)]
    if wrong:
        return f"has {', '.join(f'U+{ord(sign):04X}' for sign in wrong)}, which is no letter of a name"
    if unicodedata.combining(key(name)[0]):
        return "begins with a mark that belongs to a letter before it"
    if len({_writing(sign) for sign in key(name)} - {""}) > 1:
        return "mixes letters of several scripts"
    return ""


def skeleton(name: str) -> str:
    """Return what a name looks like: names with the same skeleton are taken for one another."""
    looks = unicodedata.normalize("NFD", key(name)).translate(_LETTERS)
    for drawn, read in _PAIRS:
        looks = looks.replace(drawn, read)
    return unicodedata.normalize("NFC", looks)


def opaque(password: str) -> str:
    """Return a password as it is kept: composed (NFC), every kind of space as U+0020; case and width stay."""
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in password)
    return unicodedata.normalize("NFC", spaced)


def typed_ways(password: str) -> list[str]:
    """Return a password as it is kept and as accounts made before may have kept it, each once."""
    ways = (opaque(password), password, *(unicodedata.normalize(form, password) for form in ("NFC", "NFD")))
    return list(dict.fromkeys(ways))


def _unseen(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf") or _UNSEEN.match(sign) is not None


def _is_wide(sign: str) -> bool:
    return unicodedata.decomposition(sign).startswith(_WIDTHS) or sign == "\u3000"


def _is_name_letter(sign: str) -> bool:
    """Tell whether a letter is of the IdentifierClass (RFC 8264, 4.2), or a space between two parts."""
    if sign.isascii():
        return sign.isprintable() and sign != RESERVED
    if unicodedata.normalize("NFKC", sign) != sign:  # HasCompat, 9.17
        return False
    if "\u1100" <= sign <= "\u11ff" or "\ua960" <= sign <= "\ua97f" or "\ud7b0" <= sign <= "\ud7ff":
        return False  # OldHangulJamo, 9.9
    return unicodedata.category(sign) in ("Ll", "Lo", "Lm", "Mn", "Mc", "Nd")


def _writing(sign: str) -> str:
    """Return the script of a letter, one word for those that Korean mixes; empty for digits, signs, marks."""
    if not unicodedata.category(sign).startswith("L"):
        return ""
    word = unicodedata.name(sign, "").split(" ")[0]
    return _WRITING.get(word, word)
