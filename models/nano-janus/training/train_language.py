"""Stage 2: one language model learns to draw and to talk about pictures, in turns.

Three kinds of batches:
  plan   prompts with the plan tokens only: short, many; here the words of prompts are learned
  rows   prompts with the plan row and some other rows at their true positions: here the rendering is learned
  talk   registers (train_vision.py) with several questions behind each picture. At first nobody looks: the registers are
         made from what the picture would show, and the patches that tell nothing are few but count for all
The last part of the training looks at real pictures with the finished tower, and draws whole ones.
"""

import math
import os
import random
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

import language
import questions
import scenes
import train_vision
from common import DEVICE, WORK, Log, half, load, save
from model import Janus, Vision
from optim import Optimiser, split
from settings import SETTINGS as S
from tokens import KINDS, TOKENS

G = S.grid
QUIET = 8  # patches that tell nothing, when nobody looks


class Prompts:
    """Batches of prompts of equal length, with their scenes."""

    def __init__(self, words, rng, size):
        self.words, self.rng, self.size, self.pools = words, rng, size, {}

    def next(self):
        while True:
            text, plan, kind = language.drawing(self.rng)
            ids = self.words.draw(text, torn=self.rng.random() < 0.05)
            pool = self.pools.setdefault(len(ids), [])
            pool.append((ids, plan, kind))
            if len(pool) == self.size:
                return self.pools.pop(len(ids))


class Spared:
    """What makes a held-out combination is never a right answer here, so it must not count as a wrong one either.

    Rows of `masks`: 0 for all tokens (tiles of a held-out combination), one for each shape (colours in the plan), one for each colour
    (shapes in the plan).
    """

    def __init__(self):
        self.masks = torch.zeros(1 + len(S.shapes) + len(S.colours), TOKENS.count)
        for (shape, size), spots in TOKENS.drawn.items():
            for i, colour in enumerate(S.colours):
                if (shape, colour) in S.held_out:
                    self.masks[0, [ids[i] for ids in spots.values()]] = -40.0
                    for g in range(len(S.backgrounds)):
                        for cell in range(9):
                            self.masks[self.shape(shape), TOKENS.plan_colour[g][cell][1 + i]] = -40.0
                            self.masks[self.colour(colour), TOKENS.plan_kind[g][cell][KINDS.index((shape, size))]] = -40.0
        self.masks = self.masks.to(DEVICE)

    def shape(self, shape):
        return 1 + S.shapes.index(shape)

    def colour(self, colour):
        return 1 + len(S.shapes) + S.colours.index(colour)

    def rows(self, scenes_, length):
        """Which mask each target takes: [B, length], the plan first."""
        out = torch.zeros(len(scenes_), length, dtype=torch.long)
        for i, scene in enumerate(scenes_):
            for cell, shape, colour, _ in scene.things:
                out[i, 1 + 2 * cell], out[i, 2 + 2 * cell] = self.colour(colour), self.shape(shape)
        return out.to(DEVICE)


def nothing(words, prompt):
    """The unconditional row: everything between the first and the last id is padding."""
    return [prompt[0]] + [words.id[language.PAD]] * (len(prompt) - 2) + [prompt[-1]]


def told(text):
    """Which rows have a prompt."""
    return text[:, 2] != text[:, 3]


ANY = torch.zeros(len(S.backgrounds), TOKENS.plan_length, TOKENS.count)  # every id that a plan may have at a place, equally likely
for _g in range(len(S.backgrounds)):
    ANY[_g, 0, TOKENS.plan_ground] = 1
    for _cell in range(9):
        ANY[_g, 1 + 2 * _cell, TOKENS.plan_kind[_g][_cell]] = 1
        ANY[_g, 2 + 2 * _cell, TOKENS.plan_colour[_g][_cell]] = 1
ANY = (ANY / ANY.sum(-1, keepdim=True)).to(DEVICE)


def undecided(z, plan):
    """Loss of plan logits [B, plan, ids] without a prompt: whatever a plan may say is to be equally likely.

    Guidance takes the logits without a prompt away from those with one. Where they know nothing they change nothing; were they sure of
    something, what is rare without a prompt would win.
    """
    likely = ANY[TOKENS_GROUND[plan[:, 0]]]
    return -(likely * (z.log_softmax(-1) - likely.clamp(min=1e-9).log())).sum(-1)


