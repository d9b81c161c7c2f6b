"""Who exists in a domain, with which certificates and keys: signed by the domain's authority."""

from exchange.directory.authority import Authority, load_authority_certificate, renewal_due
from exchange.directory.keyfiles import load_identity, save_identity
from exchange.directory.view import DirectoryView, load_directory, load_directory_file, read_directory_file

__all__ = [
    "Authority",
    "DirectoryView",
    "load_authority_certificate",
    "load_directory",
    "load_directory_file",
    "load_identity",
    "read_directory_file",
    "renewal_due",
    "save_identity",
]
