"""Judges the model in PyTorch with the programs in tests/quality, on prompts, pictures and combinations held out of training.

    python evaluate.py [--each N] [--questions N] [--captions N] [--guidance W ...] [--vq] [--sheet FILE] [--state NAME]
"""

import argparse
import collections
import os
import pathlib
import sys

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "quality"))
import asking
import judge
import shapeeval

import export
import language
import sample
from common import WORK, half
from model import cut
from settings import SETTINGS as S
from tokens import TOKENS


def to_input(picture):
    """What the processor does: fit into the square, gray around it."""
    h, w = picture.shape[:2]
    scale = S.image / max(h, w)
    small = Image.fromarray(picture).resize((int(w * scale), int(h * scale)), Image.BICUBIC)
    square = Image.new("RGB", (S.image, S.image), (127, 127, 127))
    square.paste(small, ((S.image - small.width) // 2, (S.image - small.height) // 2))
    return torch.from_numpy(np.asarray(square).copy()).permute(2, 0, 1).float() / 127.5 - 1


@torch.no_grad()
def pictures(ids, vq=None):
    if vq is None:
        ground = lambda i: S.backgrounds[max(0, TOKENS.ground[i[-1, -1]])]
        return [np.clip(TOKENS.pixels(i, ground(i)), 0, 255).astype(np.uint8) for i in ids]
    out = []
    for i in ids:
        with half():
            y = vq.decode(torch.from_numpy(i)[None])[0].float().permute(1, 2, 0).clamp(-1, 1)
        out.append(((y + 1) * 127.5).numpy().astype(np.uint8))
    return out


def shares(kinds, good):
    by = collections.defaultdict(list)
    for k, g in zip(kinds, good):
        by[k].append(g)
    return f"{sum(good) / max(1, len(good)):.3f} (" + ", ".join(f"{k} {sum(v) / len(v):.2f} of {len(v)}" for k, v in by.items()) + ")"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--each", type=int, default=10)
    p.add_argument("--questions", type=int, default=90)
    p.add_argument("--captions", type=int, default=40)
    p.add_argument("--guidance", type=float, nargs="*", default=[1.0])
    p.add_argument("--temperature", type=float, default=S.temperature)
    p.add_argument("--vq", action="store_true", help="judge what the VQ decoder shows instead of the exact tiles")
    p.add_argument("--sheet")
    p.add_argument("--state", default="language")
    args = p.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    vision, heads, janus, vq = export.trained(args.state)
    export.fold(janus, heads)
    words = language.Words(WORK / "tokenizer.json")
    tests = shapeeval.prompts(args.each, shapeeval.TASKS + shapeeval.EXTRAS)
    for w in args.guidance if args.each else []:
        with half():
            ids = sample.draw(janus, words, [t["prompt"] for t in tests], w, args.temperature)
        shown = pictures(ids, vq if args.vq else None)
        faults = [judge.faults(judge.see(s), t["wanted"]) for s, t in zip(shown, tests)]
        print(f"guidance {w}:", shares([t["task"] for t in tests], [not f for f in faults]), "held out", shares([str(t["held out"]) for t in tests], [not f for f in faults]))
        for t, f, i in zip(tests, faults, ids):
            if f:
                print("   wrong:", t["prompt"], "->", f)
        if args.sheet:
            few = (shown + [np.zeros_like(shown[0])] * 11)
            rows = [np.concatenate([np.array(Image.fromarray(s).resize((128, 128))) for s in few[i : i + 12]], 1) for i in range(0, len(shown), 12)]
            Image.fromarray(np.concatenate(rows)).save(args.sheet.replace(".png", f"-{w:g}.png"))
    if args.questions + args.captions:
        tests = asking.questions(args.questions, args.captions)
        said = []
        for i in range(0, len(tests), 16):
            part = tests[i : i + 16]
            with half():
                said += sample.answer(janus, vision, words, cut(torch.stack([to_input(t["picture"]) for t in part]), S.patch), [t["question"] for t in part])
        good = [bool(t["good"](s)) for t, s in zip(tests, said)]
        asked = [(t, s, g) for t, s, g in zip(tests, said, good) if t["kind"] != "caption"]
        print("questions:", shares([t["kind"] for t, _, _ in asked], [g for _, _, g in asked]))
        whole = [(t, s, g) for t, s, g in zip(tests, said, good) if t["kind"] == "caption"]
        print("captions: ", shares([str(len(t["spots"])) for t, _, _ in whole], [g for _, _, g in whole]))
        for t, s, g in zip(tests, said, good):
            if not g:
                print("   wrong:", t["question"], [f"{c} {s}" for s, c in (k.kind for k in t["spots"])], "wanted", t["answer"], "said", s)


if __name__ == "__main__":
    main()
