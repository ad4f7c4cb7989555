"""What a spreadsheet file is made of, looked at before it is opened.

An XLSX file is a zip archive of XML. The sizes in its directory are checked first, so that a small file
which unpacks to gigabytes is refused without unpacking it, as is XML that declares entities.
"""

import zipfile
from pathlib import Path

from importers.issues import FileRefused
from importers.readers.rows import MIB, Limits

OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP_HEADER = b"PK\x03\x04"
_SAVE = "save it as an Excel workbook (.xlsx) without a password and without macros"
_RATIO_FROM = 8 * MIB
_MAX_MEMBERS = 2_000


def check_workbook(path: Path, limits: Limits) -> None:
    """Refuse what is not a plain workbook of reasonable size."""
    with path.open("rb") as stream:
        start = stream.read(8)
    if start.startswith(OLE_HEADER):
        raise FileRefused(path, "the file is an encrypted or an old (.xls) Excel file", mend=_SAVE)
    if not start.startswith(ZIP_HEADER):
        raise FileRefused(path, "the file is not an Excel workbook (.xlsx)", mend=_SAVE)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive, limits)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise FileRefused(
            path, f"the workbook is damaged or cut off ({error})", mend="transfer or save it again"
        ) from error


def _check_members(path: Path, archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise FileRefused(path, "the archive is not an Excel workbook", mend=_SAVE)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused(path, "the workbook holds macros (.xlsm)", mend=_SAVE)
    if len(members) > _MAX_MEMBERS:
        raise FileRefused(
            path, f"the workbook has {len(members)} parts, more than {_MAX_MEMBERS}", mend=_SAVE
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked:
        raise FileRefused(
            path,
            f"the workbook unpacks to {unpacked // MIB} MiB, more than {limits.unpacked // MIB} MiB",
            mend="split it, or send it as CSV or LDIF",
        )
    for member in members:
        _check_member(path, archive, member, limits)


def _check_member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> None:
    if member.flag_bits & 1:
        raise FileRefused(path, "the workbook is encrypted", mend=_SAVE)
    ratio = member.file_size / max(member.compress_size, 1)
    if member.file_size > _RATIO_FROM and ratio > limits.unpacked_ratio:
        raise FileRefused(
            path,
            f"its part {member.filename} unpacks to {ratio:.0f} times its size",
            mend="send the data as CSV or LDIF if the file is genuine",
        )
    if member.filename.lower().endswith("sharedstrings.xml") and member.file_size > limits.shared_strings:
        raise FileRefused(
            path,
            f"its texts take {member.file_size // MIB} MiB, more than {limits.shared_strings // MIB} MiB",
            mend="send the data as CSV or LDIF",
        )
    if member.filename.lower().endswith((".xml", ".rels")):
        with archive.open(member) as part:
            start = part.read(4096)
        if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
            raise FileRefused(path, f"its part {member.filename} declares XML entities", mend=_SAVE)
