"""Questions about pictures and their answers.

A picture is (things in order, background, content box) as scenes.look gives it. Answers:
  a caption names the things left to right (in one column: top to bottom): "a red star", "a red star and a blue circle",
  "a red star, a blue circle and a green square"; all alike are counted: "three red stars"; behind it
  " on a gray background" or " on a black background" unless it is white;
  places are the nine of settings.PLACES, by where a thing's middle is;
  "What is left of ...?" is asked where one thing or none is there, and answered by its name or "nothing".
"""

import random

import scenes
from language import NUMBER
from settings import PLACES, SETTINGS as S

CAPTION = ["Describe the picture."] * 8 + [
    "Describe the picture", "Describe this picture.", "Describe the image.", "Describe this image.", "What is in the picture?", "What is in this picture?",
    "What is in the image?", "What do you see?", "What can you see?", "What does the picture show?", "What is shown?", "What is this?", "Caption this picture.",
    "Describe what you see.", "Please describe the picture.", "What is in this image?", "What's in the picture?", "Tell me what you see.", "Describe it.",
]
CLEAR = 24  # pixels by which a thing must be further left or higher to be called so


def a(words):
    return ("an " if words[0] in "aeiou" else "a ") + words


def many(shape):
    return shape + ("es" if shape.endswith("s") else "s")


def name(kind):
    return a(f"{kind[1]} {kind[0]}")


def caption(kinds, background="white"):
    if len(kinds) > 1 and len(set(kinds)) == 1:
        text = f"{NUMBER[len(kinds)]} {kinds[0][1]} {many(kinds[0][0])}"
    elif len(kinds) > 2:
        text = ", ".join(name(k) for k in kinds[:-1]) + " and " + name(kinds[-1])
    else:
        text = " and ".join(name(k) for k in kinds)
    return text if background == "white" else text + f" on a {background} background"


def colour_word(rng):
    return rng.choice(["colour", "color"])


def called(rng, things, i):
    """Words that mean thing i and no other, without an article; None if there are none."""
    t = things[i]
    ways = []
    if sum(u.shape == t.shape for u in things) == 1:
        ways += [t.shape] * 3
    if sum(u.kind == t.kind for u in things) == 1:
        ways += [f"{t.colour} {t.shape}"]
    if sum(u.colour == t.colour for u in things) == 1 and rng.random() < 0.3:
        ways += [f"{t.colour} {rng.choice(['shape', 'one', 'thing'])}"]
    return rng.choice(ways) if ways else None


SIDES = {
    "left": ["left of", "to the left of", "on the left of", "on the left side of"],
    "right": ["right of", "to the right of", "on the right of", "on the right side of"],
    "above": ["above", "above", "over"],
    "below": ["below", "below", "under", "beneath"],
}


def beside(things, i, side):
    """Which things are clearly on that side of thing i; None where it is not clear."""
    t, out = things[i], []
    for u in things:
        if u is t:
            continue
        d = {"left": t.x - u.x, "right": u.x - t.x, "above": t.y - u.y, "below": u.y - t.y}[side]
        if abs(d) < CLEAR:
            return None
        if d > 0:
            out.append(u)
    return out


def ask_count(rng, things, _):
    shapes, colours, kinds = [t.shape for t in things], [t.colour for t in things], [t.kind for t in things]
    place = rng.choice(["", "", " in the picture", " in the image", " here"])
    u = rng.random()
    if u < 0.45:
        t = rng.choice(["How many shapes are there{}?"] * 4 + ["How many shapes are{}?" if place else "How many shapes?", "How many things are there{}?", "How many objects are there{}?", "How many shapes do you see{}?", "Count the shapes{}."])
        return t.format(place), NUMBER[len(things)]
    ways = ["How many {} are there{}?"] * 5 + ["How many {} do you see{}?", "How many {} can you see{}?", "Count the {}{}."]
    if u < 0.68:
        s = rng.choice(shapes) if rng.random() < 0.7 else rng.choice(S.shapes)
        return rng.choice(ways).format(many(s), place), NUMBER[shapes.count(s)]
    if u < 0.88:
        c = rng.choice(colours) if rng.random() < 0.7 else rng.choice(S.colours)
        return rng.choice(ways).format(f"{c} {rng.choice(['shapes', 'shapes', 'things', 'objects'])}", place), NUMBER[colours.count(c)]
    k = rng.choice(kinds)
    if rng.random() < 0.3:
        k = (k[0], rng.choice(S.colours)) if rng.random() < 0.5 else (rng.choice(S.shapes), k[1])
    return rng.choice(ways).format(f"{k[1]} {many(k[0])}", place), NUMBER[kinds.count(k)] if scenes.allowed(k) else None


