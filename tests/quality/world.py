"""The world that nano-janus promises, said once more and independently of the scripts that train it."""

import math
import zlib

import cv2
import numpy as np

SHAPES = ("circle", "square", "triangle", "star")
COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 160, 60),
    "blue": (40, 70, 220),
    "yellow": (245, 215, 40),
    "orange": (245, 130, 20),
    "purple": (130, 40, 170),
}
# No training prompt, question or picture contains these.
HELD_OUT = (("star", "green"), ("circle", "purple"), ("square", "orange"), ("triangle", "blue"))
KINDS = [(s, c) for s in SHAPES for c in COLOURS]


def held_out_pair(a, b):
    if a in HELD_OUT or b in HELD_OUT:
        return True
    return zlib.crc32(" ".join(a + b).encode()) % 1000 < 120


def corners(shape, size):
    """Corner points about the middle of the bounding box whose longer side is `size`."""
    if shape == "square":
        p = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    elif shape == "triangle":
        h = math.sqrt(3) / 2
        p = [(0, -h), (1, h), (-1, h)]
    elif shape == "star":
        p = [(math.sin(math.pi * k / 5) * r, -math.cos(math.pi * k / 5) * r) for k, r in zip(range(10), (1, 0.42) * 5)]
        x = max(q[0] for q in p)
        low, high = min(q[1] for q in p), max(q[1] for q in p)
        p = [(u / x, (v - (low + high) / 2) / x) for u, v in p]
    else:
        return None
    return np.array(p) * size / 2


def paint(picture, shape, colour, x, y, size):
    """Draws one antialiased shape in place (RGB, uint8)."""
    k = 8
    mask = np.zeros((picture.shape[0] * k, picture.shape[1] * k), np.uint8)
    p = corners(shape, size)
    if p is None:
        cv2.circle(mask, (round(x * k), round(y * k)), round(size * k / 2), 255, -1)
    else:
        cv2.fillPoly(mask, [np.round((p + (x, y)) * k).astype(np.int32)], 255)
    a = cv2.resize(mask, picture.shape[1::-1], interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    picture[:] = np.round(picture * (1 - a) + np.array(COLOURS[colour], np.float32) * a)


def scene(rng, kinds, width=384, height=384, smallest=60, largest=280):
    """A picture of `kinds` from left to right at places and sizes of chance, without overlap."""
    while True:
        spots = []
        for _ in kinds:
            size = smallest * (min(largest, min(width, height) - 10) / smallest) ** rng.random()
            r = size / 2 + 3
            spots.append((rng.uniform(r, width - r), rng.uniform(r, height - r), size))
        spots.sort()
        good = all(
            abs(a[0] - b[0]) > 30 and max(abs(a[0] - b[0]), abs(a[1] - b[1])) > (a[2] + b[2]) / 2 + 10
            for i, a in enumerate(spots)
            for b in spots[i + 1 :]
        )
        if good:
            break
    picture = np.full((height, width, 3), 255, np.uint8)
    for (shape, colour), (x, y, size) in zip(kinds, spots):
        paint(picture, shape, colour, x, y, size)
    return picture


def an(words):
    return ("an " if words[0] in "aeiou" else "a ") + words


def name(kind):
    return an(f"{kind[1]} {kind[0]}")


def caption(kinds):
    if len(kinds) == 2 and kinds[0] == kinds[1]:
        return f"two {kinds[0][1]} {kinds[0][0]}s"
    return " and ".join(name(k) for k in kinds)
