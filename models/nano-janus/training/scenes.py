"""Scenes of flat shapes: what is in them, how they look, which tokens draw them."""

import math
import random
import zlib
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from settings import RGB, SETTINGS as S

OVERSAMPLE = 4


@dataclass(frozen=True)
class Thing:
    shape: str
    colour: str
    x: float = 0.0  # centre and size in pixels; unused where the lattice decides
    y: float = 0.0
    size: float = 0.0

    @property
    def kind(self):
        return (self.shape, self.colour)


def allowed(kind):
    return kind not in S.held_out


def pair_allowed(a, b):
    """Deterministic: a fixed share of the ordered pairs never occurs in training."""
    if not (allowed(a) and allowed(b)):
        return False
    return zlib.crc32(" ".join(a + b).encode()) % 1000 >= 1000 * S.held_out_pairs


KINDS = [(s, c) for s in S.shapes for c in S.colours]
TRAIN_KINDS = [k for k in KINDS if allowed(k)]
TRAIN_PAIRS = [(a, b) for a in KINDS for b in KINDS if pair_allowed(a, b)]
TEST_PAIRS = [(a, b) for a in KINDS for b in KINDS if not pair_allowed(a, b)]


def outline(shape, size, inner=0.45):
    """Corner points about (0, 0); a circle has none. The bounding box is centred, `size` is its larger side."""
    h = size / 2
    if shape == "circle":
        return None
    if shape == "square":
        return [(-h, -h), (h, -h), (h, h), (-h, h)]
    if shape == "triangle":
        t = size * 0.46
        return [(0, -t), (h, t), (-h, t)]
    if shape == "diamond":
        return [(0, -h), (h, 0), (0, h), (-h, 0)]
    if shape == "cross":
        a = size / 6
        return [(-a, -h), (a, -h), (a, -a), (h, -a), (h, a), (a, a), (a, h), (-a, h), (-a, a), (-h, a), (-h, -a), (-a, -a)]
    if shape == "star":
        r = h / math.sin(math.radians(72))
        down = r * (1 - math.cos(math.radians(36))) / 2
        corners = []
        for k in range(10):
            a = math.radians(36 * k)
            q = r if k % 2 == 0 else r * inner
            corners.append((q * math.sin(a), down - q * math.cos(a)))
        return corners
    raise ValueError(shape)


def coverage(shape, x, y, size, width, height, inner=0.45, turn=0.0):
    """How much of each pixel the shape covers, 0..1, as (array, top, left) of the box it touches."""
    reach = size * 0.75 + 2
    x0, y0 = max(0, int(x - reach)), max(0, int(y - reach))
    x1, y1 = min(width, int(x + reach) + 1), min(height, int(y + reach) + 1)
    tile = Image.new("L", ((x1 - x0) * OVERSAMPLE, (y1 - y0) * OVERSAMPLE))
    draw = ImageDraw.Draw(tile)
    px, py = (x - x0) * OVERSAMPLE - 0.5, (y - y0) * OVERSAMPLE - 0.5
    corners = outline(shape, size * OVERSAMPLE, inner)
    if corners is None:
        r = size * OVERSAMPLE / 2
        draw.ellipse((px - r, py - r, px + r, py + r), fill=255)
    else:
        c, s = math.cos(turn), math.sin(turn)
        draw.polygon([(px + c * u - s * v, py + s * u + c * v) for u, v in corners], fill=255)
    return np.asarray(tile.reduce(OVERSAMPLE), np.float32) / 255, y0, x0


def paint(picture, alpha, top, left, colour):
    h, w = alpha.shape
    part = picture[top : top + h, left : left + w]
    part += alpha[..., None] * (np.asarray(colour, np.float32) - part)


# --- drawing: the lattice --------------------------------------------------------------------------------------------


def lattice(kinds):
    """The scene a drawing of these (shape, colour) pairs, in the order named, must be: cell index -> kind."""
    return dict(zip(S.layout[len(kinds)], kinds))


def in_cell(shape, cell):
    """Coverage of the whole picture by a shape in a lattice cell."""
    n = S.patch
    size = cell.width * n - 8
    x, y = (cell.column + cell.width / 2) * n, (cell.row + cell.width / 2) * n
    full = np.zeros((S.image, S.image), np.float32)
    a, top, left = coverage(shape, x, y, size, S.image, S.image)
    full[top : top + a.shape[0], left : left + a.shape[1]] = a
    return full


def picture_of(plan):
    """Pixels (float, 0..255) of a lattice scene."""
    image = np.full((S.image, S.image, 3), 255, np.float32)
    for cell, (shape, colour) in plan.items():
        paint(image, in_cell(shape, S.cells[cell]), 0, 0, RGB[colour])
    return image


# --- looking: any place, any size ------------------------------------------------------------------------------------


