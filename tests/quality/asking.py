"""Pictures and questions about them, with what may be answered; no picture's combination of shapes was in training."""

import random
import re

from world import BACKGROUNDS, FIRST, NUMBERS, RELATIONS, SECOND, caption, name, place_of, scene, several

# Issue 5's kinds of questions, asked equally often; whole captions are a figure of their own.
KINDS = ("count", "count of a shape", "count of a colour", "colour", "shape", "exists", "relation", "where", "background")


def plain(text):
    """An answer without what is a matter of taste."""
    text = re.sub(r"\s+", " ", text.strip().rstrip(".").lower())
    return text.replace("grey", "gray").replace("center", "centre").replace("middle", "centre")


def number(text):
    text = plain(text)
    for word in (" shapes", " shape"):
        text = text.removesuffix(word)
    if text in ("no", "none"):
        return 0
    return int(text) if text.isdigit() else NUMBERS.index(text) if text in NUMBERS else None


def place(text):
    text = re.sub(r"^(it is )?((in|at|on|to) )?(the )?", "", plain(text))
    text = text.replace("upper", "top").replace("lower", "bottom").removesuffix(" corner").removesuffix(" side")
    return {"top centre": "top", "centre left": "left", "centre right": "right", "bottom centre": "bottom", "centre centre": "centre"}.get(text, text)


def said_kinds(text):
    """([(shape, colour)] sorted, background or None) that a caption names, or None if it is no caption of our world."""
    text = plain(text)
    m = re.search(r",? on an? (\w+)( background)?$", text)
    background = m.group(1) if m else None
    if background and background not in BACKGROUNDS:
        return None
    text = text[: m.start()] if m else text
    kinds = []
    for part in re.split(r", and |, | and ", text):
        words = part.split()
        if not words or words[0] not in ("a", "an", *NUMBERS[1:]):
            return None
        n = max(1, NUMBERS.index(words[0]) if words[0] in NUMBERS else 1)
        rest = [w for w in words[1:] if w not in ("small", "medium", "large")]
        if len(rest) != 2 or rest[0] not in SECOND.colours:
            return None
        shape = next((s for s in SECOND.shapes if rest[1] == (several(s) if n > 1 else s)), None)
        if shape is None:
            return None
        kinds += [(shape, rest[0])] * n
    return sorted(kinds), background


def good_caption(text, spots, background):
    """All shapes and colours, nothing else, and the background unless it is white. One or two on white in the words of the first edition."""
    kinds = [s.kind for s in spots]
    if background == "white" and len(kinds) <= 2:
        return plain(text) == caption(kinds)
    said = said_kinds(text)
    return said is not None and said[0] == sorted(kinds) and (said[1] or "white") == background


def fair_place(spot):
    """A middle that is clearly in one ninth of a 384-pixel picture."""
    return all(abs(v - line) > 16 for v in (spot.x, spot.y) for line in (128, 256))


def clearly(spots, i, relation):
    """The one shape that is `relation` shape i, if nobody would argue: straight there, and every other is clearly on the far side."""
    me = spots[i]
    axis, sign = {"left of": (0, -1), "right of": (0, 1), "above": (1, -1), "below": (1, 1)}[relation]
    ahead = [(sign * ((s.x, s.y)[axis] - (me.x, me.y)[axis]), abs((s.y, s.x)[axis] - (me.y, me.x)[axis]), s) for j, s in enumerate(spots) if j != i]
    there = [(far, aside, s) for far, aside, s in ahead if far > 0]
    if len(there) != 1 or any(abs(far) < 24 for far, _, _ in ahead) or there[0][0] < 1.7 * there[0][1]:
        return None
    return there[0][2]


