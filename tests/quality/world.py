"""The worlds that nano-janus promises, said once more and independently of the scripts that train it."""

import dataclasses
import importlib.util
import math
import pathlib
import sys
import zlib

import cv2
import numpy as np

COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 160, 60),
    "blue": (40, 70, 220),
    "yellow": (245, 215, 40),
    "orange": (245, 130, 20),
    "purple": (130, 40, 170),
    "pink": (250, 130, 190),
    "cyan": (40, 200, 220),
}
BACKGROUNDS = {"white": (255, 255, 255), "gray": (128, 128, 128), "black": (0, 0, 0)}
# The longer side in pixels of a 384-pixel picture, from and up to.
SIZES = {"small": (40, 67), "medium": (67, 93), "large": (93, 400)}
PLACES = (("top left", "top", "top right"), ("left", "centre", "right"), ("bottom left", "bottom", "bottom right"))
RELATIONS = ("left of", "right of", "above", "below")
NUMBERS = ("zero", "one", "two", "three", "four", "five")


def training_settings():
    """models/nano-janus/training/settings.py, asked for nothing but what was held out of training."""
    path = pathlib.Path(__file__).resolve().parents[2] / "models" / "nano-janus" / "training" / "settings.py"
    spec = importlib.util.spec_from_file_location("nano_janus_settings", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@dataclasses.dataclass(frozen=True)
class World:
    shapes: tuple
    colours: tuple
    held_out: tuple  # (shape, colour): no training prompt, question or picture contains these
    most: int  # shapes in a picture
    share: float = 0.12  # of the ordered pairs is held out as well

    @property
    def kinds(self):
        return [(s, c) for s in self.shapes for c in self.colours]

    def held_out_pair(self, a, b):
        if a in self.held_out or b in self.held_out:
            return True
        return zlib.crc32(" ".join(a + b).encode()) % 1000 < 1000 * self.share

    def pair(self, rng, fits=lambda a, b: True):
        """An ordered pair that training never contained."""
        while True:
            a, b = rng.choice(self.kinds), rng.choice(self.kinds)
            if a != b and self.held_out_pair(a, b) and fits(a, b):
                return a, b


_held = training_settings().SETTINGS
SECOND = World(("circle", "square", "triangle", "diamond", "star", "cross"), tuple(COLOURS), tuple(_held.held_out), 5, _held.held_out_pairs)
_shapes, _colours = ("circle", "square", "triangle", "star"), ("red", "green", "blue", "yellow", "orange", "purple")
FIRST = World(_shapes, _colours, tuple(k for k in SECOND.held_out if k[0] in _shapes and k[1] in _colours), 2, SECOND.share)


def corners(shape, size, inner=0.42):
    """Corner points about the middle of the bounding box whose longer side is `size`; None for a circle."""
    if shape == "square":
        p = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    elif shape == "triangle":
        h = math.sqrt(3) / 2
        p = [(0, -h), (1, h), (-1, h)]
    elif shape == "diamond":
        p = [(0, -1), (1, 0), (0, 1), (-1, 0)]
    elif shape == "cross":
        a = 1 / 3
        p = [(-a, -1), (a, -1), (a, -a), (1, -a), (1, a), (a, a), (a, 1), (-a, 1), (-a, a), (-1, a), (-1, -a), (-a, -a)]
    elif shape == "star":
        p = [(math.sin(math.pi * k / 5) * r, -math.cos(math.pi * k / 5) * r) for k, r in zip(range(10), (1, inner) * 5)]
        x = max(q[0] for q in p)
        low, high = min(q[1] for q in p), max(q[1] for q in p)
        p = [(u / x, (v - (low + high) / 2) / x) for u, v in p]
    elif shape == "circle":
        return None
    else:
        raise ValueError(shape)
    return np.array(p) * size / 2


def blank(width=384, height=384, background="white"):
    return np.full((height, width, 3), BACKGROUNDS[background], np.uint8)


def paint(picture, shape, colour, x, y, size):
    """Draws one antialiased shape in place (RGB, uint8); `colour` is a name or a triple."""
    k = 8
    reach = size * 0.6 + 2
    x0, y0 = max(0, int(x - reach)), max(0, int(y - reach))
    tile = picture[y0 : int(y + reach) + 2, x0 : int(x + reach) + 2]
    mask = np.zeros((tile.shape[0] * k, tile.shape[1] * k), np.uint8)
    p = corners(shape, size)
    if p is None:
        cv2.circle(mask, (round((x - x0) * k), round((y - y0) * k)), round(size * k / 2), 255, -1)
    else:
        cv2.fillPoly(mask, [np.round((p + (x - x0, y - y0)) * k).astype(np.int32)], 255)
    a = cv2.resize(mask, tile.shape[1::-1], interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    rgb = COLOURS[colour] if isinstance(colour, str) else colour
    tile[:] = np.round(tile * (1 - a) + np.array(rgb, np.float32) * a)


@dataclasses.dataclass(frozen=True)
class Spot:
    """A shape in a picture: where its middle is and its longer side, in pixels."""

    shape: str
    colour: str
    x: float
    y: float
    size: float

    @property
    def kind(self):
        return self.shape, self.colour


def scene(rng, kinds, width=384, height=384, smallest=60, largest=280, background="white"):
    """(picture, spots) of `kinds` from left to right at places and sizes of chance, without overlap."""
    # Many shapes get smaller ones, or they would not fit.
    largest = min(largest, min(width, height) - 10, 1.1 * max(width, height) / math.sqrt(len(kinds)))
    while True:
        spots = []
        for _ in kinds:
            size = smallest * (max(largest, smallest) / smallest) ** rng.random()
            r = size / 2 + 3
            spots.append((rng.uniform(r, width - r), rng.uniform(r, height - r), size))
        spots.sort()
        if all(
            abs(a[0] - b[0]) > 30 and max(abs(a[0] - b[0]), abs(a[1] - b[1])) > (a[2] + b[2]) / 2 + 10
            for i, a in enumerate(spots)
            for b in spots[i + 1 :]
        ):
            break
    spots = [Spot(*kind, *spot) for kind, spot in zip(kinds, spots)]
    picture = blank(width, height, background)
    for s in spots:
        paint(picture, s.shape, s.colour, s.x, s.y, s.size)
    return picture, spots


# --- words -----------------------------------------------------------------------------------------------------------


def a(words):
    return ("an " if words[0] in "aeiou" else "a ") + words


def name(kind):
    """a red star; (star, None) is a star."""
    return a(f"{kind[1]} {kind[0]}" if kind[1] else kind[0])


def several(shape):
    return shape + ("es" if shape.endswith("s") else "s")


def caption(kinds, background="white"):
    """a red star and a blue circle: left to right; all alike are counted."""
    if len(kinds) > 1 and len(set(kinds)) == 1:
        text = f"{NUMBERS[len(kinds)]} {kinds[0][1]} {several(kinds[0][0])}"
    else:
        text = ", ".join(name(k) for k in kinds[:-1]) + " and " + name(kinds[-1]) if len(kinds) > 1 else name(kinds[0])
    return text if background == "white" else f"{text} on a {background} background"


# --- where things are ------------------------------------------------------------------------------------------------


def place_of(x, y, width=384, height=384):
    return PLACES[min(2, int(3 * y / height))][min(2, int(3 * x / width))]


def size_of(pixels):
    return next((n for n, (low, high) in SIZES.items() if low <= pixels < high), None)


def related(a, relation, b):
    """Is box a (x, y, width, height; x and y of the middle) left of, right of, above or below box b? The rule is GenEval's (Ghosh et
    al. 2023, arXiv 2310.11513): the offset beyond a tenth of both boxes, and at least half of it in the asked direction."""
    far = [a[0] - b[0], a[1] - b[1]]
    for i in range(2):
        far[i] = math.copysign(max(0.0, abs(far[i]) - 0.1 * (a[2 + i] + b[2 + i])), far[i])
    length = math.hypot(*far)
    if length == 0:
        return False
    dx, dy = far[0] / length, far[1] / length
    return {"left of": dx < -0.5, "right of": dx > 0.5, "above": dy < -0.5, "below": dy > 0.5}[relation]
