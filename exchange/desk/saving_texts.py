"""What the script says that keeps a draft of the office's by itself while somebody types (`autosave.js`)."""

from __future__ import annotations

from exchange.desk.visit import DeskVisit
from exchange.web.autosaving import SAVING_TEXTS

_TEXTS = {
    **SAVING_TEXTS,
    "changed": (
        "此草稿其间被他人修改，不再自动保存。按“保存草稿”查看两边的内容，不会丢失。",
        "Somebody has changed this draft meanwhile, and it is not saved by itself any more. Press keep to see both; "
        "nothing is lost.",
    ),
    "over": (
        "会话已结束，不再自动保存。按“保存草稿”并重新登录，已输入的内容会保留。",
        "The session is over, and nothing is saved by itself any more. Press keep and sign in again; what you typed is "
        "kept.",
    ),
}


def saving_texts(visit: DeskVisit) -> dict[str, str]:
    """Return them in the visitor's language."""
    return {name: visit.words(words) for name, words in _TEXTS.items()}
