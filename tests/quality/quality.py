#!/usr/bin/env python3
"""Does the embedded model draw what it is told and see what is there?

    quality.py --bifrons build/demos/bifrons [--model models/nano-janus] [--drawings 60] [--questions 200]

Drives the program over prompts and pictures that training never contained (see HELD_OUT in world.py), prints the share
of right ones by kind, and fails under the bar. Everything is fixed by --seed.
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import cv2

import judge
from world import COLOURS, HELD_OUT, KINDS, SHAPES, an, caption, held_out_pair, name, scene

BAR = 0.90
FRAMES = ("{}", "Draw {}.", "{} please", "a picture of {}", "{}.", "draw {}", "Please draw {}.", "an image of {}")


def pairs(rng):
    """An ordered pair that training never contained."""
    while True:
        a, b = rng.choice(KINDS), rng.choice(KINDS)
        if a != b and held_out_pair(a, b):
            return a, b


def drawings(n, seed=1):
    """Prompts with what must be seen: [{kind, prompt, expected}]. A third of the single shapes are held-out combinations."""
    rng = random.Random(seed)
    tests = []
    for i in range(n):
        kind = ("one", "one", "held out", "shape only", "two", "one")[i % 6]
        if kind == "two":
            expected = list(pairs(rng))
            text = f"{name(expected[0])} and {name(expected[1])}"
        elif kind == "shape only":
            expected = [(rng.choice(SHAPES), None)]
            text = an(expected[0][0])
        else:
            expected = [rng.choice(HELD_OUT if kind == "held out" else KINDS)]
            text = name(expected[0])
        prompt = rng.choice(FRAMES).format(text)
        if rng.random() < 0.3:
            prompt = prompt[0].upper() + prompt[1:]
        tests.append({"kind": kind, "prompt": prompt, "expected": expected})
    return tests


def ask(rng, kinds):
    """(kind, question, answer) of every sort that fits the picture."""
    shapes, colours = [k[0] for k in kinds], [k[1] for k in kinds]
    out = [("caption", "Describe the picture.", caption(kinds)), ("count", "How many shapes are there?", ("one", "two")[len(kinds) - 1])]
    i = rng.randrange(len(kinds))
    if len(kinds) == 1:
        out += [("shape", "What shape is it?", shapes[0]), ("colour", "What colour is it?", colours[0])]
    if shapes.count(shapes[i]) == 1:
        out.append(("colour", f"What colour is the {shapes[i]}?", colours[i]))
    if colours.count(colours[i]) == 1:
        out.append(("shape", f"What shape is the {colours[i]} one?", shapes[i]))
    want = kinds[i] if rng.random() < 0.5 else rng.choice(KINDS)
    if rng.random() < 0.3 and len(kinds) == 2:
        want = (shapes[0], colours[1])
    out.append(("exists", f"Is there {name(want)}?", "yes" if want in kinds else "no"))
    return out


def questions(n, seed=2):
    """Pictures and questions: [{kind, kinds, picture, question, answer}]; every pair of shapes is held out."""
    rng = random.Random(seed)
    tests = []
    while len(tests) < n:
        i = len(tests)
        kinds = [rng.choice(HELD_OUT if rng.random() < 0.4 else KINDS)] if rng.random() < 0.4 else list(pairs(rng))
        size = rng.choice(((384, 384), (384, 384), (500, 400), (300, 400)))
        picture = scene(rng, kinds, *size, largest=280)
        kind, question, answer = rng.choice(ask(rng, kinds))
        tests.append({"kind": kind, "kinds": kinds, "picture": picture, "question": question, "answer": answer})
    return tests


def plain(text):
    return text.strip().rstrip(".").lower()


def summary(kinds, good):
    by = collections.defaultdict(list)
    for k, g in zip(kinds, good):
        by[k].append(g)
    parts = [f"{k} {sum(v) / len(v):.2f} of {len(v)}" for k, v in by.items()]
    return f"{sum(good) / max(1, len(good)):.3f} ({', '.join(parts)})"


def lines(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"quality: {' '.join(command[:2])} ended with {done.returncode}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bifrons", required=True)
    p.add_argument("--model", required=True)
    p.add_argument("--drawings", type=int, default=60)
    p.add_argument("--questions", type=int, default=200)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--guidance", help="instead of the model's own")
    p.add_argument("--keep", help="a folder for what was drawn")
    p.add_argument("--least-questions", type=float, default=BAR, help="fail below this in questions instead of below the bar, which is still printed")
    p.add_argument("--verbose", action="store_true", help="name every failure")
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        scores = {}
        began = time.time()
        if args.drawings:
            tests = drawings(args.drawings, args.seed)
            folder = pathlib.Path(args.keep or scratch)
            folder.mkdir(parents=True, exist_ok=True)
            (scratch / "prompts").write_text("".join(t["prompt"] + "\n" for t in tests))
            more = ["--guidance", args.guidance] if args.guidance else []
            done = lines([args.bifrons, "imagine", "--prompts", str(scratch / "prompts"), "-o", str(folder / "drawn.png"),
                          "--seed", str(args.seed), "--model", args.model, "--json", *more])
            if len(done) != len(tests):
                sys.exit(f"quality: asked for {len(tests)} pictures, got {len(done)}")
            good = []
            for t, d in zip(tests, done):
                found = judge.shapes_in(cv2.cvtColor(cv2.imread(d["file"]), cv2.COLOR_BGR2RGB))
                good.append(judge.right(found, t["expected"]))
                if args.verbose and not good[-1]:
                    print(f"  wrong: {t['prompt']} -> {[f[:2] for f in found]}")
            one = [g for t, g in zip(tests, good) if t["kind"] in ("one", "held out")]
            scores["one shape with its colour drawn right"] = sum(one) / len(one)
            print("drawings ", summary([t["kind"] for t in tests], good), f"{time.time() - began:.0f} s")
        began = time.time()
        if args.questions:
            tests = questions(args.questions, args.seed + 1)
            groups = collections.defaultdict(list)
            for i, t in enumerate(tests):
                t["file"] = str(scratch / f"{i}.png")
                cv2.imwrite(t["file"], cv2.cvtColor(t["picture"], cv2.COLOR_RGB2BGR))
                groups[t["question"]].append(t)
            for question, group in groups.items():
                done = lines([args.bifrons, "caption", *(t["file"] for t in group), "--prompt", question, "--model", args.model, "--json"])
                for t, d in zip(group, done):
                    t["said"] = plain(d.get("text", ""))
            good = [t.get("said") == t["answer"] for t in tests]
            for t, g in zip(tests, good):
                if args.verbose and not g:
                    print(f"  wrong: {t['kinds']} {t['question']} -> {t.get('said')}")
            scores["questions and captions answered right"] = sum(good) / len(good)
            print("questions", summary([t["kind"] for t in tests], good), f"{time.time() - began:.0f} s")
    for k, v in scores.items():
        print(f"{k}: {v:.3f} (bar {BAR}{'' if v >= BAR else ': NOT REACHED'})")
    least = {"questions and captions answered right": args.least_questions}
    sys.exit(1 if any(v < least.get(k, BAR) for k, v in scores.items()) else 0)


if __name__ == "__main__":
    main()
