"""Zip files of strangers."""

import io
import struct
import warnings
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.errors import ModelRefusedError
from gymlab.runner_api.archives import ArchiveRules, member_names, read_archive

ANY = ArchiveRules(lambda _: True)


def zipped(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip file; names may stand twice."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return stream.getvalue()


def test_members_come_by_name() -> None:
    """Stored and deflated alike."""
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        content = zipped([("a", b"1"), ("b", b"2" * 1000)], method)
        assert read_archive(content, ANY) == {"a": b"1", "b": b"2" * 1000}
    assert member_names(zipped([("a", b"1")])) == {"a"}
    assert member_names(b"no zip") == frozenset()


@pytest.mark.parametrize(
    ("content", "rules", "word"),
    [
        (zipped([("a", b"1"), ("a", b"2")]), ANY, "twice"),
        (zipped([("a", b"1")] * 3), ArchiveRules(lambda _: True, max_members=2), "3 files"),
        (zipped([("../a", b"1")]), ArchiveRules(str.isalpha), "belong"),
        (zipped([("a", b"1" * 99)]), ArchiveRules(lambda _: True, max_bytes=98), "MB"),
        (zipped([("a", b"1")], zipfile.ZIP_BZIP2), ANY, "compressed"),
        (zipped([("a", b"1")], zipfile.ZIP_LZMA), ANY, "compressed"),
        (
            zipped([("a", b"1")], zipfile.ZIP_DEFLATED),
            ArchiveRules(lambda _: True, may_be_compressed=False),
            "compressed",
        ),
        (zipped([("a", b"\0" * 200 * 2**20)], zipfile.ZIP_DEFLATED), ANY, "shrink"),
    ],
)
def test_what_the_rules_forbid_is_refused(content: bytes, rules: ArchiveRules, word: str) -> None:
    """By the directory, before anything is unpacked."""
    with pytest.raises(ModelRefusedError, match=word):
        read_archive(content, rules)


def test_an_encrypted_member_is_refused() -> None:
    """Nobody could look into it."""
    content = bytearray(zipped([("a", b"1")]))
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, directory + 8, 1)
    with pytest.raises(ModelRefusedError, match="encrypted"):
        read_archive(bytes(content), ANY)


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    """However small the directory says it is."""
    content = bytearray(zipped([("a", b"1" * 5000)], zipfile.ZIP_DEFLATED))
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 10)
    with pytest.raises(ModelRefusedError):
        read_archive(bytes(content), ANY)


@given(st.binary(max_size=400))
def test_garbage_is_refused(content: bytes) -> None:
    """With the one error, whatever the bytes."""
    with pytest.raises(ModelRefusedError):
        read_archive(content, ANY)
    with pytest.raises(ModelRefusedError):
        read_archive(zipped([("a", b"1")])[:20] + content, ANY)
