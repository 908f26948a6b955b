"""Scenes of flat shapes: what is in them, how they look, how they are placed for looking and for drawing."""

import io
import math
import random
import zlib
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from settings import BACKGROUND, RGB, SETTINGS as S, SIZES

OVERSAMPLE = 4
cv2.setNumThreads(1)


@dataclass(frozen=True)
class Thing:
    """A shape in a colour (None: one that has no name) somewhere in a picture; centre and larger side in pixels."""

    shape: str
    colour: str
    x: float
    y: float
    size: float

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
TRAIN_PAIRS = [(a, b) for a in TRAIN_KINDS for b in TRAIN_KINDS if pair_allowed(a, b)]


def outline(shape, size, inner=0.45, tall=0.92, arm=1 / 6):
    """Corner points about (0, 0); a circle has none. The bounding box is centred, `size` is its larger side."""
    h = size / 2
    if shape == "circle":
        return None
    if shape == "square":
        return [(-h, -h), (h, -h), (h, h), (-h, h)]
    if shape == "triangle":
        t = h * tall
        return [(0, -t), (h, t), (-h, t)]
    if shape == "diamond":
        return [(0, -h), (h, 0), (0, h), (-h, 0)]
    if shape == "cross":
        a = size * arm
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


def coverage(shape, x, y, size, width, height, turn=0.0, wide=1.0, **form):
    """How much of each pixel the shape covers, 0..1, as (array, top, left) of the box it touches."""
    reach = size * 0.56 + 4
    x0, y0 = max(0, int(x - reach)), max(0, int(y - reach))
    x1, y1 = min(width, int(x + reach) + 1), min(height, int(y + reach) + 1)
    k = OVERSAMPLE
    tile = np.zeros(((y1 - y0) * k, (x1 - x0) * k), np.uint8)
    # OpenCV counts from the middle of the first pixel, in sixteenths.
    px, py = (x - x0) * k - 0.5, (y - y0) * k - 0.5
    corners = outline(shape, size * k, **form)
    if corners is None:
        r = round(size * k / 2 * 16)
        cv2.ellipse(tile, (round(px * 16), round(py * 16)), (round(r * wide), r), 0, 0, 360, 255, -1, cv2.LINE_8, 4)
    else:
        c, s = math.cos(turn), math.sin(turn)
        points = [(px + c * u * wide - s * v, py + s * u * wide + c * v) for u, v in corners]
        cv2.fillPoly(tile, [np.round(np.array(points) * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
    return cv2.resize(tile, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA).astype(np.float32) / 255, y0, x0


def paint(picture, alpha, top, left, colour):
    h, w = alpha.shape
    part = picture[top : top + h, left : left + w]
    mixed = part + alpha[..., None] * (np.asarray(colour, np.float32) - part)
    part[:] = mixed if picture.dtype == np.float32 else np.clip(mixed + 0.5, 0, 255)


# --- drawing: the lattice --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """A drawing: the background and, by cell, (shape, colour, size)."""

    background: str
    things: tuple  # ((cell, shape, colour, size), ...)

    def at(self):
        return {t[0]: t[1:] for t in self.things}


def box(cell, size):
    """First token row, first token column and width in tokens of a thing of this size in a cell."""
    wide, inset, _ = SIZES[size]
    return S.cell_rows[cell // 3] + inset, S.cell_columns[cell % 3] + inset, wide


def spot(cell, size):
    """Centre and larger side in pixels."""
    row, column, wide = box(cell, size)
    return (column + wide / 2) * S.patch, (row + wide / 2) * S.patch, SIZES[size][2]


def shape_tiles(shape, size):
    """Coverage of a shape in its own box: [wide*16, wide*16]."""
    wide, _, side = SIZES[size]
    n = wide * S.patch
    full = np.zeros((n, n), np.float32)
    a, top, left = coverage(shape, n / 2, n / 2, side, n, n)
    full[top : top + a.shape[0], left : left + a.shape[1]] = a
    return full


# --- looking: any place, any size ------------------------------------------------------------------------------------

TIE = 12  # things whose middles differ less than this across are in one column: the upper one comes first


def in_order(things):
    """Left to right, top to bottom where in one column; None if it is not clear which is further left."""
    things = sorted(things, key=lambda t: t.x)
    columns = []
    for t in things:
        if columns and t.x - columns[-1][0].x <= TIE:
            columns[-1].append(t)
        else:
            if columns and t.x - columns[-1][-1].x < 2 * TIE:
                return None
            columns.append([t])
    return [t for c in columns for t in sorted(c, key=lambda t: t.y)]


def place(rng, n, width, height, smallest=54, largest=320):
    """Centres and sizes without overlap: [(x, y, size)], or None if they do not fit."""
    top = min(largest, min(width, height) - 8)
    if n > 1:
        top = min(top, (1, 1, 0.62, 0.5, 0.42, 0.36)[n] * max(width, height))
    if n > 1 and rng.random() < 0.3:  # all of one size
        sizes = [rng.uniform(smallest, max(top * 0.7, smallest + 1))] * n
    else:
        sizes = [math.exp(rng.uniform(math.log(smallest), math.log(max(top, smallest + 1)))) for _ in range(n)]
    column = rng.random() < 0.15
    for _ in range(8):
        spots = []
        for s in sizes:
            if s + 4 > min(width, height):
                return None
            for _ in range(12):
                x, y = rng.uniform(s / 2 + 2, width - s / 2 - 2), rng.uniform(s / 2 + 2, height - s / 2 - 2)
                if column and spots and rng.random() < 0.5:
                    x = min(max(spots[0][0] + rng.uniform(-2, 2), s / 2 + 2), width - s / 2 - 2)
                for u, v, w in spots:
                    dx, dy = abs(u - x), abs(v - y)
                    if max(dx, dy) < (s + w) / 2 + 7 or 4 < dx < 2 * TIE:
                        break
                else:
                    spots.append((x, y, s))
                    break
            else:
                break
        if len(spots) == n:
            return spots
    return None


def pick_kinds(rng, most=S.most):
    """What a training picture for looking shows."""
    n = rng.choices(range(1, most + 1), (0.22, 0.33, 0.18, 0.14, 0.13)[:most])[0]
    if n == 1:
        return [rng.choice(TRAIN_KINDS)]
    if n == 2:
        u = rng.random()
        while True:
            a, b = rng.choice(TRAIN_PAIRS)
            if (u < 0.2 and a[0] != b[0]) or (0.2 <= u < 0.4 and a[1] != b[1]):
                continue
            return [a, b]
    u = rng.random()
    if u < 0.2:
        return [rng.choice(TRAIN_KINDS)] * n
    if u < 0.5:  # few different ones
        some = [rng.choice(TRAIN_KINDS) for _ in range(2)]
        return [rng.choice(some) for _ in range(n)]
    return [rng.choice(TRAIN_KINDS) for _ in range(n)]


def order_allowed(things):
    """No pair that is held out, in the order left to right, where a picture shows just two."""
    return len(things) != 2 or None in (things[0].colour, things[1].colour) or pair_allowed(things[0].kind, things[1].kind)


def strange(rng, shape, paper):
    """A colour that is none of ours, not near one in which this shape is held out, and clear of the background."""
    while True:
        rgb = np.array([rng.randint(0, 255) for _ in range(3)], np.float32)
        if np.abs(rgb - paper).sum() < 110:
            continue
        if all(np.abs(rgb - RGB[c]).sum() > 100 for s, c in S.held_out if s == shape) and min(np.abs(rgb - RGB[c]).sum() for c in S.colours) > 60:
            return rgb


def look(rng, kinds=None, plain=False, odd=0.0):
    """A picture to look at: (uint8 [H,W,3], things in order, owner map, background, content box).

    owner: 0 nothing, i+1 thing i by pixel. `odd` is the share of things in a colour that has no name (their `colour` is
    None): they teach that shape and colour have nothing to do with each other, so that combinations never seen are
    recognised too. The content box (x, y, width, height) is where the picture is within its gray frame.
    """
    fixed = kinds
    while True:
        kinds = list(fixed or pick_kinds(rng))
        width = height = S.image
        if not plain and rng.random() < 0.35:  # other formats are letterboxed with gray, as the processor does
            short = int(S.image * rng.uniform(0.5, 0.98))
            width, height = (S.image, short) if rng.random() < 0.65 else (short, S.image)
        if rng.random() < 0.12 and width == height and fixed is None:  # as drawn
            cells = rng.sample(range(9), len(kinds)) if rng.random() < 0.5 else list(S.layout[len(kinds)])
            size = rng.choice(S.sizes)
            spots = [spot(c, size) for c in cells]
        else:
            spots = place(rng, len(kinds), width, height)
        if not spots:
            continue
        strangers = [rng.random() < odd for _ in kinds]
        things = in_order([Thing(k[0], None if o else k[1], *s) for k, s, o in zip(kinds, spots, strangers)])
        if things and (fixed or order_allowed(things)):
            break
    noise = np.random.default_rng(rng.getrandbits(32))
    background = rng.choices(S.backgrounds, (0.6, 0.2, 0.2))[0]
    paper = np.array(BACKGROUND[background], np.float32)
    if not plain and rng.random() < 0.4:
        paper = np.clip(paper + rng.uniform(-14, 14), 0, 255)
    image = np.full((height, width, 3), round(float(paper[0])), np.uint8)
    owner = np.zeros((height, width), np.uint8)
    for i, t in enumerate(things):
        if t.colour is None:
            colour = strange(rng, t.shape, paper)
        else:
            colour = np.asarray(RGB[t.colour], np.float32)
            if not plain:
                colour = np.clip(colour + noise.normal(0, 9, 3), 0, 255)
        form = {}
        if not plain:
            form = {"inner": rng.uniform(0.37, 0.53), "tall": rng.uniform(0.84, 1.0), "arm": rng.uniform(0.13, 0.2)}
            form["turn"] = 0.0 if rng.random() < 0.6 else rng.uniform(-0.1, 0.1)
            form["wide"] = 1.0 if rng.random() < 0.7 else rng.uniform(0.93, 1.0)
        a, top, left = coverage(t.shape, t.x, t.y, t.size, width, height, **form)
        paint(image, a, top, left, colour)
        owner[top : top + a.shape[0], left : left + a.shape[1]][a > 0.5] = i + 1
    if not plain:
        u = rng.random()
        if u < 0.2:
            cv2.setRNGSeed(rng.getrandbits(31))
            grain = cv2.randn(np.empty((height, width, 3), np.int16), 0, rng.uniform(1, 6))
            image = cv2.add(image, grain, dtype=cv2.CV_8U)
        elif u < 0.35:
            image = jpeg(image, rng.randint(60, 95))
        elif u < 0.45:
            k = rng.uniform(0.5, 0.9)
            small = cv2.resize(image, (int(width * k), int(height * k)), interpolation=cv2.INTER_AREA)
            image = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    x = y = 0
    if (width, height) != (S.image, S.image):
        big = np.full((S.image, S.image, 3), 127, np.uint8)
        y, x = (S.image - height) // 2, (S.image - width) // 2
        big[y : y + height, x : x + width] = image
        all_owner = np.zeros((S.image, S.image), np.uint8)
        all_owner[y : y + height, x : x + width] = owner
        image, owner = big, all_owner
        things = [replace(t, x=t.x + x, y=t.y + y) for t in things]
    return image, things, owner, background, (x, y, width, height)


def jpeg(image, quality):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def where(thing, content, margin=0.0):
    """Which of the nine places (0..8) a thing's middle is in; -1 if it is nearer than `margin` pixels to two of them."""
    x, y, w, h = content
    u, v = (thing.x - x) * 3 / w, (thing.y - y) * 3 / h
    if margin and (min(abs(u - 1), abs(u - 2)) * w / 3 < margin or min(abs(v - 1), abs(v - 2)) * h / 3 < margin):
        return -1
    return min(2, max(0, int(v))) * 3 + min(2, max(0, int(u)))


def patch_labels(count, owner):
    """Which thing each patch mostly shows: 0 none, i+1; a patch counts if a tenth of it is covered."""
    g = S.grid
    shares = np.stack([cv2.resize((owner == i + 1).astype(np.float32), (g, g), interpolation=cv2.INTER_AREA) for i in range(count)])
    best = shares.argmax(0)
    return np.where(shares.max(0) > 0.1, best + 1, 0).reshape(-1), shares.max(0).reshape(-1)