def plan_batch(words, spared, prompts, rng):
    items = prompts.next()
    text = torch.tensor([nothing(words, p) if rng.random() < 0.06 else p for p, _, _ in items], device=DEVICE)
    plan = torch.tensor([TOKENS.plan(scene) for _, scene, _ in items], device=DEVICE)
    return text, plan, [kind for _, _, kind in items], spared.masks[spared.rows([scene for _, scene, _ in items], TOKENS.plan_length)]


class Blend:
    """Colour words mixed with other colours and with noise: the shape's word must say the shape whatever the colour.

    With some combinations held out a colour word speaks for the shapes it was seen with, and "an orange square" becomes a circle.
    No other colour ever has the larger part, and colours are not asked for where this was done.
    """

    def __init__(self, words):
        self.forms = [torch.tensor([words.encode(front + c)[0] for c in S.colours], device=DEVICE) for front in (" ", "")]

    def __call__(self, model, text):
        """Embeddings of the text, and which rows were blended."""
        x = model.words(text)
        touched = torch.zeros(len(text), dtype=torch.bool, device=DEVICE)
        for form in self.forms:
            at = torch.isin(text, form) & (torch.rand(len(text), 1, device=DEVICE) < 0.5)
            share = 0.4 * torch.rand(2, *text.shape, 1, device=DEVICE)
            others = model.words(form[torch.randint(len(form), (2, *text.shape), device=DEVICE)])
            noise = torch.randn_like(x) * (model.words(form).std() * torch.rand(len(text), 1, 1, device=DEVICE))
            x = torch.where(at[..., None], (1 - share.sum(0)) * x + (share * others).sum(0) + noise, x)
            touched |= at.any(1)
        return x, touched


def mixed(x, others, noise):
    """x and two others of its kind, `others` [2, ...], mixed, with noise."""
    share = 0.5 * torch.rand(2, *x.shape[:-1], 1, device=DEVICE)
    return ((1 - share.sum(0)) * x + (share * others).sum(0) + noise * others.std() * torch.rand(len(x), 1, 1, device=DEVICE) * torch.randn_like(x)).to(x.dtype)


def blend_colours(model, x, inputs, rows):
    """The same for rendering: x = model.tokens(inputs) with the colours of the plan of these rows (a mask) mixed; what is drawn must not hang on them."""
    at = torch.arange(2, TOKENS.plan_length, 2, device=DEVICE)
    ids = inputs[:, at]
    first = FIRST_COLOUR[TOKENS_GROUND[ids[:, 0]]]
    others = model.tokens(first + torch.randint(len(S.colours), (2, *ids.shape), device=DEVICE))
    x = x.clone()
    x[:, at] = torch.where((rows[:, None] & (ids >= first))[..., None], mixed(x[:, at], others, 1.5), x[:, at])
    return x


def blend_shapes(model, x, inputs, rows):
    """And the shapes mixed, in the plan (with others of the same size) and in what is drawn already: no colour must hang on them."""
    at = torch.arange(1, TOKENS.plan_length, 2, device=DEVICE)
    ids = inputs[:, at]
    first = FIRST_KIND[TOKENS_GROUND[ids[:, 0]]]
    sizes = len(S.sizes)
    others = model.tokens(first + torch.randint(len(S.shapes), (2, *ids.shape), device=DEVICE) * sizes + (ids - first) % sizes)
    y = x.clone()
    y[:, at] = torch.where((rows[:, None] & (ids >= first))[..., None], mixed(x[:, at], others, 0.7), x[:, at])
    others = model.tokens(TILES[torch.randint(len(TILES), (2, *inputs.shape), device=DEVICE)])
    return torch.where((rows[:, None] & (TOKENS_TINT[inputs] >= 0))[..., None], mixed(x, others, 0.5), y)