def ask_colour(rng, things, _):
    if len(things) == 1 and rng.random() < 0.5:
        t = rng.choice(["What {} is it?"] * 3 + ["What {} is the shape?", "Which {} is it?", "What {} does it have?", "What is the {}?", "What {}?", "What {} is this?", "What {} is the object?"])
        return t.format(colour_word(rng)), things[0].colour
    i = rng.randrange(len(things))
    if sum(t.shape == things[i].shape for t in things) > 1:
        return None, None
    t = rng.choice(["What {} is the {}?"] * 4 + ["Which {} is the {}?", "What {} does the {} have?", "What is the {} of the {}?", "Tell me the {} of the {}."])
    return t.format(colour_word(rng), things[i].shape), things[i].colour


def ask_shape(rng, things, _):
    if len(things) == 1 and rng.random() < 0.5:
        return rng.choice(["What shape is it?"] * 3 + ["What shape is this?", "Which shape is it?", "What is the shape?", "What shape is there?", "What shape is in the picture?", "What shape do you see?", "What shape?"]), things[0].shape
    i = rng.randrange(len(things))
    if sum(t.colour == things[i].colour for t in things) > 1:
        return None, None
    t = rng.choice(["What shape is the {} one?"] * 3 + ["What shape is {}?", "What shape is the {} shape?", "Which shape is {}?", "What is the shape of the {} one?", "What shape is the {} thing?", "What shape is the {} object?", "What is {}?"])
    return t.format(things[i].colour), things[i].shape


def ask_exists(rng, things, _):
    kinds = [t.kind for t in things]
    shapes, colours = [k[0] for k in kinds], [k[1] for k in kinds]
    kind, other = rng.choice(kinds), rng.choice(kinds)
    v = rng.random()
    if v < 0.45:
        want = kind
    elif v < 0.68 and len(kinds) > 1:  # the parts are there, the whole is not
        want = (kind[0], other[1])
    elif v < 0.8:
        want = (kind[0], rng.choice(S.colours))
    elif v < 0.92:
        want = (rng.choice(S.shapes), kind[1])
    else:
        want = (rng.choice(S.shapes), rng.choice(S.colours))
    w = rng.random()
    if w < 0.65:
        if not scenes.allowed(want):
            return None, None
        what, there = name(want), want in kinds
    elif w < 0.83:
        what, there = a(want[0]), want[0] in shapes
    else:
        what, there = rng.choice(["{} shape", "{} object", "{} thing"]).format(want[1]), want[1] in colours
        what = rng.choice([a(what), a(what), f"something {want[1]}", f"anything {want[1]}"])
    place = rng.choice(["", "", " in the picture", " in the image", " here", " in this picture"])
    t = rng.choice(["Is there {}{}?"] * 6 + ["Do you see {}{}?", "Can you see {}{}?", "Does the picture show {}?", "Is {} there?", "Does the image contain {}?"])
    return t.format(what, place) if t.count("{}") == 2 else t.format(what), "yes" if there else "no"


def ask_where(rng, things, content):
    i = rng.randrange(len(things))
    what, at = called(rng, things, i), scenes.where(things[i], content, 8)
    if not what or at < 0:
        return None, None
    t = rng.choice(["Where is the {}?"] * 5 + ["Where in the picture is the {}?", "Where do you see the {}?", "In which part of the picture is the {}?", "Where can you see the {}?"])
    return t.format(what), PLACES[at]


