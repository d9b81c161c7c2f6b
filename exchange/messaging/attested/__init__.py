"""Rows held against what was signed: whoever edits a row is named by the document that contradicts it."""