def question(rng, kind, spots, background):
    """(question, answer, judge of an answer), or None if this picture does not allow it."""
    shapes, colours = [s.shape for s in spots], [s.colour for s in spots]
    exact = lambda answer: lambda text: plain(text) == answer
    counted = lambda n: lambda text: number(text) == n
    i = rng.randrange(len(spots))
    if kind == "caption":
        return "Describe the picture.", caption([s.kind for s in spots], background), lambda t: good_caption(t, spots, background)
    if kind == "count":
        return rng.choice(("How many shapes are there?", "How many shapes are in the picture?")), NUMBERS[len(spots)], counted(len(spots))
    if kind == "count of a shape":
        shape = shapes[i] if rng.random() < 0.7 else rng.choice(SECOND.shapes)
        return f"How many {several(shape)} are there?", NUMBERS[shapes.count(shape)], counted(shapes.count(shape))
    if kind == "count of a colour":
        colour = colours[i] if rng.random() < 0.7 else rng.choice(SECOND.colours)
        return f"How many {colour} shapes are there?", NUMBERS[colours.count(colour)], counted(colours.count(colour))
    if kind == "colour":
        if shapes.count(shapes[i]) > 1:
            return None
        return rng.choice(("What colour is the {}?", "What color is the {}?")).format(shapes[i]), colours[i], exact(colours[i])
    if kind == "shape":
        if colours.count(colours[i]) > 1:
            return None
        return f"What shape is the {colours[i]} one?", shapes[i], exact(shapes[i])
    if kind == "exists":
        here = {s.kind for s in spots}
        if rng.random() < 0.5:
            want = spots[i].kind
        elif len(spots) > 1 and rng.random() < 0.4:
            want = (shapes[i], rng.choice(colours))  # its parts are there, maybe not the whole
        elif rng.random() < 0.5:
            want = rng.choice(((shapes[i], rng.choice(SECOND.colours)), (rng.choice(SECOND.shapes), colours[i])))
        else:
            want = rng.choice(SECOND.kinds)
        answer = "yes" if want in here else "no"
        return f"Is there {name(want)}?", answer, lambda t: plain(t).split(",")[0].split(" ")[0] == answer
    if kind == "relation":
        relation = rng.choice(RELATIONS)
        there = clearly(spots, i, relation)
        if there is None or shapes.count(shapes[i]) > 1:
            return None
        words = rng.choice(("left of", "to the left of")) if relation == "left of" else rng.choice(("right of", "to the right of")) if relation == "right of" else relation
        return f"What is {words} the {shapes[i]}?", name(there.kind), lambda t: plain(t) in (name(there.kind), f"{there.colour} {there.shape}")
    if kind == "where":
        if shapes.count(shapes[i]) > 1 or not fair_place(spots[i]):
            return None
        answer = place_of(spots[i].x, spots[i].y)
        return f"Where is the {shapes[i]}?", answer, lambda t: place(t) == answer
    if kind == "background":
        good = (background, f"a {background} background", f"the background is {background}", f"{background} background")
        return rng.choice(("What is the background?", "What colour is the background?")), background, lambda t: plain(t) in good
    raise ValueError(kind)


def picture_kinds(rng):
    """One to five, left to right, none of it seen in training: the only shape is a held-out combination, or some neighbours are."""
    n = rng.choice((1, 2, 2, 3, 3, 4, 5))
    if n == 1:
        return [rng.choice(SECOND.held_out if rng.random() < 0.5 else SECOND.kinds)]
    kinds = list(SECOND.pair(rng)) + [rng.choice(SECOND.kinds) for _ in range(n - 2)]
    if rng.random() < 0.3:  # two or three alike: something to count
        kinds[-1] = kinds[0]
    rng.shuffle(kinds)
    return kinds


def questions(n, captions, seed=2):
    """[{kind, picture, spots, background, question, answer, good}]: n questions of all KINDS and then `captions` whole captions."""
    out = []
    for part, count in (((KINDS), n), (("caption",), captions)):
        rng = random.Random(f"{part[0]} {seed}")
        while len(out) < (n if part is KINDS else n + captions):
            kind = part[len(out) % len(part)]
            background = rng.choice(("white", "white", "gray", "black"))
            asked = None
            while asked is None:
                # Places are asked about in square pictures only: others get a margin of gray before the model sees them.
                size = rng.choice(((384, 384), (384, 384), (384, 384), (384, 300), (300, 384))) if kind != "where" else (384, 384)
                picture, spots = scene(rng, picture_kinds(rng), *size, background=background)
                asked = question(rng, kind, spots, background)
            out.append({"kind": kind, "picture": picture, "spots": spots, "background": background, "question": asked[0], "answer": asked[1], "good": asked[2]})
    return out


# --- the first edition's world ---------------------------------------------------------------------------------------


def ask_first(rng, kinds):
    """[(kind, question, answer)] of every sort that fits the picture."""
    shapes, colours = [k[0] for k in kinds], [k[1] for k in kinds]
    out = [("caption", "Describe the picture.", caption(kinds)), ("count", "How many shapes are there?", NUMBERS[len(kinds)])]
    i = rng.randrange(len(kinds))
    if len(kinds) == 1:
        out += [("shape", "What shape is it?", shapes[0]), ("colour", "What colour is it?", colours[0])]
    if shapes.count(shapes[i]) == 1:
        out.append(("colour", f"What colour is the {shapes[i]}?", colours[i]))
    if colours.count(colours[i]) == 1:
        out.append(("shape", f"What shape is the {colours[i]} one?", shapes[i]))
    want = kinds[i] if rng.random() < 0.5 else rng.choice(FIRST.kinds)
    if rng.random() < 0.3 and len(kinds) == 2:
        want = (shapes[0], colours[1])
    out.append(("exists", f"Is there {name(want)}?", "yes" if want in kinds else "no"))
    return out


def first_world(n, seed=2):
    """Questions and captions on one or two shapes on white; every pair of shapes is held out."""
    rng = random.Random(seed)
    tests = []
    while len(tests) < n:
        kinds = [rng.choice(FIRST.held_out if rng.random() < 0.4 else FIRST.kinds)] if rng.random() < 0.4 else list(FIRST.pair(rng))
        size = rng.choice(((384, 384), (384, 384), (500, 400), (300, 400)))
        picture, spots = scene(rng, kinds, *size, largest=280)
        kind, asked, answer = rng.choice(ask_first(rng, kinds))
        tests.append({"kind": kind, "picture": picture, "spots": spots, "background": "white", "question": asked, "answer": answer,
                      "good": lambda text, answer=answer: plain(text) == answer})
    return tests
