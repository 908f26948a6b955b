"""Stage 3: one language model learns to draw and to talk about pictures, in turns.

Three kinds of batches make one step:
  plan   prompts with the plan tokens only: short, many; here the words are learned
  rows   prompts with the plan row and some other rows at their true positions: here the rendering is learned
  talk   pictures with several questions behind each; at first with a few of the 576 image rows
The last part of the training sees whole pictures both ways.
"""

import os
import random

import numpy as np
import torch
import torch.nn.functional as F

import language
import scenes
import train_vision
from common import DEVICE, WORK, Log, half, load, save, schedule
from model import Janus, Vision, rotary
from optim import Optimiser, split
from settings import SETTINGS as S
from tokens import TOKENS

G = S.grid
SLOT = 26  # longest question with its answer


class Prompts:
    """Batches of prompts of equal length, with their scenes."""

    def __init__(self, words, rng, size):
        self.words, self.rng, self.size, self.pools = words, rng, size, {}

    def next(self):
        while True:
            text, kinds, sure = language.drawing(self.rng)
            ids = self.words.draw(text, torn=self.rng.random() < 0.06)
            pool = self.pools.setdefault(len(ids), [])
            pool.append((ids, scenes.lattice(kinds), sure))
            if len(pool) == self.size:
                return self.pools.pop(len(ids))


class Apart:
    """Colours of the same tile: which ids are the same spot in every colour, and which of them are held out."""

    def __init__(self):
        n = len(S.colours)
        self.base = torch.full((TOKENS.count,), -1)
        held = torch.zeros(TOKENS.count, n, dtype=torch.bool)
        for (_, shape), spots in TOKENS.drawn.items():
            for ids in spots.values():
                self.base[ids] = ids[0]
                for i, colour in enumerate(S.colours):
                    held[ids, i] = (shape, colour) in S.held_out
        self.base, self.held, self.n = self.base.to(DEVICE), held.to(DEVICE), n

    def repaint(self, ids, share):
        """Some shape tokens in another colour: the colour is to be read from the plan, not from the last token."""
        other = self.base[ids] + torch.randint_like(ids, self.n)
        return torch.where((self.base[ids] >= 0) & (torch.rand(ids.shape, device=DEVICE) < share), other, ids)

    def loss(self, z, goal):
        """A held-out combination is no less likely than any other wrong colour."""
        spot = self.base[goal] >= 0
        z, goal = z[spot], goal[spot]
        if not len(goal):
            return z.sum()
        base = self.base[goal]
        same = z.gather(1, base[:, None] + torch.arange(self.n, device=DEVICE))
        held = self.held[goal]
        wrong = ~held & (torch.arange(self.n, device=DEVICE) != (goal - base)[:, None])
        mean = (same * wrong).sum(1, keepdim=True) / wrong.sum(1, keepdim=True)
        return F.smooth_l1_loss(same[held], mean.detach().expand_as(same)[held])

    def mask(self, z, goal):
        """Held-out colours of the right tile do not count as wrong answers."""
        base, held = self.base[goal], self.held[goal]
        spot = base >= 0
        columns = (base.clamp(min=0)[:, None] + torch.arange(self.n, device=DEVICE))
        low = torch.zeros_like(z).scatter(1, columns, torch.where(held & spot[:, None], -40.0, 0.0))
        return z + low


def nothing(words, prompt):
    """The unconditional row: everything between the first and the last id is padding."""
    return [prompt[0]] + [words.id[language.PAD]] * (len(prompt) - 2) + [prompt[-1]]


def plan_batch(words, prompts, rng):
    items = prompts.next()
    text = torch.tensor([nothing(words, p) if rng.random() < 0.12 else p for p, _, _ in items], device=DEVICE)
    plan = torch.tensor([TOKENS.plan(scene) for _, scene, _ in items], device=DEVICE)
    return text, plan, torch.tensor([sure for _, _, sure in items], device=DEVICE)


