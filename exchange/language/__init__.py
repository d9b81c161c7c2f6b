"""What people read, in one language at a time: English in the source, Chinese in a catalogue beside it.

`tr` gives a text in the language that is spoken now, `Text` keeps one until its reader is known (errors do), `choose`
takes one of two names. Logs, JSON, codes and the journal stay English. docs/language.md tells how to write a text.
"""

from exchange.language.catalogue import translated
from exchange.language.choice import Language, Words, choose, language, language_of_environment, speak, speaking
from exchange.language.faults import Foreign, Unfit, fault_text
from exchange.language.names import name_of
from exchange.language.recorded import Recorded, read_back
from exchange.language.text import Joined, Listed, NamedText, Text, joined, listed, noted, plural, tr

__all__ = [
    "Foreign",
    "Joined",
    "Language",
    "Listed",
    "NamedText",
    "Recorded",
    "Text",
    "Unfit",
    "Words",
    "choose",
    "fault_text",
    "joined",
    "language",
    "language_of_environment",
    "listed",
    "name_of",
    "noted",
    "plural",
    "read_back",
    "speak",
    "speaking",
    "tr",
    "translated",
]
