"""Pure rules of messages: splitting, labels, secrecy, repetition, holds, clocks."""