def place(rng, kinds, width, height, smallest=52, largest=320):
    """Places without overlap, left to right in the order of `kinds`; None if they do not fit."""
    n = len(kinds)
    top = min(largest, min(width, height) - 8)
    if n > 1:
        top = min(top, 0.62 * max(width, height))
    boxes = []
    for _ in range(n):
        boxes.append(math.exp(rng.uniform(math.log(smallest), math.log(max(top, smallest + 1)))))
    for _ in range(12):
        spots = [(rng.uniform(s / 2 + 3, width - s / 2 - 3), rng.uniform(s / 2 + 3, height - s / 2 - 3)) if s + 6 < min(width, height) else (width / 2, height / 2) for s in boxes]
        order = sorted(range(n), key=lambda i: spots[i][0])
        spots = [spots[i] for i in order]
        sizes = [boxes[i] for i in order]
        good = True
        for i in range(n):
            for j in range(i + 1, n):
                dx, dy = abs(spots[i][0] - spots[j][0]), abs(spots[i][1] - spots[j][1])
                room = (sizes[i] + sizes[j]) / 2 + 8
                good &= (dx > room or dy > room) and dx > 20
        if good:
            return [Thing(k[0], k[1], x, y, s) for k, (x, y), s in zip(kinds, spots, sizes)]
    return None


def pick_kinds(rng):
    """What a training picture for looking shows, left to right."""
    if rng.random() < 0.35:
        return [rng.choice(TRAIN_KINDS)]
    u = rng.random()
    while True:
        a, b = rng.choice(TRAIN_PAIRS)
        if u < 0.2 and a[0] != b[0]:
            continue
        if 0.2 <= u < 0.4 and a[1] != b[1]:
            continue
        return [a, b]


def strange(rng, shape):
    """A colour that is none of ours, and not near one in which this shape is held out."""
    while True:
        rgb = np.array([rng.randint(0, 255) for _ in range(3)], np.float32)
        if rgb.mean() > 215:  # too near to the paper
            continue
        far = {c: np.abs(rgb - RGB[c]).sum() for c in S.colours}
        if all(far[c] > 100 for s, c in S.held_out if s == shape) and min(far.values()) > 60:
            return rgb


def look(rng, kinds=None, plain=False, odd=0.0):
    """A picture to look at: (uint8 [H,W,3], things, owner map: 0 nothing, i+1 thing i by pixel).

    `odd` is the share of things in a colour that has no name (their `colour` is None): they teach that shape and
    colour have nothing to do with each other, so that combinations never seen are recognised too.
    """
    fixed = kinds
    while True:
        kinds = fixed or pick_kinds(rng)
        width = height = S.image
        if not plain and rng.random() < 0.35:  # other formats are letterboxed with gray, as the processor does
            short = int(S.image * rng.uniform(0.5, 0.98))
            width, height = (S.image, short) if rng.random() < 0.65 else (short, S.image)
        things = place(rng, kinds, width, height)
        if things:
            break
    noise = np.random.default_rng(rng.getrandbits(32))
    paper = 255.0 if plain or rng.random() < 0.7 else rng.uniform(240, 255)
    image = np.full((height, width, 3), paper, np.float32)
    owner = np.zeros((height, width), np.int64)
    for i, t in enumerate(things):
        colour = np.asarray(RGB[t.colour], np.float32)
        if odd and rng.random() < odd:
            colour = strange(rng, t.shape)
            things[i] = replace(t, colour=None)
        elif not plain:
            colour = np.clip(colour + noise.normal(0, 7, 3), 0, 255)
        inner = 0.45 if plain else rng.uniform(0.37, 0.53)
        turn = 0.0 if plain or rng.random() < 0.6 else rng.uniform(-0.1, 0.1)
        a, top, left = coverage(t.shape, t.x, t.y, t.size, width, height, inner, turn)
        paint(image, a, top, left, colour)
        owner[top : top + a.shape[0], left : left + a.shape[1]][a > 0.5] = i + 1
    if not plain:
        u = rng.random()
        if u < 0.2:
            image += noise.normal(0, rng.uniform(1, 6), image.shape)
        elif u < 0.35:
            image = jpeg(image, rng.randint(60, 95))
        elif u < 0.45:
            small = Image.fromarray(np.clip(image, 0, 255).astype(np.uint8))
            k = rng.uniform(0.5, 0.9)
            small = small.resize((int(width * k), int(height * k)), Image.BICUBIC).resize((width, height), Image.BICUBIC)
            image = np.asarray(small, np.float32)
    image = np.clip(image, 0, 255).astype(np.uint8)
    if (width, height) != (S.image, S.image):
        big = np.full((S.image, S.image, 3), 127, np.uint8)
        y, x = (S.image - height) // 2, (S.image - width) // 2
        big[y : y + height, x : x + width] = image
        all_owner = np.zeros((S.image, S.image), np.int64)
        all_owner[y : y + height, x : x + width] = owner
        image, owner = big, all_owner
        things = [replace(t, x=t.x + x, y=t.y + y) for t in things]
    return image, things, owner


def jpeg(image, quality):
    import io

    buffer = io.BytesIO()
    Image.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer), np.float32)


def patch_labels(things, owner):
    """Which thing each patch mostly shows: 0 none, i+1; a patch counts if a tenth of it is covered."""
    n, g = S.patch, S.grid
    blocks = owner.reshape(g, n, g, n)
    shares = np.stack([(blocks == i + 1).mean((1, 3)) for i in range(len(things))])
    best = shares.argmax(0)
    return np.where(shares.max(0) > 0.1, best + 1, 0).reshape(-1)