TOKENS_GROUND = torch.from_numpy(TOKENS.ground).to(DEVICE)
TOKENS_TINT = torch.from_numpy(TOKENS.tint).to(DEVICE)
FIRST_COLOUR = torch.tensor([[p[1] for p in ground] for ground in TOKENS.plan_colour], device=DEVICE)  # [grounds, cells]: the id that says the first colour
FIRST_KIND = torch.tensor([[p[1] for p in ground] for ground in TOKENS.plan_kind], device=DEVICE)  # the first shape in the first size
TILES = torch.nonzero(TOKENS_TINT >= 0)[:, 0]


def plan_loss(model, text, plan, kinds, low, blend=None):
    """Cross-entropy of the plan tokens; the same where there is a prompt, and the share of plans got right, by kind."""
    said, blended = blend(model, text) if blend else (model.words(text), torch.zeros(len(text), dtype=torch.bool, device=DEVICE))
    x = torch.cat((said, model.tokens(plan[:, :-1])), 1)
    n = x.shape[1]
    h = model.language_model(x, torch.arange(n, device=DEVICE))[:, -plan.shape[1] :]
    z = model.picture_logits(h).float()
    ce = F.cross_entropy((z + low).flatten(0, 1), plan.flatten(), reduction="none").view(plan.shape)
    colours = torch.zeros_like(plan, dtype=torch.bool)
    colours[:, 2::2] = True  # where a colour was blended, it is not asked for
    ce = ce.masked_fill(colours & blended[:, None], 0.0)
    blank = ~told(text)
    if blank.any():
        ce = ce.index_put((torch.nonzero(blank)[:, 0],), undecided(z[blank], plan[blank]))
    clear = ~blank & ~blended
    right = (z.argmax(-1) == plan).all(1)
    named = {"plan": ce[clear].mean().item()}
    for kind in set(kinds):
        some = clear & torch.tensor([k == kind for k in kinds], device=DEVICE)
        if some.any():
            named["plan_" + kind] = right[some].float().mean().item()
    return ce.mean(), named


def rows_batch(words, spared, prompts, rng, rows, twins, noise):
    """text [B,P], inputs [B,n] (row 0 and `rows` others), targets, positions, masks, and which prompts are some other picture's.

    The last `twins` repeat the first, without prompt or with another's: the plan has said all, so the prompt has no part in the rendering.
    """
    items = prompts.next()
    busy = np.zeros(G)
    for _, scene, _ in items:
        for cell, _, _, size in scene.things:
            row, _, wide = scenes.box(cell, size)
            busy[row : row + wide] += 1
    chance = 0.15 + busy[1:] / max(1, busy.max())
    chosen = [0] + sorted(range(1, G), key=lambda r: -rng.random() ** (1 / chance[r - 1]))[:rows]
    chosen = sorted(chosen)
    lone = len(items) - twins
    scenes_ = [scene for _, scene, _ in items]
    scenes_[lone:] = scenes_[:twins]
    text, foreign = [p for p, _, _ in items], [False] * len(items)
    for i in range(twins, len(items)):
        blank = i >= lone and rng.random() < 0.7
        if blank:
            text[i] = nothing(words, text[i])
        elif i >= lone or rng.random() < 0.2:
            text[i], foreign[i] = items[(i + 1 + rng.randrange(lone - 1)) % lone if i < lone else rng.randrange(twins, len(items))][0], True
    flat = np.stack([TOKENS.encode(scene) for scene in scenes_]).reshape(len(items), -1)
    where = np.concatenate([np.arange(r * G, r * G + G) for r in chosen])
    inputs = torch.from_numpy(flat[:, where]).to(DEVICE)
    targets = torch.from_numpy(flat[:, np.minimum(where + 1, G * G - 1)]).to(DEVICE)
    if where[-1] == G * G - 1:
        targets[:, -1] = -100
    if noise:  # the model must survive a wrong token
        wrong = torch.rand(inputs.shape, device=DEVICE) < noise
        wrong[:, : TOKENS.plan_length] = False
        inputs = torch.where(wrong, torch.randint_like(inputs, TOKENS.count), inputs)
        inputs[lone:] = inputs[:twins]
    low = spared.rows(scenes_, len(where) + 1)
    return torch.tensor(text, device=DEVICE), inputs, targets, torch.from_numpy(where).to(DEVICE), low, torch.tensor(foreign, device=DEVICE)