def plan_loss(model, text, plan, sure):
    """Cross-entropy of the plan tokens; and, of prompts that say it all, the same and the share of plans got right."""
    x = torch.cat((model.words(text), model.tokens(plan[:, :-1])), 1)
    n = x.shape[1]
    h = model.language_model(x, torch.arange(n, device=DEVICE))[:, -plan.shape[1] :]
    z = model.picture_logits(h).float()
    ce = F.cross_entropy(z.flatten(0, 1), plan.flatten(), reduction="none").view(plan.shape)
    told = sure & (text[:, 2] != text[:, 3])
    right = (z.argmax(-1) == plan).all(1)[told]
    return ce.mean(), {"plan": ce[told].mean().item(), "plan_right": right.float().mean().item()} if told.any() else {}


def rows_batch(words, prompts, rng, apart, rows, twins, noise):
    """text [B,P], inputs [B,n] (row 0 and `rows` others), targets, positions; the last `twins` repeat the first without prompt."""
    items = prompts.next()
    cells = set(r for c in S.cells for r in range(c.row - 1, c.row + c.width + 1))
    chosen = sorted(range(1, G), key=lambda r: rng.random() - (0.35 if r in cells else 0))[:rows]
    chosen = [0] + sorted(chosen)
    ids = np.stack([TOKENS.encode(scene) for _, scene, _ in items])
    ids[len(items) - twins :] = ids[:twins]
    text = [p for p, _, _ in items]
    for i in range(twins):
        text[len(items) - twins + i] = nothing(words, text[i])
    flat = ids.reshape(len(items), -1)
    where = np.concatenate([np.arange(r * G, r * G + G) for r in chosen])
    last = where[-1] == G * G - 1
    inputs = torch.from_numpy(flat[:, where]).to(DEVICE)
    targets = torch.from_numpy(flat[:, np.minimum(where + 1, G * G - 1)]).to(DEVICE)
    if last:
        targets[:, -1] = -100
    if noise:  # the model must survive a wrong token
        wrong = torch.rand(inputs.shape, device=DEVICE) < noise
        wrong[:, : TOKENS.plan_length] = False
        inputs = torch.where(wrong, torch.randint_like(inputs, TOKENS.count), inputs)
        inputs = apart.repaint(inputs, 5 * noise)
    return torch.tensor(text, device=DEVICE), inputs, targets, torch.from_numpy(where).to(DEVICE)


def rows_loss(model, apart, text, inputs, targets, where, twins):
    p = text.shape[1]
    x = torch.cat((model.words(text), model.tokens(inputs)), 1)
    positions = torch.cat((torch.arange(p, device=DEVICE), p + where))
    h = model.language_model(x, positions)[:, p - 1 :]
    goal = torch.cat((inputs[:, :1], targets), 1)
    head = TOKENS.plan_length
    # All plan tokens, half of the others, an eighth of empty paper behind empty paper; weights make up for it.
    paper = torch.zeros(TOKENS.count, dtype=torch.bool, device=DEVICE)
    paper[torch.from_numpy(TOKENS.paper.ravel())] = True
    seen = torch.cat((text[:, -1:] * 0, inputs), 1)
    dull = paper[seen] & paper[goal.clamp(min=0)]
    share = torch.where(dull, 0.125, 0.5)
    share[:, : head + 1] = 1.0
    pick = (goal >= 0) & (torch.rand(goal.shape, device=DEVICE) < share)
    weight = 1 / share
    z = model.picture_logits(h[pick]).float()
    ce = F.cross_entropy(apart.mask(z, goal[pick]), goal[pick], reduction="none")
    level = apart.loss(z, goal[pick])
    plan = torch.zeros_like(pick)
    plan[:, :head] = True
    drawn = ~plan[pick]
    loss = (ce * weight[pick])[drawn].sum() / (targets.numel() - head * len(text))
    same = F.mse_loss(h[:twins, head + 1 :], h[-twins:, head + 1 :]) if twins else torch.zeros(())
    worst = (ce[drawn] > 0.7).float().mean()
    return loss + 0.02 * level, level, ce[~drawn].mean(), same, ce[drawn].mean().item(), worst.item()


