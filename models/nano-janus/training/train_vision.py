"""Stage 1: the vision tower learns what is where. Its helper heads are dropped afterwards.

Six patches of the first row are registers: after the last layer, patch k tells of the k-th thing (left to right) its shape,
colour, place and rank from the top, and patch 5 tells how many things there are and the background. The other patches are
asked what they show, which thing it belongs to and where that thing's middle is, so that every picture teaches a lot.
"""

import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import scenes
from common import DEVICE, Log, half, load, save
from model import Vision, sincos
from optim import Optimiser, split
from settings import PLACES, SETTINGS as S

NS, NC, MOST = len(S.shapes), len(S.colours), S.most
REGISTERS = MOST + 1
# What a register tells, as blocks of one-hot numbers: shape, colour, place, rank from the top (0: there is no such thing).
THING = (NS + 1, NC + 1, len(PLACES) + 1, MOST + 1)
SCENE = (MOST, len(S.backgrounds))
# Registers say which they are, then what a thing is, then what the scene is.
TOLD = REGISTERS + sum(THING) + sum(SCENE)


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense_sizes = [NS + 1, NC + 1, MOST + 1, MOST + 1, 2, MOST, len(S.backgrounds)]
        self.dense = nn.Linear(S.vision_width, sum(self.dense_sizes))
        self.box = nn.Linear(S.vision_width, 3)  # where the middle of the patch's own shape is, and its size
        self.thing, self.scene = nn.Linear(S.vision_width, sum(THING)), nn.Linear(S.vision_width, sum(SCENE))
        self.tell = nn.Linear(S.vision_width, TOLD)  # what the language model will read
        self.middle = nn.Linear(S.vision_width, 4)  # the same box, and whether this is the middle, asked two layers earlier
        self.late = nn.Linear(S.vision_width, 2 * (MOST + 1))  # which thing, and its rank, asked a layer earlier


def told(things, background, content):
    """What the registers should tell, [REGISTERS, TOLD], and which numbers count, the same shape."""
    out, counts = np.zeros((REGISTERS, TOLD), np.float32), np.ones((REGISTERS, TOLD), np.float32)
    out[np.arange(REGISTERS), np.arange(REGISTERS)] = 1
    labels = register_labels(things, background, content)
    for k in range(MOST):
        at = REGISTERS
        for i, n in enumerate(THING):
            if labels[k, i] >= 0:
                out[k, at + labels[k, i]] = 1
            else:
                counts[k, at : at + n] = 0
            at += n
        if k < len(things):
            for s, c in S.held_out:  # a combination that never occurs must not be learned as impossible
                if c == things[k].colour:
                    counts[k, REGISTERS + 1 + S.shapes.index(s)] = 0
                if s == things[k].shape:
                    counts[k, REGISTERS + THING[0] + 1 + S.colours.index(c)] = 0
    at = REGISTERS + sum(THING)
    out[MOST, at + labels[MOST, 0]] = 1
    out[MOST, at + SCENE[0] + labels[MOST, 1]] = 1
    return out, counts


def register_labels(things, background, content):
    """Classes, [REGISTERS, 4]; -100 where a class has no name or is not clear."""
    out = np.zeros((REGISTERS, 4), np.int64)
    heights = sorted(t.y for t in things)
    for k, t in enumerate(things):
        out[k, 0] = S.shapes.index(t.shape) + 1
        out[k, 1] = S.colours.index(t.colour) + 1 if t.colour else -100
        at = scenes.where(t, content, 6)
        out[k, 2] = at + 1 if at >= 0 else -100
        clear = all(abs(t.y - u.y) > 12 for u in things if u is not t)
        out[k, 3] = heights.index(t.y) + 1 if clear else -100
    out[MOST, 0], out[MOST, 1] = len(things) - 1, S.backgrounds.index(background)
    return out


MIDDLE = (np.stack(np.meshgrid(np.arange(S.grid), np.arange(S.grid)), -1).reshape(-1, 2) + 0.5) * S.patch