PAPER = torch.zeros(TOKENS.count, dtype=torch.bool)
PAPER[torch.from_numpy(TOKENS.paper.ravel())] = True


def rows_loss(model, spared, text, inputs, targets, where, low, foreign, twins, blend=False):
    p, lone = text.shape[1], len(text) - twins
    x = model.tokens(inputs)
    colours = shapes = torch.zeros(len(text), dtype=torch.bool, device=DEVICE)
    if blend:
        u = torch.rand(len(text), device=DEVICE)
        u[lone:] = u[:twins]
        colours, shapes = u < COLOURS, u > 1 - SHAPES
        x = blend_shapes(model, blend_colours(model, x, inputs, colours), inputs, shapes)
        x = torch.cat((x[:lone], x[:twins]))
    x = torch.cat((model.words(text), x), 1)
    positions = torch.cat((torch.arange(p, device=DEVICE), p + where))
    h = model.language_model(x, positions)[:, p - 1 :]
    goal = torch.cat((inputs[:, :1], targets), 1)
    head = TOKENS.plan_length
    # All plan tokens, half of the others, an eighth of empty paper behind empty paper; weights make up for it.
    paper = PAPER.to(DEVICE)
    seen = torch.cat((text[:, -1:] * 0, inputs), 1)
    share = torch.where(paper[seen] & paper[goal.clamp(min=0)], 0.125, 0.5)
    share[:, : head + 1] = 1.0
    pick = (goal >= 0) & (torch.rand(goal.shape, device=DEVICE) < share)
    clear = ~(colours | shapes)
    pick[:, :head] &= (clear & ~foreign & told(text))[:, None]
    tints = TOKENS_TINT[goal.clamp(min=0)]
    pick[:, head:] &= ~shapes[:, None] | (tints[:, head:] >= 0)
    weight = 1 / share
    z = model.picture_logits(h[pick]).float() + spared.masks[low[pick]]
    ce = F.cross_entropy(z, goal[pick], reduction="none")
    tint = tints[pick]
    of = lambda rows: torch.nonzero(rows[:, None].expand_as(pick)[pick] & (tint >= 0))[:, 0]
    free = of(colours)
    if len(free):  # any colour of the tile will do
        same = (goal[pick][free] - tint[free])[:, None] + torch.arange(len(S.colours), device=DEVICE)
        ce = ce.index_put((free,), z[free].logsumexp(1) - z[free].gather(1, same).logsumexp(1))
    free = of(shapes)
    if len(free):  # any tile of the colour
        tiles = z[free][:, TILES]
        mine = tiles.masked_fill(TOKENS_TINT[TILES] != tint[free][:, None], -1e9)
        ce = ce.index_put((free,), tiles.logsumexp(1) - mine.logsumexp(1))
    plan = torch.zeros_like(pick)
    plan[:, :head] = True
    drawn = ~plan[pick]
    loss = (ce * weight[pick])[drawn].sum() / (targets.numel() - head * len(text))
    same = F.mse_loss(h[:twins, head + 1 :], h[lone:, head + 1 :]) if twins else torch.zeros(())
    blank = ~told(text) & clear
    decided = ce[~drawn].mean() if (~drawn).any() else ce.sum() * 0
    if blank.any():
        decided = decided + 0.3 * undecided(model.picture_logits(h[blank, :head]).float(), inputs[blank, :head]).mean()
    plain = drawn & clear[:, None].expand_as(pick)[pick]
    named = {"same": same.item(), "rows_plan": decided.item()}
    for what, rows in (("drawn", clear), ("free_colour", colours), ("free_shape", shapes)):
        some = drawn & rows[:, None].expand_as(pick)[pick]
        if some.any():
            named[what] = ce[some].mean().item()
    return loss + decided + same, named, (ce[plain] > 0.7).float().mean().item() if plain.any() else None


