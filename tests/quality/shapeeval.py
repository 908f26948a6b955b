"""ShapeEval: GenEval's six tasks (Ghosh et al. 2023, arXiv 2310.11513) in the world of flat shapes, and what each picture must show.

Stricter than GenEval: nothing else may be in the picture, and the background must be the named one, or white.
"""

import random

from judge import Wanted
from world import BACKGROUNDS, FIRST, NUMBERS, PLACES, SECOND, SIZES, a, name, several

# GenEval's six; then three of our own that are no part of its overall figure.
TASKS = ("single object", "two objects", "counting", "colours", "position", "colour attribution")
EXTRAS = ("backgrounds", "sizes", "places")
EACH = 60  # prompts a task
SEEDS = 7  # drawings of one seed share their random numbers; coprime to every cycle below, so that no kind of prompt sticks to one

FRAMES = ("{}", "Draw {}.", "{} please", "a picture of {}", "{}.", "draw {}", "Please draw {}.", "an image of {}", "{}, please", "Draw {}, please.")
RELATION = {"left of": "to the left of", "right of": "to the right of", "above": "above", "below": "below"}
PLACE = {
    "top left": "in the top left", "top": "at the top", "top right": "in the top right",
    "left": "on the left", "centre": "in the centre", "right": "on the right",
    "bottom left": "in the bottom left", "bottom": "at the bottom", "bottom right": "in the bottom right",
}


def frame(rng, text):
    text = rng.choice(FRAMES).format(text)
    return text[0].upper() + text[1:] if rng.random() < 0.3 else text


def test(rng, task, text, things, background=None, **more):
    """One prompt in ten names its background, whatever the task."""
    if background is None and task in TASKS and rng.random() < 0.1:
        background = rng.choice(("black", "gray", "white"))
    if background:
        text += f" on a {background} background"
    held_out = any(t[:2] in SECOND.held_out for t in things)
    return {"task": task, "prompt": frame(rng, text), "wanted": Wanted(tuple(things), background or "white", **more), "held out": held_out}


def kind(rng, i):
    """Every third combination is one that training never contained."""
    return rng.choice(SECOND.held_out if i % 3 == 0 else [k for k in SECOND.kinds if k not in SECOND.held_out])


def differ(a, b):
    return a[0] != b[0] and a[1] != b[1]


def make(rng, task, i):
    if task == "single object":
        shape = SECOND.shapes[i % len(SECOND.shapes)]
        return test(rng, task, a(shape), [(shape, None)])
    if task == "two objects":
        first, second = rng.sample(SECOND.shapes, 2)
        return test(rng, task, f"{a(first)} and {a(second)}", [(first, None), (second, None)])
    if task == "counting":
        n, (shape, colour) = 2 + i % 4, kind(rng, i)
        if i % 5 == 4:
            colour = None
        return test(rng, task, f"{NUMBERS[n]} {colour + ' ' if colour else ''}{several(shape)}", [(shape, colour)] * n)
    if task == "colours":
        k = kind(rng, i)
        return test(rng, task, name(k), [k])
    if task == "position":
        relation = list(RELATION)[i % 4]
        first, second = SECOND.pair(rng, lambda p, q: p[0] != q[0])
        return test(rng, task, f"{name(first)} {RELATION[relation]} {name(second)}", [first, second], relation=relation)
    if task == "colour attribution":
        first, second = SECOND.pair(rng, differ)
        return test(rng, task, f"{name(first)} and {name(second)}", [first, second])
    k = kind(rng, i)
    if task == "backgrounds":
        background = list(BACKGROUNDS)[i % 3]
        return test(rng, task, name(k), [k], background)
    if task == "sizes":
        size = list(SIZES)[i % 3]
        return test(rng, task, a(f"{size} {k[1]} {k[0]}"), [(*k, size)])
    if task == "places":
        place = [p for row in PLACES for p in row][i % 9]
        return test(rng, task, f"{name(k)} {PLACE[place]}", [(*k, None, place)])
    raise ValueError(task)


def prompts(each=EACH, tasks=TASKS, seed=1):
    """[{task, prompt, wanted, held out, seed}]: the first `each` of every task's EACH; the same prompts whatever else is asked for."""
    out = []
    for task in tasks:
        rng = random.Random(f"{task} {seed}")
        made, said = [], set()
        while len(made) < EACH:
            t = make(rng, task, len(made))
            if t["prompt"] not in said:
                made.append({**t, "seed": seed + len(made) % SEEDS})
                said.add(t["prompt"])
        out += made[: min(each, EACH)]
    return out


def first_world(n, seed=1):
    """Prompts of the first edition's world (one or two shapes on white): a third of the single shapes are held-out combinations."""
    rng = random.Random(seed)
    tests = []
    for i in range(n):
        kind = ("one", "one", "held out", "shape only", "two", "one")[i % 6]
        if kind == "two":
            things = list(FIRST.pair(rng))
            text = f"{name(things[0])} and {name(things[1])}"
        elif kind == "shape only":
            things = [(rng.choice(FIRST.shapes), None)]
            text = a(things[0][0])
        else:
            things = [rng.choice(FIRST.held_out if kind == "held out" else FIRST.kinds)]
            text = name(things[0])
        prompt = rng.choice(FRAMES[:8]).format(text)
        if rng.random() < 0.3:
            prompt = prompt[0].upper() + prompt[1:]
        tests.append({"task": kind, "prompt": prompt, "wanted": Wanted(tuple(things)), "held out": kind == "held out", "seed": seed + i % SEEDS})
    return tests
