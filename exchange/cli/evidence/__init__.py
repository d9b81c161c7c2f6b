"""Commands that make a bundle of evidence, and verify one."""
