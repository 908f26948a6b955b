"""Drawing and answering with the model in PyTorch, for judging while it trains."""

import torch

import language
from common import DEVICE
from model import Cache
from settings import SETTINGS as S


@torch.no_grad()
def draw(model, words, prompts, guidance=1.0, temperature=1.0, seed=0, steps=None):
    """ids [len(prompts), grid, grid]; every prompt has its own random numbers."""
    pad = words.id[language.PAD]
    rows = [words.draw(p) for p in prompts]
    pairs = [rows] if guidance == 1 else [rows, [[r[0]] + [pad] * (len(r) - 2) + [r[-1]] for r in rows]]
    longest = max(map(len, rows))
    steps = steps or S.grid**2
    ids = torch.tensor([[pad] * (longest - len(r)) + r for part in pairs for r in part], device=DEVICE)
    skip = torch.tensor([longest - len(r) for part in pairs for r in part], device=DEVICE)
    position = (torch.arange(longest, device=DEVICE) - skip[:, None]).clamp(min=0)
    blocked = torch.arange(longest + steps, device=DEVICE) < skip[:, None]
    bias = torch.where(blocked, -1e4, 0.0)[:, None, None]
    causal = torch.full((longest, longest), -1e4, device=DEVICE).triu(1)
    cache = Cache(longest + steps)
    h = model.language_model(model.words(ids), position, bias[..., :longest] + causal, cache)[:, -1]
    table, head = model.generation_embeddings.rows(), model.generation_head.vision_head.rows()
    noise = [torch.Generator().manual_seed(seed * 1000003 + i) for i in range(len(prompts))]
    out = []
    for t in range(steps):
        z = model.picture_logits(h, head).float()
        if guidance != 1:
            c, u = z.chunk(2)
            z = u + guidance * (c - u)
        if temperature > 0:
            e = torch.stack([torch.empty(z.shape[1]).exponential_(generator=g) for g in noise]).to(DEVICE)
            pick = (z / temperature - e.log()).argmax(-1)
        else:
            pick = z.argmax(-1)
        out.append(pick)
        if t + 1 < steps:
            both = pick.repeat(len(pairs))
            x = model.tokens(both[:, None], table)
            n = longest + t + 1
            h = model.language_model(x, (n - 1 - skip)[:, None], bias[..., :n], cache)[:, -1]
    ids = torch.stack(out, 1).cpu().numpy()
    return ids.reshape(len(prompts), S.grid, S.grid) if steps == S.grid**2 else ids


@torch.no_grad()
def answer(model, vision, words, pictures, questions, system=True, longest=48):
    """Greedy answers; pictures as patches in [-1,1], one question each."""
    before = torch.tensor(words.before_picture(system), device=DEVICE)
    x = model.aligner(vision(pictures))
    x = torch.cat((model.words(before).expand(len(x), -1, -1), x), 1)
    n = x.shape[1]
    asks = [words.after_picture(q) for q in questions]
    cache = Cache(n + max(map(len, asks)) + longest)
    model.language_model(x, torch.arange(n, device=DEVICE), None, cache)
    texts = []
    for i, ask in enumerate(asks):  # one after another behind the common prefix
        mine = Cache(cache.length)
        mine.seen = {layer: [k[i : i + 1].clone(), v[i : i + 1].clone(), m] for layer, (k, v, m) in cache.seen.items()}
        ids, said, at = ask, [], n
        while len(said) < longest:
            h = model.language_model(model.words(torch.tensor([ids], device=DEVICE)), torch.arange(at, at + len(ids), device=DEVICE), None, mine)
            at += len(ids)
            best = int(model.lm_head(h[0, -1]).argmax())
            if best == words.id[language.EOS]:
                break
            said.append(best)
            ids = [best]
        texts.append(words.decode(said).strip())
    return texts
