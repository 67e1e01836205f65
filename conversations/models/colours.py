"""One accent colour becomes the shades that a page needs, in light and in dark, each of them readable.

Colours are `#rrggbb`. Contrast is WCAG 2.2's; 4.5 is what text needs.
"""

import colorsys
import re

ENOUGH = 4.5
BRIGHT = 5.5  # on dark paper, where colours look dull sooner
WHITE, BLACK = "#ffffff", "#000000"
# The papers that accent-coloured text stands on: those of static/css/tokens.css.
LIGHT = ("#ffffff", "#f6f8f8", "#edf0f0")
DARK = ("#121516", "#181c1d", "#212728")


def is_colour(text: str) -> bool:
    return bool(re.fullmatch(r"#[0-9a-f]{6}", text))


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with a `share` (0 to 1) of `other` in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def readable(colour: str, papers: tuple[str, ...], *, towards: str, wanted: float = ENOUGH) -> str:
    """The nearest shade of `colour`, on the way to `towards` (WHITE or BLACK), that has this contrast with all."""
    steps = (shade(colour, towards, step / 50) for step in range(51))
    return next((each for each in steps if worst(each, papers) >= wanted), towards)


def shade(colour: str, towards: str, share: float) -> str:
    """`colour` lighter (towards WHITE) or darker by `share` of the way: as colourful as before, not greyer."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(each / 255 for each in _channels(colour)))
    lightness += ((1.0 if towards == WHITE else 0.0) - lightness) * share
    return "#" + "".join(f"{round(each * 255):02x}" for each in colorsys.hls_to_rgb(hue, lightness, saturation))


def worst(colour: str, papers: tuple[str, ...]) -> float:
    """The lowest contrast that `colour` has with any of `papers`."""
    return min(contrast(colour, each) for each in papers)


def shades(accent: str) -> dict[str, tuple[str, str]]:
    """The palette's step → its colour in light and in dark, for an accent that is readable in light."""
    tints = {"1": (mix(WHITE, accent, 0.08), mix(DARK[0], accent, 0.16))}
    tints["2"] = (mix(WHITE, accent, 0.2), mix(DARK[0], accent, 0.28))
    light, dark = (LIGHT + tuple(t[0] for t in tints.values())), (DARK + tuple(t[1] for t in tints.values()))
    own, own_dark = readable(accent, light, towards=BLACK), readable(accent, dark, towards=WHITE, wanted=BRIGHT)
    strong = shade(own, BLACK, 0.25), shade(own_dark, WHITE, 0.4)
    return {**tints, "5": (own, own_dark), "6": strong}


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(each / 255) for each in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
