"""Stage 1: the vision tower learns what is where. Its helper heads are dropped afterwards."""

import os
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import scenes
from common import DEVICE, Log, half, load, save
from model import Vision, sincos
from optim import Optimiser, split
from settings import SETTINGS as S

NS, NC, MOST = len(S.shapes), len(S.colours), S.most_shapes


class Heads(nn.Module):
    """Per patch: what it shows; and, at every patch alike, the whole scene."""

    def __init__(self):
        super().__init__()
        self.sizes = [NS + 1, NC + 1, MOST + 1, MOST + 1] + [NS + 1, NC + 1] * MOST
        self.out = nn.Linear(S.vision_width, sum(self.sizes))
        self.box = nn.Linear(S.vision_width, 3)  # where the middle of the patch's own shape is, and its size

    def forward(self, x):
        return self.out(x).split(self.sizes, -1)


def batch(rng, n, keep, named=0, odd=0.4):
    """Pixels [n,3,H,W], targets [n,patches,heads], boxes, kept patches [n,keep] or None, and what the pictures show.

    The first `named` pictures have no things in colours without a name.
    """
    pixels, targets, boxes, kept, shown = [], [], [], [], []
    middle = (np.stack(np.meshgrid(np.arange(S.grid), np.arange(S.grid)), -1).reshape(-1, 2) + 0.5) * S.patch
    for k in range(n):
        image, things, owner = scenes.look(rng, odd=0.0 if k < named else odd)
        shown.append([t.kind for t in things])
        which = scenes.patch_labels(things, owner)
        shape = np.array([0] + [S.shapes.index(t.shape) + 1 for t in things])
        colour = np.array([0] + [S.colours.index(t.colour) + 1 if t.colour else -100 for t in things])
        scene = [len(things)]
        for i in range(MOST):
            scene += [shape[i + 1], colour[i + 1]] if i < len(things) else [0, 0]
        target = np.concatenate((np.stack((shape[which], colour[which], which), 1), np.tile(scene, (len(which), 1))), 1)
        own = np.array([(0, 0, 1)] + [(t.x, t.y, t.size) for t in things])[which]
        box = np.concatenate(((own[:, :2] - middle) / 100, np.log(own[:, 2:] / 128)), 1)
        if keep:
            order = np.random.default_rng(rng.getrandbits(32)).random(len(which)) - 0.6 * (which > 0)
            index = np.sort(order.argsort()[:keep])
            kept.append(index)
            target, box = target[index], box[index]
        pixels.append(image)
        targets.append(target)
        boxes.append(box)
    x = torch.from_numpy(np.stack(pixels)).to(DEVICE).permute(0, 3, 1, 2).float() / 127.5 - 1
    index = torch.from_numpy(np.stack(kept)).to(DEVICE) if keep else None
    return x, torch.from_numpy(np.stack(targets)).to(DEVICE), torch.from_numpy(np.stack(boxes)).float().to(DEVICE), index, shown


@torch.no_grad()
def start(vision):
    """Patch embedding from whitened principal components, positions from sines."""
    rng = random.Random(5)
    n = S.patch
    patches = []
    for _ in range(400):
        image, _, _ = scenes.look(rng)
        p = image.reshape(S.grid, n, S.grid, n, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 3 * n * n) / 127.5 - 1
        busy = p.std(1) > 0.05
        patches += [p[busy], p[~busy][:20]]
    p = torch.from_numpy(np.concatenate(patches)).float()
    mean = p.mean(0)
    values, vectors = torch.linalg.eigh((p - mean).T @ (p - mean) / len(p))
    k = S.vision_width
    w = (vectors[:, -k:] / (values[-k:] + 0.02 * values[-k:].mean()).sqrt()).T
    e = vision.embeddings
    e.patch_embedding.weight.copy_(w.reshape(k, 3, n, n) * 0.7)
    e.patch_embedding.bias.copy_(-(w @ mean) * 0.7)
    e.position_embedding.weight.copy_(sincos(S.grid, k) * 0.5)
    for layer in vision.encoder.layers:
        nn.init.zeros_(layer.self_attn.projection_layer.weight)
        nn.init.zeros_(layer.mlp.fc2.weight)


