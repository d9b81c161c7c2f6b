"""The section of joint documents, at every desk."""

from __future__ import annotations

from exchange.desk.joints.listing import TO_SIGN
from exchange.desk.joints.paper import joint_paper
from exchange.desk.pages.joint import answering, proposing, reading
from exchange.desk.section import DeskDownload, DeskSection

_ONE = reading.PAGE.path

SECTION = DeskSection(
    pages=(reading.LIST, *proposing.PAGES, reading.PAGE, *answering.PAGES),
    acts=(*proposing.ACTS, *answering.ACTS),
    downloads=(
        DeskDownload(f"{_ONE}/files/{{digest}}", reading.file_of_joint),
        DeskDownload(f"{_ONE}/paper.pdf", joint_paper),
        DeskDownload(f"{_ONE}/pages/{{page}}", reading.picture_of_joint),
        *proposing.DOWNLOADS,
    ),
    baskets=(TO_SIGN,),
    done={**answering.DONE, **proposing.DONE},
)