def batch(rng, n, keep, odd=0.4, spread=0):
    """A dictionary: patches [n,m,768] in bytes, labels, kept patches [n,keep] (all when `keep` is 0), and what the pictures show."""
    out = {k: [] for k in ("patches", "dense", "box", "register", "told", "counts", "kept", "shown")}
    for _ in range(n):
        image, things, owner, background, content = scenes.look(rng, odd=odd)
        which, share = scenes.patch_labels(len(things), owner)
        shape = np.array([0] + [S.shapes.index(t.shape) + 1 for t in things])
        colour = np.array([0] + [S.colours.index(t.colour) + 1 if t.colour else -100 for t in things])
        register = register_labels(things, background, content)
        rank = np.concatenate(([0], register[:MOST, 3]))
        own = np.array([(0, 0, 1)] + [(t.x, t.y, t.size) for t in things])[which]
        heart = (which > 0) & (np.abs(own[:, :2] - MIDDLE).max(1) <= S.patch / 2)
        scene = np.tile(register[MOST, :2], (len(which), 1))
        dense = np.concatenate((np.stack((shape[which], colour[which], which, rank[which], heart), 1), scene), 1)
        box = np.concatenate(((own[:, :2] - MIDDLE) / 100, np.log(own[:, 2:] / 128)), 1)
        if keep:
            # Outlines first, then insides, then paper; the registers always.
            edge = (share > 0.02) & (share < 0.98)
            want = np.random.default_rng(rng.getrandbits(32)).random(len(which)) + 0.55 * edge + 0.25 * (which > 0) + 9 * heart
            want[:REGISTERS] = 99
            index = np.sort(np.argpartition(-want, keep)[:keep])
            dense, box = dense[index], box[index]
            out["kept"].append(index)
        else:
            index = np.arange(S.grid**2)
        patches = image.reshape(S.grid, S.patch, S.grid, S.patch, 3).transpose(0, 2, 4, 1, 3).reshape(S.grid**2, -1)[index]
        t, c = told(things, background, content)
        for k, v in (("patches", patches), ("dense", dense), ("box", box), ("register", register), ("told", t), ("counts", c), ("shown", (things, background, content))):
            out[k].append(v)
    for k in ("dense", "box", "register", "told", "counts") + (("kept",) if keep else ()):
        v = torch.from_numpy(np.stack(out[k])).to(DEVICE)
        out[k] = v.float() if v.is_floating_point() else v
    out["kept"] = out["kept"] if keep else None
    out["patches"] = torch.from_numpy(np.stack(out["patches"])).to(DEVICE)
    return out


def unit(bytes_):
    return bytes_.float() / 127.5 - 1


@torch.no_grad()
def start(vision):
    """Patch embedding from whitened principal components, positions from sines."""
    rng = random.Random(5)
    n = S.patch
    patches = []
    for _ in range(400):
        image = scenes.look(rng, odd=0.3)[0]
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
    positions = sincos(S.grid, k) * 0.5
    positions[:REGISTERS] += torch.randn(REGISTERS, k, generator=torch.Generator().manual_seed(6)) * 0.7
    e.position_embedding.weight.copy_(positions)
    for layer in vision.encoder.layers:
        nn.init.zeros_(layer.self_attn.projection_layer.weight)
        nn.init.zeros_(layer.mlp.fc2.weight)


# A combination that never occurs must not be learned as impossible: for a thing of a given colour the shapes held out
# in that colour do not count as wrong answers, and the other way round.
SPARE = torch.zeros(NS + 1, NC + 1, dtype=torch.bool)
for _s, _c in S.held_out:
    SPARE[S.shapes.index(_s) + 1, S.colours.index(_c) + 1] = True


def spared(z, shape, colour, of_shape):
    """Logits of shapes or colours with those answers taken out."""
    spare = SPARE.to(z.device)
    return z.masked_fill(spare.T[colour.clamp(min=0)] if of_shape else spare[shape], -30)


def cross(z, goal):
    return F.cross_entropy(z.float().flatten(0, -2), goal.flatten(), reduction="none", ignore_index=-100).view(goal.shape)


def good(z, goal):
    return ((z.argmax(-1) == goal) | (goal < 0)).float()


