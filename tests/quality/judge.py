#!/usr/bin/env python3
"""Says what flat shapes a picture shows, and whether they are what was asked for.

    judge.py PICTURE [--background NAME] [shape:colour[:size[:place]] ...]     (a `*` stands for any)

Outlines and colours are found with OpenCV; what is no clean shape of one flat colour is named unclear and is never right.
"""

import argparse
import dataclasses
import functools
import itertools
import sys

import cv2
import numpy as np

from world import BACKGROUNDS, COLOURS, corners, place_of, related, size_of

SPECK = 120  # pixels; smaller spots are texture, not shapes
NORM = 96  # pixels; outlines are compared in a square of this side
SHAPES = ("circle", "square", "triangle", "diamond", "star", "cross")


@dataclasses.dataclass(frozen=True)
class Shape:
    shape: str  # or None: no clean shape
    colour: str  # or None: not one flat colour of ours
    x: float  # middle, width and height of the bounding box in pixels of the picture
    y: float
    width: float
    height: float
    size: str
    place: str

    @property
    def kind(self):
        return self.shape, self.colour

    @property
    def box(self):
        return self.x, self.y, self.width, self.height


@dataclasses.dataclass(frozen=True)
class Seen:
    background: str  # or None: none of ours, or not flat
    shapes: tuple  # of Shape, left to right


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What a picture must show: exactly these shapes, in any order. None stands for any."""

    things: tuple  # of (shape, colour) or (shape, colour, size) or (shape, colour, size, place)
    background: str = "white"
    relation: str = None  # of things[0] to things[1]


@functools.lru_cache(maxsize=None)
def ideals():
    """[(name, height / width, mask)] of every shape filling a square; stars come with thin and thick arms."""
    out = []
    for name in SHAPES:
        for inner in (0.38, 0.42, 0.46, 0.5) if name == "star" else (0.42,):
            k = 8
            big = np.zeros((NORM * k, NORM * k), np.uint8)
            p = corners(name, 2.0, inner)
            tall = 1.0
            if p is None:
                cv2.circle(big, (NORM * k // 2, NORM * k // 2), NORM * k // 2, 255, -1)
            else:
                span = p.max(0) - p.min(0)
                tall = span[1] / span[0]
                cv2.fillPoly(big, [np.round((p - p.min(0)) / span * (NORM * k - 1)).astype(np.int32)], 255)
            out.append((name, tall, cv2.resize(big, (NORM, NORM), interpolation=cv2.INTER_AREA).astype(np.float32) / 255))
    return out


def shape_of(mask):
    """The name of one filled spot (a mask that fills its array from edge to edge), or None if it is no clean shape."""
    h, w = mask.shape
    if min(h, w) < 20:
        return None
    square = cv2.resize(mask.astype(np.float32), (NORM, NORM), interpolation=cv2.INTER_AREA if max(h, w) > NORM else cv2.INTER_LINEAR)
    scores = {}
    for name, tall, ideal in ideals():
        score = float(np.minimum(square, ideal).sum() / np.maximum(square, ideal).sum())
        if score > scores.get(name, (0,))[0]:
            scores[name] = (score, tall, ideal)
    ranked = sorted(scores.items(), key=lambda s: -s[1][0])
    best, (score, tall, ideal) = ranked[0]
    if score < 0.82 or score - ranked[1][1][0] < 0.06:
        return None
    if not 0.85 < h / w / (1.0 if best != "triangle" else 0.93) < 1.18:  # triangles are equilateral or a little taller
        return None
    # No bite out of it and no growth on it: nothing that is wrong is as thick as an eighth of the shape.
    wrong = (np.abs(square - ideal) > 0.5).astype(np.uint8)
    thick = cv2.morphologyEx(np.pad(wrong, NORM // 8), cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (NORM // 8, NORM // 8)))
    return None if thick.any() else best


def colour_of(picture, mask):
    """(the colour's name, or None if it is none of ours or a patchwork; its middle)"""
    inner = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0) > 0
    pixels = picture[inner if inner.any() else mask]
    middle = np.median(pixels, axis=0)
    far = {name: np.linalg.norm(middle - np.array(rgb)) for name, rgb in COLOURS.items()}
    best = min(far, key=far.get)
    flat = np.mean(np.linalg.norm(pixels - middle, axis=1) < 55) > 0.9
    return (best if far[best] < 55 and flat else None), middle


