#!/usr/bin/env python3
"""Says what flat shapes a picture shows, and whether they are the ones that were asked for.

    judge.py PICTURE [shape:colour ...]     (a `*` stands for any)
"""

import sys

import cv2
import numpy as np

from world import COLOURS, corners

BACKGROUND = 255
SPECK = 200  # pixels; smaller spots are texture, not shapes


def shape_of(contour, mask):
    """The name of one filled outline, or None if it is no clean shape."""
    area = cv2.contourArea(contour)
    hull = cv2.contourArea(cv2.convexHull(contour))
    if area < SPECK or hull == 0:
        return None
    solid = area / hull
    (_, _), (w, h), _ = cv2.minAreaRect(contour)
    box = area / max(1.0, w * h)
    round_ = area / (np.pi * cv2.minEnclosingCircle(contour)[1] ** 2)
    triangle = area / max(1.0, cv2.minEnclosingTriangle(contour.astype(np.float32))[0])
    if solid < 0.8:
        guess = "star"
    elif triangle > 0.82:
        guess = "triangle"
    elif round_ > 0.87:
        guess = "circle"
    elif box > 0.88 and 0.8 < w / max(1.0, h) < 1.25:
        guess = "square"
    else:
        return None
    # A clean shape also covers what its ideal with the same bounding box covers.
    x, y, w, h = cv2.boundingRect(contour)
    ideal = np.zeros_like(mask)
    p = corners(guess, 2.0)
    if p is None:
        cv2.ellipse(ideal, ((x + w / 2 - 0.5, y + h / 2 - 0.5), (w, h), 0), 255, -1)
    else:
        p = (p - p.min(0)) / (p.max(0) - p.min(0)) * (w - 1, h - 1) + (x, y)
        cv2.fillPoly(ideal, [np.round(p).astype(np.int32)], 255)
    both = np.count_nonzero((ideal > 0) & (mask > 0))
    either = np.count_nonzero((ideal > 0) | (mask > 0))
    return guess if both / either > 0.82 else None


def colour_of(picture, mask):
    inner = cv2.erode(mask, np.ones((5, 5), np.uint8))
    pixels = picture[(inner if inner.any() else mask) > 0].astype(np.float32)
    middle = np.median(pixels, axis=0)
    far = {name: np.linalg.norm(middle - np.array(rgb)) for name, rgb in COLOURS.items()}
    best = min(far, key=far.get)
    # one flat colour, not a patchwork
    if far[best] > 60 or np.mean(np.linalg.norm(pixels - middle, axis=1) < 60) < 0.9:
        return None
    return best


def shapes_in(picture):
    """[(shape or None, colour or None, box)] of an RGB picture on white, left to right."""
    distance = np.linalg.norm(picture.astype(np.float32) - BACKGROUND, axis=2)
    mask = (distance > 90).astype(np.uint8) * 255
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    found = []
    for i in range(1, count):
        if stats[i, cv2.CC_STAT_AREA] < SPECK:
            continue
        part = (labels == i).astype(np.uint8) * 255
        contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        contour = max(contours, key=cv2.contourArea)
        found.append((shape_of(contour, part), colour_of(picture, part), tuple(int(v) for v in stats[i, :4])))
    return sorted(found, key=lambda f: f[2][0] + f[2][2] / 2)


def right(found, expected):
    """Are these exactly the expected (shape, colour) pairs, in any order? None in `expected` stands for any."""
    found = [f[:2] for f in found]
    if len(found) != len(expected) or any(None in f for f in found):
        return False
    if not expected:
        return True
    fits = lambda f, e: e[0] in (None, f[0]) and e[1] in (None, f[1])
    return any(fits(f, expected[0]) and right(found[:i] + found[i + 1 :], expected[1:]) for i, f in enumerate(found))


if __name__ == "__main__":
    image = cv2.imread(sys.argv[1], cv2.IMREAD_COLOR)
    if image is None:
        sys.exit(f"judge: {sys.argv[1]}: no picture that can be read")
    seen = shapes_in(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
    for s, c, box in seen:
        print(c or "unclear", s or "unclear", *box)
    if len(sys.argv) > 2:
        want = [tuple(None if v == "*" else v for v in a.split(":")) for a in sys.argv[2:]]
        good = right(seen, want)
        print("right" if good else "wrong")
        sys.exit(not good)