class Spare:
    """As in train_vision.py: words that would make a held-out combination do not count as wrong answers."""

    def __init__(self, words):
        word = lambda w: words.encode(" " + w)[0]
        self.row = {w: 1 + i for i, w in enumerate(S.shapes + S.colours)}
        self.masks = torch.zeros(1 + len(self.row), S.vocabulary, dtype=torch.bool)
        for shape, colour in S.held_out:
            self.masks[self.row[colour], [word(shape), word(questions.many(shape))]] = True
            self.masks[self.row[shape], word(colour)] = True
        self.masks = self.masks.to(DEVICE)
        self.name = {word(w): w for w in S.shapes + S.colours} | {word(questions.many(s)): s for s in S.shapes}

        self.end = words.id[language.EOS]
        self.shape = {word(s): s for s in S.shapes}
        self.colour = {c: word(c) for c in S.colours}
        self.counted = {word(questions.many(s)) for s in S.shapes} | {word(w) for w in ("shapes", "things", "objects")}

    def hints(self, ask, said, kind, things):
        """[(position in the question, id, row of `masks`)]: what can be said already at the word that names a shape, its colour, or how many.

        Nobody reads these answers; asking for them teaches to look things up by their shape, which captions never need.
        """
        if kind == "count":
            at = max((i for i, w in enumerate(ask) if w in self.counted), default=None)
            return [] if at is None else [(at, said[0], 0)]
        out = []
        for i, w in enumerate(ask):
            mine = [t for t in things if t.shape == self.shape.get(w)]
            if len(mine) == 1:
                out.append((i, self.colour[mine[0].colour], self.row[mine[0].shape]))
        return out

    def rows(self, ids, things):
        """For each id of an answer, the row of `masks` that applies."""
        out = []
        for i in ids:
            partners = [t.colour if self.name.get(i) == t.shape else t.shape for t in things if self.name.get(i) in t.kind]
            out.append(self.row[partners[0]] if partners else 0)
        return out


def imagine(rng, count, alone=0.0):
    """Registers nobody looked for: told [B, REGISTERS + QUIET, TOLD], patches, and the pictures they stand for; `alone`: the share with one thing."""
    shown = [questions.imagined(rng, 1 if rng.random() < alone else S.most) for _ in range(count)]
    n = train_vision.REGISTERS
    told = torch.zeros(count, n + QUIET, train_vision.TOLD)
    for i, picture in enumerate(shown):
        told[i, :n] = torch.from_numpy(train_vision.told(*picture)[0])
    told += torch.randn_like(told) * (0.06 * rng.random())
    patches = list(range(n)) + sorted(rng.sample(range(n, G * G), QUIET))
    return told.to(DEVICE), torch.tensor(patches, device=DEVICE), shown


@torch.no_grad()
def look(vision, heads, rng, count):
    """The same with the tower looking at real pictures: all patches."""
    b = train_vision.batch(rng, count, 0, odd=0.0)
    with half():
        told = heads.tell(vision(train_vision.unit(b["patches"])))
    return told.float(), torch.arange(G * G, device=DEVICE), b["shown"]


