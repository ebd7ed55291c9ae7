"""What stands in a PDF that somebody brings, and would act when it is opened.

Names are looked for in the whole file, and in what its compressed streams become: since PDF 1.5
most objects stand in those. Streams are inflated piece by piece, of which one at a time is in
memory, up to a bound; nothing is drawn. What may hold objects and cannot be looked through is
refused. A link acts when somebody clicks it, and is taken.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

BEGINS: Final = b"%PDF-"
MOST_OF_STREAM: Final = 8 * 1024 * 1024  # bytes that one stream becomes, as far as it is looked at
MOST_TOGETHER: Final = 64 * 1024 * 1024  # and all of them
_TAIL: Final = 2048  # where its last line stands
_PIECE: Final = 256 * 1024
MOST_STREAMS: Final = 2000
_BEFORE: Final = 4096  # the dictionary of a stream stands before it
_REACH: Final = 4096  # how far a value may stand behind its name
_OVERLAP: Final = 2 * _REACH  # of the piece before: a name may lie across both
_MOST_NAMES: Final = 1000  # that may act; in what people scan there is none
_END: Final = rb"(?=[\0\t\n\f\r ()<>\[\]{}/%]|\Z)"
_GAP: Final = rb"(?>[\0\t\n\f\r ]+|%[^\r\n]*+[\r\n])*+"  # ISO 32000-1, 7.2.3 and 7.2.4
# What acts (ISO 32000-1, 7.11.4, 12.6.4 and 12.7.8).
_ACTS: Final = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|GoTo[RE]|SubmitForm|ImportData|Rendition)"
    + _END
)
# Short names, and these (12.6.3), count only where a value follows: by chance they stand in the
# bytes of pictures. An open action that is an array is a place in this document.
_MAY_ACT: Final = re.compile(rb"/(?:AA|OpenAction|XFA)" + _END)
_VALUE: Final = re.compile(_GAP + rb"(<<|[0-9]{1,10}" + _GAP + rb"[0-9]{1,10}" + _GAP + rb"R)?")
_ARRAY_OF_XFA: Final = re.compile(rb"/XFA" + rb"[\0\t\n\f\r ]*+\[")
_HEX_IN_NAME: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM: Final = re.compile(rb"(?<!end)stream[ \t]{0,8}(?:\r\n|\n|\r)")
_OBJECT: Final = re.compile(rb"[0-9][\0\t\n\f\r ]{1,8}obj")
_HOLDS_OBJECTS: Final = re.compile(rb"/(?:ObjStm|First)" + _END)
_FILTERED: Final = re.compile(rb"/(?:Filter|F|DecodeParms|DP)" + _END)
_FLATE: Final = re.compile(
    rb"/Filter"
    + _GAP
    + rb"(?:/FlateDecode"
    + _END
    + rb"|\["
    + _GAP
    + rb"/FlateDecode"
    + _GAP
    + rb"\])"
)
_SCRAMBLED: Final = re.compile(rb"/(?:DecodeParms|DP)" + _END)


def lack(content: bytes) -> str | None:
    """Why this PDF is not taken: ``damaged``, ``protected`` (a password), ``active``, or ``hidden``
    (it cannot be looked through); else None.
    """
    if b"%%EOF" not in content[-_TAIL:]:
        return "damaged"
    plain = _readable(content)
    if b"/Encrypt" in plain:
        return "protected"
    if _acts(plain):
        return "active"
    return _lack_in_streams(content)


def _readable(content: bytes) -> bytes:
    """With names as they are meant: ``/J#61vaScript`` is one."""
    return _HEX_IN_NAME.sub(lambda found: bytes([int(found[1], 16)]), content)


def _acts(text: bytes) -> bool:
    """Does a name stand in it that acts?"""
    if _ACTS.search(text) or _ARRAY_OF_XFA.search(text):
        return True
    for number, found in enumerate(_MAY_ACT.finditer(text)):
        at = found.end()
        value = _VALUE.match(text, at, at + _REACH)
        is_far = value is not None and value.end() == at + _REACH
        if number == _MOST_NAMES or is_far or (value is not None and value[1] is not None):
            return True
    return False


def _lack_in_streams(content: bytes) -> str | None:
    left = MOST_TOGETHER
    for number, found in enumerate(_STREAM.finditer(content)):
        if number == MOST_STREAMS:
            return "hidden"
        before = content[max(0, found.start() - _BEFORE) : found.start()]
        about = _readable(_dictionary(before))
        holds_objects = bool(_HOLDS_OBJECTS.search(about))
        if holds_objects and not _FILTERED.search(about):
            continue  # it stands there as it is, and was looked at
        inflated = _Inflated(content, found.end(), min(left, MOST_OF_STREAM))
        if inflated.acts():
            return "active"
        left -= inflated.size
        is_plain_flate = bool(_FLATE.search(about)) and not _SCRAMBLED.search(about)
        if holds_objects and not (is_plain_flate and inflated.is_whole):
            return "hidden"
    return None


def _dictionary(before: bytes) -> bytes:
    """That of the stream, without what stands before its object."""
    begins = [found.end() for found in _OBJECT.finditer(before)]
    return before[begins[-1] :] if begins else before


class _Inflated:
    """What the bytes from ``at`` become, where they are compressed (RFC 1950), up to ``most``.
    ``is_whole``: all of it was looked at; ``size``: bytes that came out.
    """

    def __init__(self, content: bytes, at: int, most: int) -> None:
        self._content = content
        self._at = at
        self._most = most
        self.size = 0
        self.is_whole = False

    def acts(self) -> bool:
        """Does something in it act?"""
        inflate, fed, before = zlib.decompressobj(), memoryview(self._content)[self._at :], b""
        waiting: bytes | memoryview = fed[:_PIECE]
        fed = fed[_PIECE:]
        while self.size < self._most:
            try:
                piece = inflate.decompress(waiting, _PIECE)
            except zlib.error:
                return False
            self.size += len(piece)
            if _acts(_readable(before + piece)):
                return True
            if inflate.eof:
                self.is_whole = True
                return False
            before = (before + piece)[-_OVERLAP:]
            waiting = inflate.unconsumed_tail
            if not waiting:
                if not fed:
                    return False
                waiting, fed = fed[:_PIECE], fed[_PIECE:]
        return False
