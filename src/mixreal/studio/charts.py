"""ECharts options of curves, of scores with intervals and of confusions, in inks that read on light and on dark."""

import math
from collections.abc import Sequence
from typing import Any

from mixreal.studio.curves import Panel

INK, RULE = "#868e9b", "rgba(134, 142, 155, .22)"  # on white and on near-black alike
COLOURS = ("#2a7de1", "#e08a1e", "#1f9e7a", "#c0568f", "#7a6ff0", "#8a8f98")  # told apart by the colour-blind too
FONT = {"color": INK, "fontSize": 12}


def lines(panel: Panel, along: str) -> dict[str, Any]:
    """Curves over steps; a dashed level is what a stage started from."""
    scale = 100 if panel.percent else 1
    series = []
    for line, colour in zip(panel.lines, COLOURS * 2):
        one: dict[str, Any] = {
            "type": "line", "name": line.name, "data": [[x, round(scale * y, 5)] for x, y in line.points],
            "showSymbol": line.marked or len(line.points) == 1, "symbolSize": 6, "color": colour,
            "lineStyle": {"width": 2}, "animation": False}
        if line.rest is not None:
            one["markLine"] = {"silent": True, "symbol": "none", "label": {"show": False}, "animation": False,
                               "lineStyle": {"color": colour, "type": "dashed", "width": 1, "opacity": 0.7},
                               "data": [{"yAxis": scale * line.rest}]}
        series.append(one)
    return {
        "aria": {"enabled": True}, "textStyle": FONT,
        "grid": {"left": 8, "right": 16, "top": 34, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "left": 0, "itemWidth": 14, "itemHeight": 8, "textStyle": FONT, "icon": "roundRect"},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": _axis(name=along, splitLine={"show": False}, min=0, nameLocation="middle", nameGap=26),
        "yAxis": _axis(scale=True, axisLabel={**FONT, "formatter": "{value}%" if panel.percent else "{value}"}),
        "series": series}


def bars(names: Sequence[str], shares: Sequence[float], intervals: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Horizontal bars of shares in [0, 1], the first on top; a whisker is the interval."""
    whiskers = [[[round(100 * low, 2), name], [round(100 * high, 2), name]]
                for name, (low, high) in zip(names, intervals)]
    return {
        "aria": {"enabled": True}, "textStyle": FONT,
        "grid": {"left": 8, "right": 24, "top": 8, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True, "axisPointer": {"type": "shadow"}},
        "xAxis": _axis(min=0, max=100, axisLabel={**FONT, "formatter": "{value}%"}),
        "yAxis": {**_axis(), "type": "category", "data": list(names), "inverse": True, "splitLine": {"show": False}},
        "series": [{"type": "bar", "name": "accuracy, %", "data": [round(100 * share, 2) for share in shares],
                    "barMaxWidth": 18, "color": COLOURS[0], "itemStyle": {"borderRadius": [0, 4, 4, 0]},
                    "animation": False,
                    "markLine": {"silent": True, "symbol": ["none", "none"], "label": {"show": False},
                                 "animation": False, "lineStyle": {"color": INK, "type": "solid", "width": 2},
                                 "data": [[{"coord": a}, {"coord": b}] for a, b in whiskers]}}]}


def beside(names: Sequence[str], ours: Sequence[tuple[float, float, float] | None],
           paper: Sequence[float | None]) -> dict[str, Any]:
    """Ours (share, low, high) with whiskers, the paper's (%) as diamonds, a row each, the first on top."""
    dots = [[round(100 * one[0], 2), name] for name, one in zip(names, ours) if one]
    whiskers = [[{"coord": [round(100 * one[1], 2), name]}, {"coord": [round(100 * one[2], 2), name]}]
                for name, one in zip(names, ours) if one]
    series: list[dict[str, Any]] = [
        {"type": "scatter", "name": "ours, 95% interval", "data": dots, "symbolSize": 11, "color": COLOURS[0],
         "animation": False, "z": 3,
         "markLine": {"silent": True, "symbol": ["none", "none"], "label": {"show": False}, "animation": False,
                      "lineStyle": {"color": COLOURS[0], "type": "solid", "width": 2}, "data": whiskers}}]
    told = [[value, name] for name, value in zip(names, paper) if value is not None]
    values = [100 * end for one in ours if one for end in one] + [value for value in paper if value is not None]
    least, most = 5 * math.floor(min(values, default=0) / 5), 5 * math.ceil(max(values, default=100) / 5)
    if told:
        series.append({"type": "scatter", "name": "the paper's", "symbol": "diamond", "symbolSize": 11,
                       "color": COLOURS[1], "data": told, "animation": False, "z": 2})
    return {
        "aria": {"enabled": True}, "textStyle": FONT,
        "grid": {"left": 8, "right": 24, "top": 30, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "left": 0, "itemWidth": 12, "itemHeight": 12, "textStyle": FONT},
        "tooltip": {"trigger": "item", "confine": True},
        "xAxis": _axis(min=least, max=most, axisLabel={**FONT, "formatter": "{value}%"}),
        "yAxis": {**_axis(), "type": "category", "data": list(names), "inverse": True,
                  "axisLabel": {**FONT, "width": 190, "overflow": "truncate"}},
        "series": series}


def confusions(classes: Sequence[str], counts: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Rows are labels, columns what was said; shade is the share of the row."""
    totals = [max(sum(row), 1) for row in counts]
    shares = {(said, label): round(100 * counts[label][said] / totals[label], 1)
              for label in range(len(classes)) for said in range(len(classes))}
    cells = [{"value": [*place, share], "label": {"color": "#fff" if share > 45 else INK}}
             for place, share in shares.items()]
    axis = {"type": "category", "data": list(classes), "axisLine": {"show": False}, "axisTick": {"show": False}}
    return {
        "aria": {"enabled": True}, "textStyle": FONT, "tooltip": {"position": "top", "confine": True},
        "grid": {"left": 8, "right": 8, "top": 30, "bottom": 8, "containLabel": True},
        "xAxis": {**axis, "position": "top", "name": "", "axisLabel": {**FONT, "rotate": 40, "interval": 0}},
        "yAxis": {**axis, "inverse": True, "axisLabel": {**FONT, "interval": 0}},
        "visualMap": {"show": False, "min": 0, "max": 100,
                      "inRange": {"color": ["rgba(42, 125, 225, .06)", COLOURS[0]]}},
        "series": [{"type": "heatmap", "name": "% of the class", "data": cells, "animation": False,
                    "label": {"show": True, "fontSize": 11, "textBorderWidth": 0},
                    "itemStyle": {"borderColor": RULE, "borderWidth": 1, "borderRadius": 3}}]}


def _axis(**more: Any) -> dict[str, Any]:
    return {"type": "value", "axisLabel": FONT, "nameTextStyle": FONT, "splitLine": {"lineStyle": {"color": RULE}},
            "axisLine": {"lineStyle": {"color": RULE}}, "axisTick": {"show": False}, **more}