def ask_beside(rng, things, _):
    if len(things) > 4 or (len(things) == 1 and rng.random() < 0.8):
        return None, None
    i, side = rng.randrange(len(things)), rng.choice(list(SIDES))
    what, there = called(rng, things, i), beside(things, i, side)
    if not what or there is None or len(there) > 1 or (not there and rng.random() < 0.5):
        return None, None
    t = rng.choice(["What is {} the {}?"] * 6 + ["What do you see {} the {}?", "Which shape is {} the {}?", "What's {} the {}?", "What can you see {} the {}?"])
    return t.format(rng.choice(SIDES[side]), what), name(there[0].kind) if there else "nothing"


def ask_at(rng, things, content):
    """What is in a place, or on a side of two."""
    if len(things) == 2 and rng.random() < 0.6:
        upright = rng.random() < 0.3
        pair = sorted(things, key=lambda t: t.y) if upright else things
        if (pair[1].y - pair[0].y if upright else pair[1].x - pair[0].x) < CLEAR * 2:
            return None, None
        i = rng.randrange(2)
        side = (("top", "bottom") if upright else ("left", "right"))[i]
        v = rng.random()
        if v < 0.6:
            on = "at the" if upright else "on the"
            return rng.choice([f"What is {on} {side}?", f"What is {on} {side}?", f"Which shape is {on} {side}?", f"What do you see {on} {side}?"]), name(pair[i].kind)
        if v < 0.8:
            return f"What {colour_word(rng)} is the shape {'at' if upright else 'on'} the {side}?", pair[i].colour
        return f"What shape is {'at' if upright else 'on'} the {side}?", pair[i].shape
    at = [scenes.where(t, content, 8) for t in things]
    want = rng.choice(at) if rng.random() < 0.85 else rng.randrange(9)
    if want < 0 or PLACES[want] in ("top", "bottom", "left", "right") or -1 in at or at.count(want) > 1:
        return None, None
    place = PLACES[want]
    q = rng.choice([f"What is in the {place}?"] * 4 + [f"What is in the {place} corner?" if place != "centre" else "What is in the middle?", f"What do you see in the {place}?"])
    if place == "centre" and rng.random() < 0.3:
        q = q.replace("centre", "center")
    return q, name(things[at.index(want)].kind) if want in at else "nothing"


BACKGROUND = ["What is the background?"] * 4 + ["What {} is the background?"] * 3 + ["Which {} is the background?", "What is the {} of the background?", "What {} is behind the shapes?", "What background is it?", "What {} background is it?"]
KINDS = (("caption", 0.1), ("count", 0.17), ("colour", 0.13), ("shape", 0.03), ("exists", 0.12), ("where", 0.15), ("beside", 0.23), ("at", 0.05), ("background", 0.02))


def question(rng, picture):
    """(question, answer, kind of question)."""
    things, background, content = picture
    while True:
        kind = rng.choices([k for k, _ in KINDS], [w for _, w in KINDS])[0]
        if kind == "caption":
            return rng.choice(CAPTION), caption([t.kind for t in things], background), kind
        if kind == "background":
            return rng.choice(BACKGROUND).format(colour_word(rng)), background, kind
        q, answer = globals()["ask_" + kind](rng, things, content)
        if answer:
            return q, answer, kind


def ask(rng, picture):
    q, answer, kind = question(rng, picture)
    if rng.random() < 0.12:
        q = q.lower()
    if rng.random() < 0.06:
        q = q.rstrip("?.")
    return q, answer, kind


def imagined(rng, most=S.most):
    """A picture that nobody renders."""
    while True:
        kinds = scenes.pick_kinds(rng, most)
        if rng.random() < 0.12:
            cells = rng.sample(range(9), len(kinds)) if rng.random() < 0.5 else list(S.layout[len(kinds)])
            size = rng.choice(S.sizes)
            spots = [scenes.spot(c, size) for c in cells]
        else:
            spots = scenes.place(rng, len(kinds), S.image, S.image)
        if not spots:
            continue
        things = scenes.in_order([scenes.Thing(k[0], k[1], *s) for k, s in zip(kinds, spots)])
        if things and scenes.order_allowed(things):
            return things, rng.choices(S.backgrounds, (0.6, 0.2, 0.2))[0], (0, 0, S.image, S.image)
