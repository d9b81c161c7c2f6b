"""What a picture is drawn of: boxes, lines with arrows, and text that can be read, selected and searched.

Everything has the colour of the text around it (``currentColor``), so that a page's light or dark design is the
picture's too; classes let a page's own style sheet say more. There is no script or font inside, and a style only in a
picture that stands in a file of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

LEADING = 1.45
"""Height of a line, in the size of its font."""

_ALONE = (
    "svg{color-scheme:light dark;color:#1c2430;background:#fff}"
    "@media (prefers-color-scheme:dark){svg{color:#e6eaf0;background:#14181e}}"
)

Point = tuple[float, float]


class Canvas:
    """A picture of a given width that grows downward."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._root = ElementTree.Element("g")

    def box(self, at: Point, size: Point, look: str, *, dashed: bool = False, faint: bool = False) -> None:
        """Draw the outline of a box."""
        attributes = {"x": at[0], "y": at[1], "width": size[0], "height": size[1], "rx": 6, "class": look}
        attributes |= {"fill": "none", "stroke": "currentColor", "stroke-width": 1 if faint else 1.25}
        attributes |= {"stroke-dasharray": "4 3"} if dashed else {}
        self._draw("rect", attributes | ({"stroke-opacity": 0.5} if faint else {}))

    def bar(self, at: Point, size: Point, look: str) -> None:
        """Draw a filled bar."""
        place = {"x": at[0], "y": at[1], "width": size[0], "height": size[1], "rx": 2.0, "class": look}
        self._draw("rect", {**place, "fill": "currentColor", "fill-opacity": 0.65})

    def line(self, *points: Point, arrow: bool = False) -> None:
        """Draw a line, with a head at its end."""
        path = "M" + "L".join(f"{_figure(x)} {_figure(y)}" for x, y in points)
        look = {"class": "line", "fill": "none", "stroke": "currentColor", "stroke-width": 1.25}
        self._draw("path", {"d": path, **look})
        if arrow:
            self._head(points[-2], points[-1])

    def text(self, at: Point, lines: Sequence[str], size: float, *, bold: bool = False, centred: bool = False) -> float:
        """Write lines below a point; returns where the next one begins."""
        x, y = at
        attributes: dict[str, object] = {"class": "name" if bold else "text", "font-size": size, "fill": "currentColor"}
        attributes |= {"font-weight": 600} if bold else {}
        attributes |= {"text-anchor": "middle"} if centred else {}
        element = self._draw("text", attributes)
        for number, line in enumerate(lines):
            place = {"x": _figure(x), "y": _figure(y + size * (LEADING * number + 1.05))}
            ElementTree.SubElement(element, "tspan", place).text = line
        return y + len(lines) * size * LEADING

    def written(self, height: float, name: str, title: str, description: str, *, alone: bool = False) -> str:
        """Return the whole picture; ``name`` tells its parts from those of other pictures on a page.

        ``alone``: it stands in a file of its own, and says itself how it looks on light and dark.
        """
        size = {"viewBox": f"0 0 {self.width} {_figure(height)}", "width": str(self.width), "height": _figure(height)}
        said = {"role": "img", "aria-labelledby": f"{name}-title {name}-description", "class": "procedure"}
        font = {"font-family": "system-ui, 'Noto Sans CJK SC', sans-serif"}
        root = ElementTree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **said, **font})
        ElementTree.SubElement(root, "title", {"id": f"{name}-title"}).text = title
        ElementTree.SubElement(root, "desc", {"id": f"{name}-description"}).text = description
        if alone:
            ElementTree.SubElement(root, "style").text = _ALONE
        root.append(self._root)
        return ElementTree.tostring(root, encoding="unicode")

    def _head(self, before: Point, tip: Point) -> None:
        x, y = tip
        across = before[1] == tip[1]
        wings = [(x - 6, y - 3.5), (x - 6, y + 3.5)] if across else [(x - 3.5, y - 6), (x + 3.5, y - 6)]
        path = "M" + "L".join(f"{_figure(a)} {_figure(b)}" for a, b in (wings[0], tip, wings[1])) + "Z"
        self._draw("path", {"d": path, "class": "head", "fill": "currentColor"})

    def _draw(self, kind: str, attributes: dict[str, object]) -> ElementTree.Element:
        return ElementTree.SubElement(self._root, kind, {key: _figure(value) for key, value in attributes.items()})


def _figure(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
