#!/usr/bin/env python3
"""Is the judge just? It must say yes to true pictures, also blurred ones, and no to each way of being wrong.

    judge_test.py [--pictures 60]

Pictures are drawn by world.py, never by the model; prints the share of each kind judged rightly and fails below its bar.
"""

import argparse
import collections
import random
import sys

import cv2
import numpy as np

import judge
import world
from world import BACKGROUNDS, COLOURS, PLACES, RELATIONS, SECOND, SIZES, blank, paint

OTHER = [(90, 60, 20), (160, 160, 160), (20, 60, 20), (250, 250, 190), (200, 120, 255)]  # no colours of ours


def lattice(rng, kinds):
    """[(kind, x, y, size)]: as a model may draw, in cells of a 3 x 3 lattice."""
    cells = rng.sample([(r, c) for r in range(3) for c in range(3)], len(kinds))
    return [(k, 64 + 128 * c + rng.uniform(-3, 3), 64 + 128 * r + rng.uniform(-3, 3), rng.choice((56, 78, 108))) for k, (r, c) in zip(kinds, cells)]


def anywhere(rng, kinds):
    return [(s.kind, s.x, s.y, s.size) for s in world.scene(rng, kinds)[1]]


def draw(spots, background):
    picture = blank(background=background)
    for (shape, colour), x, y, size in spots:
        paint(picture, shape, colour, x, y, size)
    return picture


def wanted(spots, background):
    things = tuple((*k, world.size_of(size), world.place_of(x, y)) for k, x, y, size in spots)
    return judge.Wanted(things, background)


def rough(rng, picture):
    """As a VQ decoder leaves it: soft edges, texture, a cast of colour."""
    noise = np.random.default_rng(rng.getrandbits(32))
    out = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.6, 1.4)).astype(np.float32)
    coarse = cv2.resize(noise.normal(0, 5, (48, 48, 3)).astype(np.float32), (384, 384), interpolation=cv2.INTER_CUBIC)
    return np.clip(out + coarse + noise.normal(0, 4, out.shape) + noise.normal(0, 4, 3), 0, 255).astype(np.uint8)


def clear_of_borders(spots):
    """Places and sizes that nobody would argue about."""
    edges = [low for low, _ in SIZES.values() if low > 40]
    return all(min(abs(v - b) for b in (128, 256)) > 6 for _, x, y, _ in spots for v in (x, y)) and all(min(abs(s - e) for e in edges) > 6 for *_, s in spots)


# Each spoils a true picture: (rng, spots, background) -> (picture, wanted).


def other(rng, values, value):
    return rng.choice([v for v in values if v != value])


def spoil(rng, spots, background, change):
    """The first shape drawn as `change` makes it, while the true one is wanted."""
    told = wanted(spots, background)
    (shape, colour), x, y, size = spots[0]
    return draw([change(shape, colour, x, y, size), *spots[1:]], background), told


def wrong_shape(rng, spots, b):
    return spoil(rng, spots, b, lambda s, c, x, y, n: ((other(rng, judge.SHAPES, s), c), x, y, n))


def wrong_colour(rng, spots, b):
    return spoil(rng, spots, b, lambda s, c, x, y, n: ((s, other(rng, list(COLOURS), c)), x, y, n))


def no_colour_of_ours(rng, spots, b):
    return spoil(rng, spots, b, lambda s, c, x, y, n: ((s, rng.choice([o for o in OTHER if np.abs(np.subtract(o, BACKGROUNDS[b])).sum() > 150])), x, y, n))


def wrong_place(rng, spots, b):
    return spoil(rng, spots, b, lambda s, c, x, y, n: ((s, c), (x + 128) % 384, y, n))


def wrong_size(rng, spots, b):
    return spoil(rng, spots, b, lambda s, c, x, y, n: ((s, c), x, y, 110 if n < 93 else 56))


def wrong_background(rng, spots, b):
    return draw(spots, other(rng, list(BACKGROUNDS), b)), wanted(spots, b)


def one_missing(rng, spots, b):
    return draw(spots[1:], b), wanted(spots, b)


def one_too_many(rng, spots, b):
    return draw(spots, b), wanted(spots[1:], b)


def colours_swapped(rng, spots, b):
    return draw([((k[0], COLOURS[other(rng, list(COLOURS), k[1])]), x, y, n) for k, x, y, n in spots], b), wanted(spots, b)


def merged(rng, spots, b):
    """Two of one colour that overlap, where two are wanted and where one is."""
    picture = blank(background=b)
    s, t = rng.choice(judge.SHAPES), rng.choice(judge.SHAPES)
    c = rng.choice(list(COLOURS))
    x = rng.uniform(120, 200)
    step = rng.uniform(0.45, 0.8)
    paint(picture, s, c, x, 192, 100)
    paint(picture, t, c, x + 100 * step, 192 + rng.uniform(-15, 15), 100)
    things = ((s, c), (t, c)) if rng.random() < 0.5 else ((s, c),)
    return picture, judge.Wanted(things, b)


def patchwork(rng, spots, b):
    """A part of the first shape in another colour."""
    picture = draw(spots, b)
    (shape, colour), x, y, size = spots[0]
    alone = draw([spots[0]], b)
    inside = np.abs(alone.astype(int) - BACKGROUNDS[b]).sum(2) > 0
    half = np.zeros_like(inside)
    y0 = int(y + rng.uniform(-0.15, 0.15) * size)
    half[y0:] = True
    picture[inside & half] = COLOURS[other(rng, list(COLOURS), colour)]
    return picture, wanted(spots, b)


