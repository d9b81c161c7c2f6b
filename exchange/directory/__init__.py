"""Who exists in a domain, with which certificates and keys: signed by the domain's authority."""

from exchange.directory.authority import Authority, Ties, load_authority_certificate, renewal_due
from exchange.directory.branches import Branch, BranchState, Refusal, Tree
from exchange.directory.keyfiles import load_identity, save_identity
from exchange.directory.lookup import Lookup
from exchange.directory.tree import grow
from exchange.directory.treeview import KnownDomain, TreeView
from exchange.directory.view import (
    DirectoryView,
    expect_issued,
    load_directory,
    load_directory_file,
    read_directory_file,
)

__all__ = [
    "Authority",
    "Branch",
    "BranchState",
    "DirectoryView",
    "KnownDomain",
    "Lookup",
    "Refusal",
    "Ties",
    "Tree",
    "TreeView",
    "expect_issued",
    "grow",
    "load_authority_certificate",
    "load_directory",
    "load_directory_file",
    "load_identity",
    "read_directory_file",
    "renewal_due",
    "save_identity",
]
