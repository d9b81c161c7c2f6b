"""The colours of drawn pictures, in light and in dark surroundings; a picture brings its own ground."""

from __future__ import annotations

LIGHT = {
    "ground": "#ffffff", "panel": "#f3f5f8", "box": "#ffffff", "broker": "#fff3e2", "edge": "#6e7781",
    "hair": "#d0d7de", "orange": "#bc4c00", "text": "#1f2328",
    "soft": "#4c5560", "sealed": "#0550ae", "receipt": "#1a7f37",
}  # fmt: skip
DARK = {
    "ground": "#0d1117", "panel": "#161b22", "box": "#212830", "broker": "#3a2a15", "edge": "#8b949e",
    "hair": "#3d444d", "orange": "#f0883e", "text": "#f0f3f6",
    "soft": "#b7c0ca", "sealed": "#79c0ff", "receipt": "#56d364",
}  # fmt: skip


def _rules(of: dict[str, str]) -> str:
    return f"""
.ground {{ fill: {of["ground"]}; stroke: {of["hair"]} }} .panel {{ fill: {of["panel"]}; stroke: {of["hair"]} }}
.box {{ fill: {of["box"]}; stroke: {of["edge"]} }} .outside {{ fill: {of["ground"]}; stroke: {of["edge"]} }}
.broker {{ fill: {of["broker"]}; stroke: {of["orange"]} }}
.t {{ fill: {of["text"]} }} .s {{ fill: {of["soft"]} }}
.sealed {{ stroke: {of["sealed"]} }} .receipt {{ stroke: {of["receipt"]} }} .plain, .reads {{ stroke: {of["edge"]} }}
.sealed.tip {{ fill: {of["sealed"]} }} .receipt.tip {{ fill: {of["receipt"]} }}
.plain.tip, .reads.tip {{ fill: {of["edge"]} }}"""


STYLE = f"""
text {{ font-family: system-ui, sans-serif; font-size: 13px }}
.h {{ font-weight: 600; font-size: 15px }}
.way {{ fill: none; stroke-width: 2 }} .receipt.way {{ stroke-dasharray: 6 4 }} .reads.way {{ stroke-dasharray: 2 4 }}
.outside {{ stroke-dasharray: 5 4 }}{_rules(LIGHT)}
@media (prefers-color-scheme: dark) {{{_rules(DARK)}
}}
"""