# A combination that never occurs must not be learned as impossible: for a thing of a given colour the shapes held out
# in that colour do not count as wrong answers, and the other way round.
SPARE = torch.zeros(NS + 1, NC + 1, dtype=torch.bool)
for _s, _c in S.held_out:
    SPARE[S.shapes.index(_s) + 1, S.colours.index(_c) + 1] = True


def spared(z, i, target):
    """Logits of head i with those answers taken out."""
    if i == 2 or i == 3:
        return z
    if i < 2:
        shape, colour = target[..., 0], target[..., 1]
        of_shape = i == 0
    else:
        j = 4 + (i - 4) // 2 * 2
        shape, colour = target[..., j], target[..., j + 1]
        of_shape = (i - 4) % 2 == 0
    spare = SPARE.to(z.device)
    out = spare.T[colour.clamp(min=0)] if of_shape else spare[shape]
    return z.masked_fill(out, -30)


def losses(heads, x, target, box):
    out, named = heads(x), {}
    where = target[..., 2] > 0
    miss = F.smooth_l1_loss(heads.box(x).float()[where], box[where], beta=0.1)
    named["box"] = miss.item()
    weight = torch.where(where, 1.0, 0.25).flatten()
    total = 3 * miss
    for i, z in enumerate(out):
        ce = F.cross_entropy(spared(z.float(), i, target).flatten(0, 1), target[..., i].flatten(), reduction="none")
        good = ((z.argmax(-1) == target[..., i]) | (target[..., i] < 0)).float()
        if i < 3:
            total = total + (ce * weight).sum() / weight.sum()
            named[("p_shape", "p_colour", "p_which")[i]] = good[where].mean().item()
        else:
            total = total + ce.mean() * (0.5 if i == 3 else 1.0)
            named[(["count"] + [f"{k}{j}" for j in range(1, MOST + 1) for k in ("shape", "colour")])[i - 3]] = good.mean().item()
    return total, named


CYCLES = ((2800, 1.0), (3950, 0.8))  # last step and largest rate


def phase(step):
    """(rate, whether pictures are whole) at a step: each cycle falls to zero, with all patches at its end."""
    start = 0
    for end, peak in CYCLES:
        if step < end:
            done = (step - start) / (end - start)
            return peak * min(1, (step - start + 1) / 100, (1 - done) / (0.6 if not start else 1.0)), done > (0.88 if not start else 0.75)
        start = end


def optimiser(vision, heads):
    return Optimiser(split(vision, 0.012, 0.002, ("embeddings",)) + [(list(heads.parameters()), "adam", 0.003)], average=0.99)


def run(size=16, keep=256):
    torch.manual_seed(1)
    vision, heads = Vision(S).to(DEVICE), Heads().to(DEVICE)
    start(vision)
    opt = optimiser(vision, heads)
    first, state = 0, load("vision")
    if state:
        vision.load_state_dict(state["vision"])
        heads.load_state_dict(state["heads"])
        opt.restore(state["opt"])
        first = state["step"]
    log = Log("vision")
    rng = random.Random(100 + first)
    steps = CYCLES[-1][0]
    for step in range(first, steps):
        rate, whole = phase(step)
        x, target, box, kept, _ = batch(rng, size // 2 if whole else size, 0 if whole else keep)
        with half():
            loss, named = losses(heads, vision(x, kept), target, box)
        loss.backward()
        opt.step(rate)
        log.add(loss=loss.item(), **named)
        if step % 50 == 49:
            log.print(step + 1)
        if step % 200 == 199 or step + 1 == steps:
            save("vision", vision=vision.state_dict(), heads=heads.state_dict(), opt=opt.state(), step=step + 1)
    opt.swap()
    save("vision-final", vision=vision.state_dict(), heads=heads.state_dict())


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    run()