def cut(rng, spots, b):
    """A third of the first shape is missing at one side."""
    picture = draw(spots, b)
    (shape, _), x, y, size = spots[0]
    x0, x1, y0, y1 = int(x - size / 2), int(x + size / 2) + 1, int(y - size / 2), int(y + size / 2) + 1
    side = rng.randrange(4)
    third = int(size * 0.36)
    if side == 0:
        x1 = x0 + third
    elif side == 1:
        x0 = x1 - third
    elif side == 2:
        y1 = y0 + third
    else:
        y0 = y1 - third
    picture[max(0, y0 - 2) : y1 + 2, max(0, x0 - 2) : x1 + 2] = BACKGROUNDS[b]
    return picture, wanted(spots, b)


def bitten(rng, spots, b):
    """A round piece is missing from within."""
    picture = draw(spots, b)
    (shape, _), x, y, size = spots[0]
    cv2.circle(picture, (int(x), int(y)), int(size * (0.12 if shape == "star" else 0.16)), BACKGROUNDS[b], -1)
    return picture, wanted(spots, b)


def ring(rng, spots, b):
    """A hollow outline."""
    picture = draw(spots, b)
    (shape, colour), x, y, size = spots[0]
    paint(picture, shape, BACKGROUNDS[b], x, y, size * 0.6)
    return picture, wanted(spots, b)


def squeezed(rng, spots, b):
    told = wanted(spots, b)
    picture = draw(spots, b)
    flat = cv2.resize(picture, (384, 250), interpolation=cv2.INTER_AREA)
    out = blank(background=b)
    out[67 : 67 + 250] = flat
    return out, judge.Wanted(tuple(t[:2] for t in told.things), b)


def blob(rng, spots, b):
    """No shape at all: a wobbly spot of the right colour."""
    picture = draw(spots[1:], b)
    (shape, colour), x, y, size = spots[0]
    phase = rng.uniform(0, 6.28)
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    r = size / 2 * (0.72 + 0.2 * np.sin(2 * angle + phase) + 0.08 * np.sin(5 * angle))
    points = np.stack([x + r * np.cos(angle), y + r * np.sin(angle)], 1)
    cv2.fillPoly(picture, [np.round(points).astype(np.int32)], COLOURS[colour])
    return picture, wanted(spots, b)


def dirty_paper(rng, spots, b):
    """Bits of shapes all over the paper."""
    picture = draw([], b)
    for _ in range(40):
        x, y = rng.randrange(384), rng.randrange(384)
        cv2.rectangle(picture, (x, y), (x + 9, y + 9), COLOURS[rng.choice(list(COLOURS))], -1)
    for (shape, colour), x, y, size in spots:
        paint(picture, shape, colour, x, y, size)
    return picture, wanted(spots, b)


def other_relation(rng, spots, b):
    """A pair that stands otherwise than asked."""
    first, second = spots[:2]
    boxes = [(x, y, n, n) for _, x, y, n in (first, second)]
    not_so = [r for r in RELATIONS if not world.related(boxes[0], r, boxes[1])]
    return draw([first, second], b), judge.Wanted((first[0], second[0]), b, rng.choice(not_so))


WRONG = (wrong_shape, wrong_colour, no_colour_of_ours, wrong_place, wrong_size, wrong_background, one_missing, one_too_many, colours_swapped,
         merged, patchwork, cut, bitten, ring, squeezed, blob, dirty_paper, other_relation)


def scenes(rng):
    """Endless (spots, background); all shapes of a picture differ in kind."""
    while True:
        kinds = rng.sample(SECOND.kinds, rng.choice((1, 2, 2, 3, 4, 5)))
        spots = rng.choice((lattice, anywhere))(rng, kinds)
        if clear_of_borders(spots):
            yield spots, rng.choice(list(BACKGROUNDS))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--pictures", type=int, default=60, help="of each kind of true picture; a third of each kind of wrong one")
    p.add_argument("--verbose", action="store_true")
    args = p.parse_args()
    cv2.setNumThreads(1)
    rng = random.Random(7)
    source = scenes(rng)
    good = collections.defaultdict(list)
    for i in range(args.pictures):
        spots, b = next(source)
        picture, told = draw(spots, b), wanted(spots, b)
        for kind, shown in (("true, as drawn", picture), ("true, as a decoder leaves it", rough(rng, picture))):
            wrong = judge.faults(judge.see(shown), told)
            good[kind].append(not wrong)
            if wrong and args.verbose:
                print("  ", kind, wrong, told, judge.told(judge.see(shown)))
        if len(spots) > 1:
            first, second = spots[:2]
            relation = next((r for r in RELATIONS if world.related((*first[1:3],) + (first[3],) * 2, r, (*second[1:3],) + (second[3],) * 2)), None)
            shown = draw([first, second], b)
            good["true relation"].append(relation is not None and not judge.faults(judge.see(shown), judge.Wanted((first[0], second[0]), b, relation)))
    for change in WRONG:
        for i in range(max(10, args.pictures // 3)):
            spots, b = next(source)
            while len(spots) < 2:
                spots, b = next(source)
            picture, told = change(rng, spots, b)
            for shown in (picture, rough(rng, picture)):
                fine = bool(judge.faults(judge.see(shown), told))
                good[change.__name__.replace("_", " ")].append(fine)
                if not fine and args.verbose:
                    print("  ", change.__name__, told, judge.told(judge.see(shown)))
    failed = False
    for kind, results in good.items():
        bar = 0.98
        share = sum(results) / len(results)
        failed |= share < bar
        print(f"{kind:32} judged rightly {share:.3f} of {len(results):4} (bar {bar}{'' if share >= bar else ': NOT REACHED'})")
    sys.exit(failed)


if __name__ == "__main__":
    main()
