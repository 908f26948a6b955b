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


def rows_batch(words, prompts, rng, rows, twins, noise):
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
    return torch.tensor(text, device=DEVICE), inputs, targets, torch.from_numpy(where).to(DEVICE)


def rows_loss(model, text, inputs, targets, where, twins):
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
    ce = F.cross_entropy(z, goal[pick], reduction="none")
    plan = torch.zeros_like(pick)
    plan[:, :head] = True
    drawn = ~plan[pick]
    loss = (ce * weight[pick])[drawn].sum() / (targets.numel() - head * len(text))
    same = F.mse_loss(h[:twins, head + 1 :], h[-twins:, head + 1 :]) if twins else torch.zeros(())
    worst = (ce[drawn] > 0.7).float().mean()
    return loss, ce[~drawn].mean(), same, ce[drawn].mean().item(), worst.item()


def talk_batch(words, vision, rng, size, rows, questions):
    """Image features and packed questions. All parts have the same shape for the whole batch, so one mask serves it."""
    pictures, asked = [], []
    for _ in range(size):
        image, things, _ = scenes.look(rng, plain=rng.random() < 0.3)
        kinds = [t.kind for t in things]
        pictures.append(image)
        asked.append([language.ask(rng, kinds)[:2] for _ in range(questions)])
    x = torch.from_numpy(np.stack(pictures)).to(DEVICE).permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.no_grad(), half():
        features = vision(x)
    before = words.before_picture(system=rng.random() < 0.8)
    keep = torch.tensor(sorted(rng.sample(range(G * G), rows))) if rows < G * G else torch.arange(G * G)
    p = len(before)
    chain = rng.random() < 0.2  # a conversation: each question behind the last answer
    length = SLOT * questions
    ids = torch.full((size, length), words.id[language.PAD])
    goal = torch.full((size, length), -100)
    for i, qs in enumerate(asked):
        at = 0
        for j, (q, answer) in enumerate(qs):
            ask = words.after_picture(q, torn=rng.random() < 0.04)
            if chain and j:
                ask = words.encode(f"{language.USER}: {q}\n\n{language.ASSISTANT}:")
            both = ask + words.answer(answer)
            if not chain:
                at = j * SLOT
            if at + len(both) > length or (not chain and len(both) > SLOT):
                continue
            ids[i, at : at + len(both)] = torch.tensor(both)
            goal[i, at + len(ask) - 1 : at + len(both) - 1] = torch.tensor(both[len(ask) :])
            at += len(both)
    start = p + G * G
    slot = torch.arange(length) // (length if chain else SLOT)
    positions = torch.cat((torch.arange(p), p + keep, start + torch.arange(length) - slot * SLOT))
    n = p + rows + length
    group = torch.cat((torch.full((p + rows,), -1), slot))
    visible = (group[None, :] == -1) | (group[None, :] == group[:, None])
    mask = torch.where(visible & torch.ones(n, n, dtype=torch.bool).tril(), 0.0, -1e4)
    d = DEVICE
    return features[:, keep.to(d)].float(), torch.tensor(before, device=d), ids.to(d), goal.to(d), positions.to(d), mask.to(d)


def talk_loss(model, features, before, ids, goal, positions, mask):
    b = len(features)
    x = torch.cat((model.words(before).expand(b, -1, -1), model.aligner(features), model.words(ids)), 1)
    h = model.language_model(x, positions, mask)[:, -ids.shape[1] :]
    pick = goal >= 0
    z = model.lm_head(h[pick]).float()
    return F.cross_entropy(z, goal[pick]), (z.argmax(-1) == goal[pick]).float().mean().item()


def groups_for(model):
    tables = ("generation_embeddings", "vision_head", "embed_tokens", "lm_head", "aligner.fc1", "norm")
    return split(model, 0.015, 0.003, tables)


def run(steps=2700, name="language"):
    torch.manual_seed(2)
    words = language.Words(WORK / "tokenizer.json")
    vision = Vision(S).to(DEVICE).eval()
    vision.load_state_dict(load("vision-final")["vision"])
    model = Janus(S, TOKENS.factors).to(DEVICE)
    with torch.no_grad():
        model.generation_embeddings.factors.copy_(TOKENS.structure())
    opt = Optimiser(groups_for(model), average=0.995)
    first, state = 0, load(name)
    if state:
        model.load_state_dict(state["model"])
        opt.restore(state["opt"])
        first = state["step"]
    rng = random.Random(200 + first)
    many, some, whole = Prompts(words, rng, 48), Prompts(words, rng, 16), Prompts(words, rng, 6)
    log = Log(name)
    for step in range(first, steps):
        part = step / steps
        late = part > 0.78
        with half():
            ce, named = plan_loss(model, *plan_batch(words, many, rng))
        ce.backward()
        log.add(**named)
        noise = 0.004 if rng.random() < 0.5 else 0.0
        if late and step % 2:
            twins, batch = 2, rows_batch(words, whole, rng, G - 1, 2, noise)
        else:
            twins, batch = 3, rows_batch(words, some, rng, 6, 3, noise)
        with half():
            drawn, plan, same, ce, worst = rows_loss(model, *batch, twins)
            loss = 3 * drawn + 0.5 * plan + 0.2 * same
        loss.backward()
        log.add(**{("whole" if late and step % 2 else "rows") + ("_noisy" if noise else ""): drawn.item(), "same": same.item()})
        if not noise:
            log.add(wrong=worst)
        if late and step % 2 == 0:
            batch = talk_batch(words, vision, rng, 3, G * G, 6)
        else:
            batch = talk_batch(words, vision, rng, 8, 48, 6)
        with half():
            loss, right = talk_loss(model, *batch)
        loss.backward()
        log.add(**({"talk_whole": loss.item()} if late and step % 2 == 0 else {"talk": loss.item()}), talk_right=right)
        opt.step(schedule(step, steps, warm=60, decay=0.6))
        if step % 25 == 24:
            log.print(step + 1)
        if step % 200 == 199 or step + 1 == steps:
            save(name, model=model.state_dict(), opt=opt.state(), step=step + 1)
    opt.swap()
    save(name + "-final", model=model.state_dict())


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    run()
