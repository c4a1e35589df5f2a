"""Compressed objects: read and written stream by stream."""

from __future__ import annotations

import bz2
import zlib
from typing import TYPE_CHECKING, Protocol

import zstandard

from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.sandbox.redshift.s3_url import S3Url

EXTENSIONS = {None: "", "GZIP": ".gz", "ZSTD": ".zst", "BZIP2": ".bz2"}


class Compressor(Protocol):
    """What turns data into a compressed stream."""

    def compress(self, data: bytes, /) -> bytes:
        """The stream so far, as much of it as is ready."""
        ...

    def flush(self) -> bytes:
        """The rest of the stream."""
        ...


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


class _Stored:
    def compress(self, data: bytes, /) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""


_COMPRESSORS: dict[str | None, Callable[[], Compressor]] = {
    None: _Stored,
    "GZIP": lambda: zlib.compressobj(6, wbits=31),
    "ZSTD": lambda: zstandard.ZstdCompressor().compressobj(),
    "BZIP2": bz2.BZ2Compressor,
}
_DECOMPRESSORS: dict[str, Callable[[], _Decompressor]] = {
    "GZIP": lambda: zlib.decompressobj(wbits=31),
    "ZSTD": lambda: zstandard.ZstdDecompressor().decompressobj(),
    "BZIP2": bz2.BZ2Decompressor,
}


def compressor(compression: str | None) -> Compressor:
    """What writes a stream; None leaves data as it is."""
    return _COMPRESSORS[compression]()


def decompressed(chunks: Iterator[bytes], compression: str, url: S3Url) -> Iterator[bytes]:
    """The data of a compressed object.

    Raises:
        RefusedError: it is not compressed so, or ends within a stream.
    """
    current: _Decompressor | None = None
    try:
        for chunk in chunks:
            rest = chunk
            # Files may be joined: several streams follow one another in one object.
            while rest:
                if current is None:
                    current = _DECOMPRESSORS[compression]()
                yield current.decompress(rest)
                rest = current.unused_data if current.eof else b""
                if current.eof:
                    current = None
    except (zlib.error, zstandard.ZstdError, OSError) as error:
        raise RefusedError(f"The file '{url}' is not {compression}: {error}") from error
    if current is not None:
        raise RefusedError(f"The file '{url}' ends within its {compression} stream")