def background_of(picture):
    """(name, its middle, how far from it a pixel must be to belong to a shape)"""
    names = list(BACKGROUNDS)
    palette = np.array([BACKGROUNDS[n] for n in names] + list(COLOURS.values()), np.float32)
    some = picture[::3, ::3].reshape(-1, 3)  # a ninth of the pixels tells as much
    nearest = (np.square(palette).sum(1) - 2 * some @ palette.T).argmin(1)
    counts = np.bincount(nearest, minlength=len(palette))[: len(names)]
    i = int(counts.argmax())
    if counts[i] < 0.2 * nearest.size:
        return None, None, None
    middle = np.median(some[nearest == i], axis=0)
    if np.linalg.norm(middle - palette[i]) > 45:
        return None, None, None
    return names[i], middle, 0.45 * min(np.linalg.norm(np.array(c) - palette[i]) for c in COLOURS.values())


def see(picture):
    """What an RGB picture (uint8) shows."""
    height, width = picture.shape[:2]
    picture = picture.astype(np.float32)
    background, paper, far = background_of(picture)
    if background is None:
        return Seen(None, ())
    distance = np.linalg.norm(picture - paper, axis=2)
    mask = cv2.morphologyEx((distance > far).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    found = []
    covered = np.zeros((height, width), np.uint8)
    for i in range(1, count):
        if stats[i, cv2.CC_STAT_AREA] < SPECK:
            continue
        part = labels == i
        near = cv2.dilate(part.astype(np.uint8), np.ones((7, 7), np.uint8))
        covered |= cv2.dilate(near, np.ones((7, 7), np.uint8))
        colour, middle = colour_of(picture, part)
        # The outline runs where shape and paper are mixed half and half.
        way = middle - paper
        sharp = (near > 0) & ((picture - paper) @ way / float(way @ way) > 0.5)
        sharp = cv2.morphologyEx(sharp.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        n, pieces, sizes, _ = cv2.connectedComponentsWithStats(sharp, connectivity=4)
        if n < 2:
            continue
        k = 1 + int(sizes[1:, cv2.CC_STAT_AREA].argmax())
        x, y, w, h = (int(v) for v in sizes[k, :4])
        shape = shape_of(pieces[y : y + h, x : x + w] == k)
        mx, my = x + w / 2, y + h / 2
        found.append(Shape(shape, colour, mx, my, w, h, size_of(max(w, h)), place_of(mx, my, width, height)))
    paper_left = distance[covered == 0]
    if paper_left.size and np.mean(paper_left > far) > 0.004:
        background = None
    return Seen(background, tuple(sorted(found, key=lambda f: f.x)))


def faults(seen, wanted):
    """What is wrong with it, in words; nothing if it is right."""
    out = []
    if wanted.background and seen.background != wanted.background:
        out.append(f"background {seen.background or 'unclear'}")
    if len(seen.shapes) != len(wanted.things):
        out.append(f"{len(seen.shapes)} shapes")
    if any(None in s.kind for s in seen.shapes):
        out.append("unclear shapes")
    if out:
        return out

    def fits(shape, thing):
        return all(t is None or t == s for s, t in zip((shape.shape, shape.colour, shape.size, shape.place), thing))

    orders = [o for o in itertools.permutations(seen.shapes) if all(fits(s, t) for s, t in zip(o, wanted.things))]
    if not orders:
        return ["other shapes"]
    if wanted.relation and not any(related(o[0].box, wanted.relation, o[1].box) for o in orders):
        return [f"not {wanted.relation}"]
    return []


def told(seen):
    """What was seen, for people."""
    parts = [f"{s.size} {s.colour or 'unclear'} {s.shape or 'unclear'} {s.place}" for s in seen.shapes]
    return f"{', '.join(parts) or 'nothing'} on {seen.background or 'unclear'}"


def shapes_in(picture):
    """[(shape or None, colour or None, box)], left to right."""
    return [(s.shape, s.colour, s.box) for s in see(picture).shapes]


def right(found, expected):
    """Are these exactly the expected (shape, colour) pairs, in any order? None in `expected` stands for any."""
    found = [f[:2] for f in found]
    if len(found) != len(expected) or any(None in f for f in found):
        return False
    return any(all(w in (None, v) for f, e in zip(order, expected) for v, w in zip(f, e)) for order in itertools.permutations(found))


def load(path):
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        sys.exit(f"judge: {path}: no picture that can be read")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("picture")
    p.add_argument("--background", default="white", help="`*` stands for any")
    p.add_argument("things", nargs="*")
    args = p.parse_args()
    seen = see(load(args.picture))
    print(told(seen))
    if args.things:
        things = tuple(tuple(None if v == "*" else v for v in t.split(":")) for t in args.things)
        wrong = faults(seen, Wanted(things, None if args.background == "*" else args.background))
        print("wrong: " + ", ".join(wrong) if wrong else "right")
        sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
