#!/usr/bin/env python3
"""Does the embedded model draw what it is told and see what is there?

    quality.py --bifrons build/demos/bifrons --model models/nano-janus [--full] [--worlds first second] [--least FIGURE=SHARE ...]

Drives the program over prompts and pictures that training never contained, prints every figure with its bar, and fails where
one is below it. Everything is fixed by --seed. The bars are those of the project's issues; --least lets a figure that is not there
yet be held where it stands, and the bar is still printed.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import cv2

import asking
import judge
import shapeeval

OVERALL, TASK, FIRST, QUESTIONS, CAPTIONS = 0.85, 0.70, 0.90, 0.90, 0.85


def lines(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"quality: {' '.join(command[:2])} ended with {done.returncode}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


def draw(bifrons, model, tests, folder, guidance=None):
    """Draws the prompt of each test with its seed; sets its `file`, `seen` and `faults`."""
    for seed in sorted({t["seed"] for t in tests}):
        mine = [t for t in tests if t["seed"] == seed]
        (folder / f"prompts-{seed}").write_text("".join(t["prompt"] + "\n" for t in mine))
        more = ["--guidance", str(guidance)] if guidance is not None else []
        done = lines([bifrons, "imagine", "--prompts", str(folder / f"prompts-{seed}"), "-o", str(folder / f"drawn-{seed}.png"), "--seed", str(seed),
                      "--model", model, "--json", "--quiet", *more])
        if len(done) != len(mine):
            sys.exit(f"quality: asked for {len(mine)} pictures, got {len(done)}")
        for t, d in zip(mine, done):
            t["file"] = d["file"]
            t["seen"] = judge.see(judge.load(d["file"]))
            t["faults"] = judge.faults(t["seen"], t["wanted"])
    return tests


def ask(bifrons, model, tests, folder):
    """Asks the question of each test about its picture; sets `said` and `right`."""
    groups = collections.defaultdict(list)
    for i, t in enumerate(tests):
        t["file"] = str(folder / f"asked-{i}.png")
        cv2.imwrite(t["file"], cv2.cvtColor(t["picture"], cv2.COLOR_RGB2BGR))
        groups[t["question"]].append(t)
    for question, group in groups.items():
        done = lines([bifrons, "caption", *(t["file"] for t in group), "--prompt", question, "--model", model, "--json", "--quiet"])
        for t, d in zip(group, done, strict=True):
            t["said"] = d.get("text", "")
            t["right"] = t["good"](t["said"])
    return tests


def by(tests, key, right):
    """name -> shares of `right` by the value of `key`"""
    out = collections.defaultdict(list)
    for t in tests:
        out[t[key]].append(right(t))
    return out


class Report:
    """Figures with their bars: printed as they come, judged at the end."""

    def __init__(self, least):
        self.least, self.figures, self.failed, self.used = least, {}, [], set()

    def add(self, figure, results, bar):
        share = sum(results) / len(results)
        floor = self.least.get(figure, bar)
        self.used.add(figure)
        self.figures[figure] = {"share": round(share, 4), "of": len(results), "bar": bar}
        note = "" if share >= bar else "  NOT REACHED"
        if floor != bar:
            note += f"  (held at {floor})"
        if share < floor - 1e-9:
            self.failed.append(figure)
            note += "  BELOW"
        print(f"  {figure:34} {share:.3f} of {len(results):3}   bar {bar:.2f}{note}", flush=True)


def named_failures(tests, verbose):
    for t in tests if verbose else []:
        if t.get("faults"):
            print(f"    wrong: {t['prompt']!r} seed {t['seed']}: {', '.join(t['faults'])}: {judge.told(t['seen'])}")
        elif t.get("right") is False:
            print(f"    wrong: {' '.join(f'{s.colour} {s.shape},' for s in t['spots'])} on {t['background']}: {t['question']} -> {t['said']!r}, not {t['answer']!r}")


def second_drawings(args, report, folder):
    tasks = [t for t in shapeeval.TASKS + shapeeval.EXTRAS]
    for guidance in [None, *args.guidance]:
        name = "" if guidance is None else f" at guidance {guidance:g}"
        each = args.each if guidance is None else args.each_guidance
        tests = shapeeval.prompts(each, tasks if guidance is None else shapeeval.TASKS, args.seed)
        draw(args.bifrons, args.model, tests, folder, guidance)
        shares = by(tests, "task", lambda t: not t["faults"])
        if guidance is None:
            for task in tasks:
                report.add(task, shares[task], TASK)
        report.add("ShapeEval overall" + name, [g for t in shapeeval.TASKS for g in shares[t]], OVERALL)
        if guidance is None:
            held = by([t for t in tests if t["task"] in shapeeval.TASKS], "held out", lambda t: not t["faults"])
            print("    " + ", ".join(f"{'with' if h else 'without'} a held-out combination {sum(g) / len(g):.3f} of {len(g)}" for h, g in sorted(held.items())))
            at_default = {t["prompt"]: not t["faults"] for t in tests}
        else:
            same = [at_default[t["prompt"]] for t in tests if t["prompt"] in at_default]
            print(f"    the same prompts at the model's own guidance: {sum(same) / max(1, len(same)):.3f} of {len(same)}")
        named_failures(tests, args.verbose)


def second_questions(args, report, folder):
    tests = ask(args.bifrons, args.model, asking.questions(args.questions, args.captions, args.seed + 1), folder)
    asked = [t for t in tests if t["kind"] != "caption"]
    report.add("questions", [t["right"] for t in asked], QUESTIONS)
    print("    " + ", ".join(f"{k} {sum(g) / len(g):.2f}" for k, g in by(asked, "kind", lambda t: t["right"]).items()))
    captions = [t for t in tests if t["kind"] == "caption"]
    report.add("whole captions", [t["right"] for t in captions], CAPTIONS)
    for t in captions:
        t["shapes"] = len(t["spots"])
    print("    " + ", ".join(f"{k} shapes {sum(g) / len(g):.2f} of {len(g)}" for k, g in sorted(by(captions, "shapes", lambda t: t["right"]).items())))
    named_failures(tests, args.verbose)


def first_world(args, report, folder):
    tests = draw(args.bifrons, args.model, shapeeval.first_world(args.first_drawings, args.seed), folder)
    report.add("first world: one shape drawn", [not t["faults"] for t in tests if t["task"] in ("one", "held out")], FIRST)
    print("    " + ", ".join(f"{k} {sum(g) / len(g):.2f} of {len(g)}" for k, g in by(tests, "task", lambda t: not t["faults"]).items()))
    named_failures(tests, args.verbose)
    tests = ask(args.bifrons, args.model, asking.first_world(args.first_questions, args.seed + 1), folder)
    report.add("first world: questions", [t["right"] for t in tests], FIRST)
    print("    " + ", ".join(f"{k} {sum(g) / len(g):.2f} of {len(g)}" for k, g in by(tests, "kind", lambda t: t["right"]).items()))
    named_failures(tests, args.verbose)


def floor(text):
    name, _, share = text.rpartition("=")
    if not name:
        raise argparse.ArgumentTypeError(f"'{text}': say FIGURE=SHARE, such as 'questions=0.8'")
    return name, float(share)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bifrons", required=True)
    p.add_argument("--model", required=True)
    p.add_argument("--worlds", nargs="*", choices=("first", "second"), default=["first", "second"])
    p.add_argument("--only", choices=("drawings", "questions"), help="of the second world")
    p.add_argument("--full", action="store_true", help="60 prompts a task, at guidance 1 and 3 too; 450 questions, 200 captions")
    p.add_argument("--each", type=int, help="prompts a task")
    p.add_argument("--each-guidance", type=int, help="prompts a task at each other guidance")
    p.add_argument("--guidance", type=float, nargs="*", default=[1.0, 3.0], help="measured beside the model's own")
    p.add_argument("--questions", type=int)
    p.add_argument("--captions", type=int)
    p.add_argument("--first-drawings", type=int)
    p.add_argument("--first-questions", type=int)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--keep", help="a folder for the pictures")
    p.add_argument("--json", help="a file for the figures")
    p.add_argument("--least", type=floor, action="append", default=[], metavar="FIGURE=SHARE", help="fail below this instead of below the figure's bar")
    p.add_argument("--verbose", action="store_true", help="name every failure")
    args = p.parse_args()
    for option, few, many in (("each", 20, 60), ("each_guidance", 6, 60), ("questions", 180, 450), ("captions", 80, 200),
                              ("first_drawings", 30, 60), ("first_questions", 100, 200)):
        if getattr(args, option) is None:
            setattr(args, option, many if args.full else few)
    report = Report(dict(args.least))
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(args.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        stages = []
        if "first" in args.worlds:
            stages.append(("the first world: one or two of four shapes, six colours, on white", first_world))
        if "second" in args.worlds and args.only != "questions":
            stages.append(("the second world, drawn", second_drawings))
        if "second" in args.worlds and args.only != "drawings":
            stages.append(("the second world, asked", second_questions))
        for title, stage in stages:
            began, cpu = time.time(), os.times()
            print(title)
            stage(args, report, folder)
            now = os.times()
            print(f"    {time.time() - began:.0f} s, {now.children_user + now.children_system - cpu.children_user - cpu.children_system:.0f} s of it the program's CPU time")
    unknown = set(report.least) - report.used
    if unknown:
        sys.exit(f"quality: --least names figures that were not measured: {', '.join(sorted(unknown))}")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(report.figures, indent=2) + "\n")
    missed = [f for f, v in report.figures.items() if v["share"] < v["bar"]]
    print(f"{len(report.figures)} figures, {len(missed)} below their bars" + (f"; FAILED: {', '.join(report.failed)}" if report.failed else ""))
    sys.exit(1 if report.failed or not report.figures else 0)


if __name__ == "__main__":
    main()
