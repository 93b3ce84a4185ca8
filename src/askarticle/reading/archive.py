"""Zipped documents: their parts, unpacked to a limit, and XML that expands and fetches nothing."""

import io
import zipfile
import zlib
from typing import Any

from askarticle.errors import ReadError

MAX_UNPACKED = 60_000_000
"""Bytes of all parts read from one archive: a book of a million words has 10 MB."""


class Archive:
    """The parts of a zipped document, by name."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise ReadError(f"it is a damaged zip archive: {error}") from None
        self._left = MAX_UNPACKED

    def read(self, name: str) -> bytes:
        """The bytes of a part; b"" if there is none. Raises ReadError when they are too many."""
        try:
            part = self._zip.getinfo(name)
        except KeyError:
            return b""
        if part.flag_bits & 1:
            raise ReadError("it is protected by a password: save a copy without it")
        # The other methods have decoders that can't be told to stop.
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ReadError(f"its part {name[:100]} is packed in an unusual way: save it again")
        try:
            with self._zip.open(part) as file:
                content = file.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
            raise ReadError(f"its part {name[:100]} is damaged: {error}") from None
        self._left -= len(content)
        if self._left < 0:
            raise ReadError(f"it unpacks to more than {MAX_UNPACKED / 1e6:.0f} MB")
        return content

    def xml(self, name: str) -> Any:
        """The root of an XML part; None if there is none, or it is empty.

        Office documents and books have no document type: one that declares it is refused, so there
        are no entities to expand.
        """
        from lxml import etree

        content = self.read(name)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(content, parser) if content else None
        except etree.XMLSyntaxError as error:
            raise ReadError(f"its part {name[:100]} is damaged: {error.msg}") from None
        if root is not None and root.getroottree().docinfo.doctype:
            raise ReadError(f"its part {name[:100]} declares entities, which no such document does")
        return root