class Spare:
    """As in train_vision.py: words that would make a held-out combination do not count as wrong answers."""

    def __init__(self, words):
        word = lambda w: words.encode(" " + w)[0]
        self.row = {w: 1 + i for i, w in enumerate(S.shapes + S.colours)}
        self.masks = torch.zeros(1 + len(self.row), S.vocabulary, dtype=torch.bool)
        for shape, colour in S.held_out:
            self.masks[self.row[colour], [word(shape), word(shape + "s")]] = True
            self.masks[self.row[shape], word(colour)] = True
        self.masks = self.masks.to(DEVICE)
        self.name = {word(w): w for w in S.shapes + S.colours} | {word(s + "s"): s for s in S.shapes}

    def rows(self, ids, kinds):
        """For each id of an answer, the row of `masks` that applies."""
        out = []
        for i in ids:
            partners = [c if self.name.get(i) == s else s for s, c in kinds if self.name.get(i) in (s, c)]
            out.append(self.row[partners[0]] if partners else 0)
        return out


def talk_batch(words, spare, features, patches, shown, rng, rows, questions):
    """Packed questions behind `rows` image rows of each picture. Places are shared by the whole batch, so one mask serves it.

    features [B,n,width] of the patches [B,n]; shown: what each picture shows.
    """
    size = len(features)
    asked = [[language.ask(rng, kinds)[:2] for _ in range(questions)] for kinds in shown]
    before = words.before_picture(system=rng.random() < 0.8)
    if rows < features.shape[1]:
        some = torch.tensor(sorted(rng.sample(range(features.shape[1]), rows)), device=DEVICE)
        features, patches = features[:, some], patches[:, some]
    p = len(before)
    chain = rng.random() < 0.2  # a conversation: each question behind the last answer
    length = SLOT * questions
    ids = torch.full((size, length), words.id[language.PAD])
    goal = torch.full((size, length), -100)
    masked = torch.zeros((size, length), dtype=torch.long)
    for i, qs in enumerate(asked):
        at = 0
        for j, (q, answer) in enumerate(qs):
            ask = words.after_picture(q, torn=rng.random() < 0.04)
            if chain and j:
                ask = words.encode(f"{language.USER}: {q}\n\n{language.ASSISTANT}:")
            said = words.answer(answer)
            both = ask + said
            if not chain:
                at = j * SLOT
            if at + len(both) > length or (not chain and len(both) > SLOT):
                continue
            ids[i, at : at + len(both)] = torch.tensor(both)
            goal[i, at + len(ask) - 1 : at + len(both) - 1] = torch.tensor(said)
            masked[i, at + len(ask) - 1 : at + len(both) - 1] = torch.tensor(spare.rows(said, shown[i]))
            at += len(both)
    start = p + G * G
    slot = torch.arange(length) // (length if chain else SLOT)
    own = torch.cat((torch.arange(p), start + torch.arange(length) - slot * SLOT)).expand(size, -1)
    positions = torch.cat((own[:, :p], p + patches.cpu(), own[:, p:]), 1)
    n = p + rows + length
    group = torch.cat((torch.full((p + rows,), -1), slot))
    visible = (group[None, :] == -1) | (group[None, :] == group[:, None])
    mask = torch.where(visible & torch.ones(n, n, dtype=torch.bool).tril(), 0.0, -1e4)
    d = DEVICE
    return features.float(), torch.tensor(before, device=d), ids.to(d), goal.to(d), masked.to(d), positions.to(d), mask.to(d)


def talk_loss(model, spare, features, before, ids, goal, masked, positions, mask):
    b = len(features)
    x = torch.cat((model.words(before).expand(b, -1, -1), model.aligner(features), model.words(ids)), 1)
    h = model.language_model(x, positions, mask)[:, -ids.shape[1] :]
    pick = goal >= 0
    z = model.lm_head(h[pick]).float()
    return F.cross_entropy(z.masked_fill(spare.masks[masked[pick]], -30), goal[pick]), (z.argmax(-1) == goal[pick]).float().mean().item()


def groups_for(model):
    tables = ("generation_embeddings", "vision_head", "embed_tokens", "lm_head", "aligner.fc1", "norm")
    return split(model, 0.015, 0.003, tables)


