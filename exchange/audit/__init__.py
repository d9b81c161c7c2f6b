"""What can be proved later: Merkle trees over receipts, and single receipts whose proof stands alone."""

from exchange.audit.merkle import inclusion_path, root_from_path, tree_root
from exchange.audit.receipts import ReceiptTree, prove_receipt, receipt_within, verify_receipt

__all__ = [
    "ReceiptTree", "inclusion_path", "prove_receipt", "receipt_within", "root_from_path", "tree_root", "verify_receipt",
]  # fmt: skip
