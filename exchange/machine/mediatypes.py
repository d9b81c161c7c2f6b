"""Media types by file name: one table, the same on every machine, since what is signed must not hang on where.

The last ending decides: ``.tar.gz`` is a gzip file. What stands in no row is ``application/octet-stream``.
"""

from __future__ import annotations

UNKNOWN = "application/octet-stream"

_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "application/pdf": "pdf",
    "application/ofd": "ofd",  # GB/T 33190-2016
    "application/msword": "doc dot",
    "application/vnd.ms-excel": "xls xlt",
    "application/vnd.ms-powerpoint": "ppt pps",
    f"{_OFFICE}.wordprocessingml.document": "docx",
    f"{_OFFICE}.spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}.presentationml.presentation": "pptx",
    "application/vnd.ms-works": "wps",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/rtf": "rtf",
    "application/zip": "zip",
    "application/gzip": "gz tgz",
    "application/x-tar": "tar",
    "application/x-7z-compressed": "7z",
    "application/vnd.rar": "rar",
    "application/x-bzip2": "bz2",
    "application/x-xz": "xz",
    "application/zstd": "zst",
    "application/json": "json geojson",
    "application/xml": "xml xsd xsl",
    "application/toml": "toml",
    "application/yaml": "yaml yml",
    "application/cbor": "cbor",
    "application/cose": "cose",
    "application/pkix-cert": "cer crt",
    "application/vnd.google-earth.kml+xml": "kml",
    "application/vnd.google-earth.kmz": "kmz",
    "text/plain": "txt text log md",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/html": "html htm",
    "text/calendar": "ics",
    "message/rfc822": "eml",
    "image/jpeg": "jpg jpeg jpe",
    "image/png": "png",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tif tiff",
    "image/webp": "webp",
    "image/svg+xml": "svg",
    "image/heic": "heic",
    "image/vnd.dwg": "dwg",
    "image/vnd.dxf": "dxf",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "video/mp4": "mp4 m4v",
    "video/quicktime": "mov",
    "video/x-msvideo": "avi",
    "video/webm": "webm",
}
_BY_ENDING = {ending: media_type for media_type, endings in _TYPES.items() for ending in endings.split()}


def media_type_of(name: str) -> str:
    """Return the media type of a file with this name; `UNKNOWN` for one without a known ending."""
    stem, _, ending = name.rpartition(".")
    return _BY_ENDING.get(ending.strip().lower(), UNKNOWN) if stem else UNKNOWN
