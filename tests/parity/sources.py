"""The pinned packages and the texts that the parity corpus is made of, in a fixed order."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench" / "refine" / "damage"))

import corpora  # noqa: E402
import packages  # noqa: E402

packages.PACKAGES.update(
    {
        "fortunes-en": (
            "apt",
            "fortunes",
            "1:1.99.1-7.3",
            "fortunes_1%3a1.99.1-7.3_all.deb",
            "41d0551dc0ff52f875a2ecef7c39da2f672ab468c37e170119f7e0245a9d63c5",
        ),
        "developers": (
            "apt",
            "developers-reference",
            "12.18",
            "developers-reference_12.18_all.deb",
            "0dba82f6fa16e373f2a84ad07e7971aa9264ad2e7d2ae46b37edbc9c5fd57e2e",
        ),
    }
)


def help_pages(key):
    names = sorted(n for n, _ in packages.unpack(key, corpora.html_of("/text/")))
    chosen = set(names[::5])
    return corpora.pages(key, lambda n: n in chosen)


def laws():
    return (text for text in corpora.laws() if text.strip())


def english_fortunes():
    def wanted(name):
        return re.search(r"/fortunes/[a-z-]+$", name)

    for _, data in packages.unpack("fortunes-en", wanted):
        text = data.decode("utf-8", "replace").replace("\ufffd", "")
        yield from (part.strip("\n") for part in text.split("\n%\n") if part.strip())


def sources_of_pages():
    """The handbook's reStructuredText, cut at blank lines: prose, lists and code."""
    for _, data in packages.unpack("developers", lambda n: n.endswith(".rst.txt")):
        yield from data.decode("utf-8").split("\n\n")


def english_pages():
    return corpora.pages("gnome", lambda n: "/C/" in n and n.endswith(".page"))


def chinese_pages():
    return corpora.pages("gnome", lambda n: "/zh_CN/" in n and n.endswith(".page"))


def traditional_pages():
    return corpora.pages("reference-tw", corpora.ending(".html"))


def human_rights(language):
    return corpora.rights(language)


# name: (language, characters of a document at least and at most, paragraphs)
TEXTS = {
    "law": ("zh", 20, 700, laws),
    "help-cn": ("zh", 30, 500, lambda: help_pages("libreoffice-cn")),
    "help-tw": ("zh", 30, 500, lambda: help_pages("libreoffice-tw")),
    "reference-tw": ("zh", 50, 900, traditional_pages),
    "gnome-cn": ("zh", 100, 1500, chinese_pages),
    "fortunes-zh": ("zh", 1, 900, lambda: corpora.fortunes("chinese")),
    "sanguo": ("zh", 100, 2500, corpora.sanguo),
    "code-zh": ("zh", 200, 2000, corpora.code),
    "rights-hans": ("zh", 20, 600, lambda: human_rights("cmn_hans")),
    "rights-hant": ("zh", 20, 600, lambda: human_rights("cmn_hant")),
    "rights-ja": ("zh", 20, 600, lambda: human_rights("jpn")),
    "fortunes-en": ("en", 1, 900, english_fortunes),
    "gnome-en": ("en", 60, 1500, english_pages),
    "developers": ("en", 100, 2000, sources_of_pages),
    "rights-en": ("en", 20, 600, lambda: human_rights("eng")),
    "rights-fr": ("en", 20, 600, lambda: human_rights("fra")),
    "rights-vi": ("en", 20, 600, lambda: human_rights("vie")),
    "rights-ru": ("en", 20, 600, lambda: human_rights("rus")),
    "rights-ar": ("en", 20, 600, lambda: human_rights("arb")),
    "rights-ko": ("en", 20, 600, lambda: human_rights("kor")),
}