def talk_batch(words, spare, told, patches, shown, rng, number, crowd=1.0):
    """Packed questions behind the image rows of each picture; places are shared by the whole batch, so one mask serves it.

    `crowd`: how far the few quiet patches stand for all of them, 0..1.
    """
    size, rows = told.shape[:2]
    before = words.before_picture(system=rng.random() < 0.75)
    chain = rng.random() < 0.12  # a conversation: each question behind the last answer
    asked = []
    for picture in shown:
        mine = []
        for j in range(number):
            q, answer, kind = questions.ask(rng, picture)
            torn = rng.random() < 0.03
            ask = words.encode(f"{language.USER}: {q}\n\n{language.ASSISTANT}:") if chain and j else words.after_picture(q, torn=torn)
            said = words.answer(answer)
            mine.append((ask, said, kind))
        asked.append(mine if chain else sorted(mine, key=lambda m: len(m[0]) + len(m[1])))
    widths = [max(len(m[j][0]) + len(m[j][1]) for m in asked) for j in range(number)]
    length = max(sum(len(a) + len(s) for a, s, _ in m) for m in asked) if chain else sum(widths)
    starts = np.concatenate(([0], np.cumsum(widths)))
    ids, goal = torch.full((size, length), words.id[language.PAD]), torch.full((size, length), -100)
    masked, kinds = torch.zeros((size, length), dtype=torch.long), []
    for i, mine in enumerate(asked):
        at = 0
        for j, (ask, said, kind) in enumerate(mine):
            at = at if chain else int(starts[j])
            end = at + len(ask) + len(said)
            ids[i, at:end] = torch.tensor(ask + said)
            goal[i, at + len(ask) - 1 : end - 1] = torch.tensor(said)
            masked[i, at + len(ask) - 1 : end - 1] = torch.tensor(spare.rows(said, shown[i][0]))
            kinds.append((i, at + len(ask) - 1, end - 1, kind))
            for place, hint, row in spare.hints(ask, said, kind, shown[i][0]):
                goal[i, at + place], masked[i, at + place] = hint, row
            at = end
    p = len(before)
    slot = torch.zeros(length, dtype=torch.long) if chain else torch.repeat_interleave(torch.arange(number), torch.tensor(widths))
    local = torch.arange(length) if chain else torch.arange(length) - torch.from_numpy(starts)[slot]
    positions = torch.cat((torch.arange(p), p + patches.cpu(), p + G * G + local))
    n = p + rows + length
    group = torch.cat((torch.full((p + rows,), -1), slot))
    mask = torch.where(((group[None, :] == -1) | (group[None, :] == group[:, None])) & torch.ones(n, n, dtype=torch.bool).tril(), 0.0, -1e4)
    if rows < G * G:  # few quiet patches stand for all
        columns = slice(p + train_vision.REGISTERS, p + rows)
        mask[:, columns] += crowd * math.log((G * G - train_vision.REGISTERS) / QUIET)
    d = DEVICE
    return told, torch.tensor(before, device=d), ids.to(d), goal.to(d), masked.to(d), positions.to(d), mask.to(d), kinds


def talk_loss(model, spare, told, before, ids, goal, masked, positions, mask, kinds):
    b = len(told)
    x = torch.cat((model.words(before).expand(b, -1, -1), model.aligner(told), model.words(ids)), 1)
    h = model.language_model(x, positions, mask)[:, -ids.shape[1] :]
    pick = goal >= 0
    z = model.lm_head(h[pick]).float()
    loss = F.cross_entropy(z.masked_fill(spare.masks[masked[pick]], -30), goal[pick])
    wrong = torch.zeros_like(goal)
    wrong[pick] = (z.argmax(-1) != goal[pick]).long()
    named = {"hint": [1 - wrong[:, :-1][pick[:, :-1] & ~pick[:, 1:] & (goal[:, :-1] != spare.end)].float().mean().item()]}
    sums = torch.nn.functional.pad(wrong.cumsum(1), (1, 0)).cpu()
    for i, start, end, kind in kinds:
        named.setdefault("say_" + kind, []).append(float(sums[i, end] == sums[i, start]))
    return loss, named


@torch.no_grad()
def start_aligner(aligner):
    """It reads few ones among many zeros: what differs between pictures must not drown, and what tells nothing must look alike."""
    generator = torch.Generator(DEVICE).manual_seed(9)
    aligner.fc1.weight.normal_(0, 0.7, generator=generator)
    aligner.fc1.bias.zero_()
    torch.nn.init.orthogonal_(aligner.hidden_layers[0].weight, generator=generator)
    aligner.hidden_layers[0].bias.normal_(0, 0.4, generator=generator)


def groups_for(model, scale=1.0):
    tables = ("generation_embeddings", "vision_head", "embed_tokens", "lm_head", "aligner.fc1", "norm")
    return split(model, 0.015 * scale, 0.003 * scale, tables)


# Minutes of CPU time here are of one core; see README.md. Steps at which a part ends.
WORDS, ROWS, WHOLE = (int(v) for v in os.environ.get("LANGUAGE_STEPS", "170,10400,10500").split(","))
# The highest rate, and the share of all steps from which it falls.
PEAK, FALL = (float(v) for v in os.environ.get("LANGUAGE_RATE", "1,0.45").split(","))

# Of the pictures to render, the share with colours blended and that with shapes blended; the rest is as it is.
COLOURS, SHAPES = (float(v) for v in os.environ.get("LANGUAGE_BLENDS", "0.6,0.2").split(","))