def losses(heads, x, middle, late, b):
    named = {}
    dense = b["dense"]
    on = dense[..., 2] > 0
    early = heads.middle(F.layer_norm(middle, middle.shape[-1:])).float()
    total = 2 * F.smooth_l1_loss(early[..., :3][on], b["box"][on], beta=0.1)
    total = total + F.binary_cross_entropy_with_logits(early[..., 3], dense[..., 4].float())
    miss = F.smooth_l1_loss(heads.box(x).float()[on], b["box"][on], beta=0.1)
    weight = torch.where(on, 1.0, 0.25)
    weight = weight / weight.sum()
    total = total + 4 * miss
    named["box"] = miss
    for i, z in enumerate(heads.late(F.layer_norm(late, late.shape[-1:])).split(MOST + 1, -1)):
        total = total + (cross(z, dense[..., 2 + i]) * weight).sum() * (0.7, 0.3)[i]
    for i, z in enumerate(heads.dense(x).split(heads.dense_sizes, -1)):
        goal = dense[..., i]
        if i < 2:
            z = spared(z.float(), dense[..., 0], dense[..., 1], i == 0)
        ce = cross(z, goal)
        total = total + (ce * weight).sum() * (1.0, 0.7, 1.0, 0.5, 1.5, 0.3, 0.3)[i]
        if i < 4:
            named[("p_shape", "p_colour", "p_which", "p_rank")[i]] = good(z, goal)[on].mean()
    r = x[:, :REGISTERS]
    goal = b["register"]
    things, count = goal[:, :MOST], goal[:, MOST, 0] + 1
    real = torch.arange(MOST, device=x.device) < count[:, None]
    weight = torch.where(real, 1.0, 0.3)
    weight = weight / weight.sum()
    right = torch.ones_like(real, dtype=torch.float)
    for i, z in enumerate(heads.thing(r[:, :MOST]).split(THING, -1)):
        if i < 2:
            z = spared(z.float(), things[..., 0], things[..., 1], i == 0)
        total = total + (cross(z, things[..., i]) * weight).sum() * (2.5, 1.5, 0.7, 0.7)[i]
        ok = good(z, things[..., i])
        named[("shape", "colour", "place", "rank")[i]] = ok[real].mean()
        if i < 2:
            right = right * ok
    number, paper = heads.scene(r[:, MOST]).split(SCENE, -1)
    total = total + cross(number, goal[:, MOST, 0]).mean() * 1.5 + cross(paper, goal[:, MOST, 1]).mean()
    named["count"] = good(number, goal[:, MOST, 0]).mean()
    named["paper"] = good(paper, goal[:, MOST, 1]).mean()
    whole = right.amin(1) * good(number, goal[:, MOST, 0])
    named["whole"] = whole.mean()
    for k in (1, 2, 5):
        if (count == k).any():
            named[f"whole{k}"] = whole[count == k].mean()
    say = heads.tell(x).float()
    wrong = ((say[:, :REGISTERS] - b["told"]).square() * b["counts"]).sum() / b["counts"].sum()
    rest = say[:, REGISTERS:].square().mean()
    named["tell"] = wrong
    named["tell_rest"] = rest
    return total + 20 * wrong + 20 * rest, {k: v.item() for k, v in named.items()}


TAPS = (4, 5)
STEPS = int(os.environ.get("VISION_STEPS", 7000))
KEEPS = ((0.5, 144, 16), (0.94, 224, 16), (1.01, 0, 8))  # up to this share of the steps: patches kept, pictures


def optimiser(vision, heads):
    return Optimiser(split(vision, 0.012, 0.002, ("embeddings",)) + [(list(heads.parameters()), "adam", 0.003)], average=0.995)


def rate(step, steps=STEPS):
    return min(1.0, (step + 1) / 150) * min(1.0, (steps - step) / (steps * 0.6))


def run():
    torch.manual_seed(1)
    vision, heads = Vision(S).to(DEVICE), Heads().to(DEVICE)
    start(vision)
    opt = optimiser(vision, heads)
    first, state = 0, load("vision")
    if state:
        vision.load_state_dict(state["vision"])
        heads.load_state_dict(state["heads"], strict=False)
        opt.restore(state["opt"])
        first = state["step"]
    log = Log("vision")
    rng = random.Random(100 + first)
    for step in range(first, STEPS):
        keep, size = next((k, n) for share, k, n in KEEPS if step < share * STEPS)
        t0 = time.process_time()
        b = batch(rng, size, keep)
        t1 = time.process_time()
        with half():
            loss, named = losses(heads, *vision(unit(b["patches"]), b["kept"], TAPS), b)
        loss.backward()
        t2 = time.process_time()
        opt.step(rate(step))
        log.add(loss=loss.item(), making=t1 - t0, passes=t2 - t1, steps=time.process_time() - t2, **named)
        if step % 100 == 99 or (step < 100 and step % 10 == 9):
            log.print(step + 1)
        if step % 300 == 299 or step + 1 == STEPS:
            save("vision", vision=vision.state_dict(), heads=heads.state_dict(), opt=opt.state(), step=step + 1)
    opt.swap()
    save("vision-final", vision=vision.state_dict(), heads=heads.state_dict())


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    run()