MAIN, STEPS = 1400, 1800  # the second cycle sees whole pictures a third of the time


def run(steps=STEPS, name="language"):
    torch.manual_seed(2)
    words = language.Words(WORK / "tokenizer.json")
    vision, heads = Vision(S).to(DEVICE), train_vision.Heads().to(DEVICE)
    model = Janus(S, TOKENS.inputs, TOKENS.factors).to(DEVICE)
    with torch.no_grad():
        model.generation_embeddings.factors.copy_(TOKENS.structure())
    opt = Optimiser(groups_for(model), average=0.995)
    first, state = 0, load(name)
    seen = state if state and "vision" in state else load("vision-final")
    vision.load_state_dict(seen["vision"])
    heads.load_state_dict(seen["heads"])
    sight = train_vision.optimiser(vision, heads)
    if state:
        if "sight" in state:
            sight.restore(state["sight"])
        model.load_state_dict(state["model"])
        opt.restore(state["opt"])
        first = state["step"]
    rng = random.Random(200 + first)
    many, some, whole = Prompts(words, rng, 16), Prompts(words, rng, 10 if first >= MAIN else 16), Prompts(words, rng, 6)
    spare, apart, log = Spare(words), Apart(), Log(name)
    for step in range(first, steps):
        late = step % 2 + 1 if step > 0.82 * MAIN and (step < MAIN or step % 10 < 2) else 0
        with half():
            ce, named = plan_loss(model, *plan_batch(words, many, rng))
        ce.backward()
        log.add(**named)
        noise = 0.004 if rng.random() < 0.5 else 0.0
        if late == 2:
            twins, batch = 2, rows_batch(words, whole, rng, apart, G - 1, 2, noise)
        else:
            twins, batch = 3, rows_batch(words, some, rng, apart, 6, 3, noise)
        with half():
            drawn, level, plan, same, ce, worst = rows_loss(model, apart, *batch, twins)
            loss = 3 * drawn + 0.5 * plan + same
        loss.backward()
        log.add(**{("whole" if late == 2 else "rows") + ("_noisy" if noise else ""): drawn.item(), "same": same.item(), "level": level.item()})
        if not noise:
            log.add(wrong=worst)
        # The vision tower goes on learning; what it sees at this step is what is talked about.
        full = late == 1
        size, named, keep, rows, questions = (4, 3, 0, G * G, 6) if full else (12, 8, 256, 48, 6) if step < MAIN else (20, 17, 256, 32, 4)
        learns = step < MAIN or full or step % 2 == 0
        x, target, box, kept, shown = train_vision.batch(rng, size, keep, named, 0.8)
        with half(), torch.set_grad_enabled(learns):
            features = vision(x, kept)
            loss, numbers = train_vision.losses(heads, features, target, box)
        if learns:
            loss.backward()
        rate = schedule(step, MAIN, warm=60, decay=0.68) if step < MAIN else 0.25 * min(1, (step - MAIN + 1) / 20) * (2080 - step) / (2080 - MAIN)
        if learns:
            sight.step(0.8 * rate)
        log.add(vision=loss.item(), **{k: numbers[k] for k in ("count", "shape1", "shape2", "colour1", "colour2")})
        patches = torch.arange(G * G, device=DEVICE).expand(size, -1) if full else kept
        batch = talk_batch(words, spare, features[:named].detach(), patches[:named], shown[:named], rng, rows, questions)
        with half():
            loss, right = talk_loss(model, spare, *batch)
        loss.backward()
        log.add(**{"talk_whole" if full else "talk": loss.item()}, talk_right=right)
        opt.step(rate)
        if step % 25 == 24:
            log.print(step + 1)
        if step % 100 == 99 or step + 1 == steps:
            save(name, model=model.state_dict(), opt=opt.state(), vision=vision.state_dict(), heads=heads.state_dict(), sight=sight.state(), step=step + 1)
    opt.swap()
    sight.swap()
    save(name + "-final", model=model.state_dict(), vision=vision.state_dict(), heads=heads.state_dict())


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    run()
