"""A file of records, cut into blocks of whole records."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.sandbox.redshift.copy_options import CopyOptions

# What a socket takes at once: while a block is read here, PostgreSQL works on the one before.
_BLOCK_BYTES = 1 << 17
# A row has at most 4 MB: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html
_MAX_ROW_BYTES = 4 << 20
_MARKS = {"utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)}


class Block(NamedTuple):
    """Some records; `first_line` is the number in the file of the first one's line."""

    data: bytes
    first_line: int


def read_blocks(chunks: Iterator[bytes], options: CopyOptions) -> Iterator[Block]:
    """Cut the data of a file, without its header, where records end.

    Raises:
        RefusedError: a row is too long, or the file is not encoded as ENCODING says.
    """
    if options.encoding != "utf-8":
        chunks = _in_utf8(chunks, options.encoding)
    find_end = _csv_end(options) if options.file_format == "CSV" else _delimited_end(options)
    buffer = bytearray()
    header, line = options.ignore_header, 1
    for chunk in chunks:
        buffer += chunk
        while header and (end := buffer.find(b"\n")) >= 0:
            del buffer[: end + 1]
            header, line = header - 1, line + 1
        while not header and len(buffer) >= _BLOCK_BYTES:
            end = find_end(buffer, _BLOCK_BYTES) or find_end(buffer, len(buffer))
            if not end:
                if len(buffer) > _MAX_ROW_BYTES:
                    raise RefusedError(f"A row is longer than 4 MB, from line {line} on")
                break
            block = Block(bytes(buffer[:end]), line)
            del buffer[:end]
            line += block.data.count(b"\n")
            yield block
    if buffer and not header:
        yield Block(bytes(buffer), line)


def _csv_end(options: CopyOptions) -> Callable[[bytearray, int], int]:
    quote = options.quote.encode()

    def find(buffer: bytearray, limit: int) -> int:
        end = buffer.rfind(b"\n", 0, limit) + 1
        quotes = buffer.count(quote, 0, end)
        # Within quotes an end of line ends no record.
        while end and quotes % 2:
            earlier = buffer.rfind(b"\n", 0, end - 1) + 1
            quotes -= buffer.count(quote, earlier, end)
            end = earlier
        return end

    return find


def _delimited_end(options: CopyOptions) -> Callable[[bytearray, int], int]:
    def find(buffer: bytearray, limit: int) -> int:
        end = buffer.rfind(b"\n", 0, limit) + 1
        while end and options.escape:
            start = end - 1
            while start and buffer[start - 1] == ord("\\"):
                start -= 1
            if (end - 1 - start) % 2 == 0:
                break
            end = buffer.rfind(b"\n", 0, end - 1) + 1
        return end

    return find


def _in_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    first = True
    try:
        for chunk in chunks:
            if first and len(chunk) > 1:
                if chunk[:2] not in _MARKS.get(encoding, (chunk[:2],)):
                    raise RefusedError("ENCODING UTF16 needs a byte order mark: use UTF16LE or BE")
                first = False
                yield decoder.decode(chunk).removeprefix("\ufeff").encode()
            else:
                yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise RefusedError(f"The file is not encoded as ENCODING says: {error}") from error