CROWDED = 800  # from here on the few quiet patches count for all
SETTLED = 1120  # from here on the rendering is firm: every other step leaves it alone
BLENDED = 1620  # from here on colour words are blended (Blend); it was thought of late, earlier should do no harm


def rate(step, first=0):
    """Up (again, where an optimiser starts anew at step `first`), flat, then down to zero at the end of the last part."""
    return PEAK * min(1.0, (step - first + 1) / 60) * min(1.0, (WHOLE - step) / (WHOLE * (1 - FALL)))


def run(name="language"):
    torch.manual_seed(2)
    words = language.Words(WORK / "tokenizer.json")
    model = Janus(S, TOKENS.inputs, TOKENS.factors, train_vision.TOLD).to(DEVICE)
    with torch.no_grad():
        model.generation_embeddings.factors.copy_(TOKENS.structure())
        start_aligner(model.aligner)
    opt = Optimiser(groups_for(model), average=0.99)
    first, state = 0, load(name)
    if state:
        model.load_state_dict(state["model"])
        first = state["step"]
        if "opt" in state:
            opt.restore(state["opt"])
    fresh = first - opt.t
    vision, heads = Vision(S).to(DEVICE), train_vision.Heads().to(DEVICE)
    rng = random.Random(200 + first)
    many, some, whole = Prompts(words, rng, 48), Prompts(words, rng, 16), Prompts(words, rng, 6)
    blend = Blend(words)
    spare, spared, log, seen = Spare(words), Spared(), Log(name), []

    def load_once():
        """Whether the tower is ready to look."""
        state = None if seen else load("vision-final")
        if state:
            vision.load_state_dict(state["vision"])
            heads.load_state_dict(state["heads"])
            seen.append(True)
        return bool(seen)

    for step in range(first, WHOLE):
        spent = {}
        mark = time.process_time()

        def lap(what):
            nonlocal mark
            now = time.process_time()
            spent["t_" + what], mark = now - mark, now

        drawing = step >= WORDS
        looking = step >= ROWS and step % 2 == 1 and load_once()
        if step < ROWS or step % 2 == 0:
            with half():
                loss, named = plan_loss(model, *plan_batch(words, spared, many, rng), blend if step >= BLENDED else None)
            (2 * loss).backward()
            log.add(**named)
            lap("plan")
        if drawing and (step < SETTLED or step >= ROWS or step % 2 == 0):
            noise = 0.004 if rng.random() < 0.5 else 0.0
            large = step >= ROWS and step % 2 == 0
            twins, batch = (2, rows_batch(words, spared, whole, rng, G - 1, 2, noise)) if large else (5, rows_batch(words, spared, some, rng, 6, 5, noise))
            with half():
                loss, named, wrong = rows_loss(model, spared, *batch, twins, step >= BLENDED)
            loss.backward()
            log.add(**{("whole_" if large else "") + k + ("_noisy" if noise else ""): v for k, v in named.items()})
            if not noise and wrong is not None:
                log.add(wrong=wrong)
            lap("whole" if large else "rows")
        if step % 2 == 1 or step < SETTLED:
            seeing = look(vision, heads, rng, 10) if looking else imagine(rng, 16, alone=min(0.9, max(0.0, 1.2 - step / 150)))
            with half():
                loss, named = talk_loss(model, spare, *talk_batch(words, spare, *seeing, rng, 8, min(1.0, max(0.0, step / CROWDED - 0.25) * 4)))
            (2 * loss).backward()
            log.add(**{"look" if looking else "talk": loss.item()})
            for k, v in named.items():
                for x in v:
                    log.add(**{("seen" + k[3:]) if looking else k: x})
            lap("look" if looking else "talk")
        opt.step(rate(step, fresh))
        lap("opt")
        log.add(**spent)
        if step % 25 == 24:
            log.print(step + 1)
        if step % 75 == 74 or step + 1 == WHOLE:
            save(name, model=model.state_dict(), opt=opt.state(), step=step + 1)
    opt.swap()
    save(name + "-final", model=model.state_dict())


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    run(*sys.argv[1:])
