"""The sections of licences: the register and its entries at a window, queries at whoever may ask."""

from __future__ import annotations

from exchange.desk.pages.licences import asked, asking, one, reading
from exchange.desk.pages.licences.entering import ENTRIES
from exchange.desk.section import DeskSection
from exchange.schemas import Role

AT_WINDOWS = DeskSection(
    pages=(reading.LIST, asked.PAGE, one.PAGE, *(entry.page for entry in ENTRIES)),
    acts=tuple(entry.act for entry in ENTRIES),
    roles=frozenset({Role.WINDOW}),
    done={f"licence-{entry.key}": entry.done for entry in ENTRIES},
)
ASKING = DeskSection(
    pages=(asking.PAGE,),
    acts=(asking.ASK,),
    roles=frozenset({Role.DEPARTMENT, Role.WINDOW}),
    done={
        "licence-asked": (
            "查询已签名发出；窗口的答复会列在下面。",
            "The query is signed and on its way; what the window answers stands below.",
        )
    },
)
