#!/usr/bin/env python3
"""Runs Hugging Face transformers and `bifrons trace` on random checkpoints of many shapes and compares what both compute.

  peers.py --bifrons PATH [--shape NAME ... | --random N] [--backend B] [--dtype D] [--seed N] [--keep DIR] [--full [--layers N]] [-v]

The peer runs in f64 and, to learn how much rounding matters for a shape, in f32. A tensor may differ from the f64 one by ten times
the peer's own f32 error, or 2e-5 of its largest value (1e-4 with --full, where the peer runs in f32 alone); ids must be equal up to
the first place where the peer's own lead is below 1e-3. With another --dtype than f32 the comparison is the relative error of each
tensor, printed, and bounded by --bound. Exit 0 only if all agree.
"""
import argparse, copy, gc, json, os, subprocess, sys, tempfile, time
import numpy as np
import torch
from PIL import Image
from safetensors.numpy import load_file
from checkpoint import BOI, BOS, EOI, PAD, PLACEHOLDER, make_config, make_model, make_tokenizer, original_names, save_original, save_port, side_of
from shapes import SHAPES, random_shape, shape

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("--bifrons", required=True)
options.add_argument("--shape", nargs="*", default=list(SHAPES), choices=list(SHAPES))
options.add_argument("--random", type=int, default=0, help="so many shapes drawn by lot from the seed, instead of the named ones")
options.add_argument("--backend", default="cpu")
options.add_argument("--dtype", default="f32")
options.add_argument("--bound", type=float, default=0.1, help="largest relative error when --dtype is not f32")
options.add_argument("--seed", type=int, default=1)
options.add_argument("--keep", help="write the checkpoints here and keep them")
options.add_argument("--full", action="store_true", help="the Janus-Pro-1B shape instead: 14 GiB of memory, 9 GiB of disk")
options.add_argument("--layers", type=int, help="with --full: cut both stacks to N layers")
options.add_argument("-v", action="store_true")
o = options.parse_args()

TEXTS = ["Draw a red star, please.", "  two  spaces\n\n\nlines\t", "12345 1,000.5", "Größe façade 猫在房子上 Картина", "", "<|User|> typed <image_placeholder>", "🦊"]


class Peer:
    """transformers, in one floating type."""

    def __init__(self, model, kind):
        self.model, self.kind = model.to(kind), kind

    @torch.no_grad()
    def rows(self, embeddings):
        out = self.model.model.language_model(inputs_embeds=embeddings, output_hidden_states=True, use_cache=False)
        return [h[0] for h in out.hidden_states[:-1]], out.last_hidden_state[0]

    @torch.no_grad()
    def look(self, ids, pixels, greedy):
        m, got = self.model, {}
        ids = torch.tensor([ids])
        x = m.get_input_embeddings()(ids)
        if pixels is not None:
            seen = m.model.vision_model(torch.from_numpy(pixels).to(self.kind)).last_hidden_state
            got["vision"], got["aligned"] = seen, m.model.aligner(seen)
            x = x.masked_scatter((ids == m.config.image_token_id).unsqueeze(-1), got["aligned"].reshape(-1, x.shape[-1]))
        chosen, leads = [], []
        for step in range(greedy + 1):
            layers, final = self.rows(x)
            logits = m.lm_head(final)
            if step == 0:
                got.update({f"hidden.{i}": h for i, h in enumerate(self.blocks(x, layers))})
                got["hidden.final"], got["logits"] = final, logits
            if step == greedy:
                break
            best = torch.topk(logits[-1], 2).values
            chosen.append(int(logits[-1].argmax())), leads.append(float(best[0] - best[1]))
            x = torch.cat([x, m.get_input_embeddings()(torch.tensor([[chosen[-1]]]))], 1)
        return got, chosen, leads

    def blocks(self, x, layers):
        """hidden.0 ... hidden.L: transformers gives the last block's output only after the norm, so the last block runs once more."""
        stack, last = self.model.model.language_model, []
        hook = stack.layers[-1].register_forward_hook(lambda _m, _i, out: last.append(out[0] if isinstance(out, tuple) else out))
        with torch.no_grad():
            stack(inputs_embeds=x, use_cache=False)
        hook.remove()
        return [*layers[: len(stack.layers)], last[0][0]]

    @torch.no_grad()
    def guided(self, prompt, image_ids, weight, greedy=0):
        m = self.model
        pad = m.config.text_config.pad_token_id
        pair = torch.tensor([prompt, [prompt[0]] + [pad] * (len(prompt) - 2) + [prompt[-1]]])
        start = m.get_input_embeddings()(pair)
        image_ids, leads = list(image_ids), []
        while True:
            fed = image_ids if greedy else image_ids[:-1]
            x = start
            if fed:
                rows = m.prepare_embeddings_for_image_generation(torch.tensor([fed]))
                x = torch.cat([start, rows.expand(2, -1, -1)], 1)
            hidden = m.model.language_model(inputs_embeds=x, use_cache=False).last_hidden_state[:, len(prompt) - 1:]
            z = m.model.generation_head(hidden)
            mixed = z[1] + weight * (z[0] - z[1])
            if len(image_ids) >= max(greedy, 1) and not (greedy and len(image_ids) < greedy):
                steps = len(image_ids)
                return {"image_logits.cond": z[0][:steps], "image_logits.uncond": z[1][:steps], "image_logits.guided": mixed[:steps]}, image_ids, leads
            best = torch.topk(mixed[-1], 2).values
            image_ids.append(int(mixed[-1].argmax())), leads.append(float(best[0] - best[1]))

    @torch.no_grad()
    def decode(self, image_ids):
        return {"vq.pixels": self.model.model.vqmodel.decode(torch.tensor([image_ids]))[0]}

    @torch.no_grad()
    def encode(self, pixels):
        vq = self.model.model.vqmodel
        x = torch.from_numpy(pixels).to(self.kind)
        latent = vq.quant_conv(vq.encoder(x))
        ids = vq.quantize(latent)[2]
        flat, codes = latent[0].permute(1, 2, 0).reshape(-1, latent.shape[1]), vq.quantize.embedding.weight
        nearest = torch.topk(torch.cdist(flat, codes) ** 2, 2, largest=False).values
        return {"vq.latent": latent[0]}, [int(i) for i in ids], [float(a) for a in nearest[:, 1] - nearest[:, 0]]


def trace(folder, work, *arguments):
    out = os.path.join(work, "trace.safetensors")
    if os.path.exists(out):
        os.remove(out)
    command = [os.path.abspath(o.bifrons), "trace", "--model", folder, "--out", out, "--backend", o.backend, "--dtype", o.dtype, *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        return f"exit {run.returncode}: {run.stderr.strip()[-300:]}"
    return load_file(out)


def numbers(tensors):
    return {k: v.detach().double().numpy() for k, v in tensors.items()}


class Comparison:
    def __init__(self):
        self.checks = self.failures = 0
        self.worst = {}

    def say(self, label, why):
        self.checks += 1
        if why:
            self.failures += 1
            print(f"  {label}: {why}", flush=True)
        elif o.v:
            print(f"  {label}: ok", flush=True)

    def tensors(self, label, got, want, rough):
        """want: f64 results; rough: the same in f32, for the size of rounding."""
        if isinstance(got, str):
            return self.say(label, got)
        for name, w in want.items():
            if name not in got:
                self.say(f"{label} {name}", "missing")
                continue
            g, w = got[name].astype(np.float64).squeeze(), w.squeeze()
            if g.shape != w.shape:
                self.say(f"{label} {name}", f"shape {list(g.shape)}, wanted {list(w.shape)}")
                continue
            scale = float(np.abs(w).max() or 1)
            if o.dtype == "f32":
                allowed = max(10 * float(np.abs(rough[name].squeeze() - w).max()), (1e-4 if o.full else 2e-5) * scale)
                error = float(np.nan_to_num(np.abs(g - w), nan=np.inf).max())
            else:
                allowed, error = o.bound, float(np.nan_to_num(np.linalg.norm(g - w) / max(np.linalg.norm(w), 1e-30), nan=np.inf))
            self.worst[name] = max(self.worst.get(name, 0), error / scale if o.dtype == "f32" else error)
            self.say(f"{label} {name}", "" if error <= allowed else f"off by {error:.3g}, allowed {allowed:.3g}, largest value {scale:.3g}")

    def ids(self, label, got, name, want, leads, needed):
        """Equal up to the first place where the peer itself was in doubt."""
        if isinstance(got, str) or name not in got:
            return self.say(label, got if isinstance(got, str) else f"{name} missing")
        g = [int(i) for i in got[name]]
        if len(g) != len(want):
            return self.say(label, f"{len(g)} ids, wanted {len(want)}")
        for i, (a, b) in enumerate(zip(g, want)):
            if a != b:
                sure = leads is None or leads[i] > needed
                return self.say(label, f"id {i} is {a}, wanted {b} (lead {leads[i] if leads else 'none'})" if sure else "")
        self.say(label, "")


def save_picture(path, pixels):
    Image.fromarray(pixels).save(path)
    return np.ascontiguousarray(((pixels.astype(np.float32) * np.float32(1 / 255)) - 0.5) / 0.5).transpose(2, 0, 1)[None].copy()


def write_list(path, ids):
    json.dump([int(i) for i in ids], open(path, "w"))
    return path


def check(name, s, work, result):
    rng = np.random.default_rng(o.seed)
    tokenizer = make_tokenizer(s["vocab"])
    model = make_model(s, make_config(s, tokenizer), o.seed)
    port = os.path.join(work, "port")
    save_port(port, s, model, tokenizer)
    folders = [port]
    if not s["tied"] and s["vision_eps"] == 1e-6:  # the original knows neither
        tensors = original_names(s, model)
        for container in ("bin",) if name == "full" else ("bin", "safetensors"):
            folders.append(os.path.join(work, "original-" + container))
            save_original(folders[-1], s, tensors, tokenizer, container)
        del tensors
    full = name == "full"
    side, grid = side_of(s), s["grid"]
    whole = side % 2 ** (len(s["multipliers"]) - 1) == 0  # else the published code encodes a cut grid, and Bifrons refuses
    ordinary = tokenizer.token_to_id(BOS)
    words = [int(i) for i in rng.integers(0, ordinary, 12)]
    token = tokenizer.token_to_id
    see = [token(BOS), *words[:4], token(BOI), *[token(PLACEHOLDER)] * grid**2, token(EOI), *words[4:9]]
    say = [token(BOS), *words]
    draw = [token(BOS), *words[:7], token(BOI)]
    drawn = [int(i) for i in rng.integers(0, s["codebook"], grid**2)]
    few = drawn[:5]
    eye = save_picture(os.path.join(work, "eye.png"), rng.integers(0, 256, (side, side, 3), dtype=np.uint8))
    brush = save_picture(os.path.join(work, "brush.png"), rng.integers(0, 256, (side, side, 3), dtype=np.uint8))

    wanted = {}
    kinds = (torch.float32,) if full else (torch.float32, torch.float64)
    for kind in kinds:
        peer = Peer(model, kind)
        steps = 2 if full else 6
        answers = {"see": peer.look(see, eye, steps), "say": peer.look(say, None, steps), "decode": (peer.decode(drawn), None, None),
                   "draw": peer.guided(draw, few, 5.0), "draw-2.5": peer.guided(draw, few, 2.5), "draw-greedy": peer.guided(draw, [], 5.0, steps)}
        if whole:
            answers["encode"] = peer.encode(brush)
        wanted[kind] = {case: (numbers(t), ids, leads) for case, (t, ids, leads) in answers.items()}
        gc.collect()
    del model, peer
    gc.collect()

    sized = {"see": (["--ids-file", write_list(f"{work}/see.json", see), "--image", f"{work}/eye.png", "--greedy", steps], "greedy"),
             "say": (["--ids-file", write_list(f"{work}/say.json", say), "--greedy", steps], "greedy"),
             "draw": (["--ids-file", write_list(f"{work}/draw.json", draw), "--image-ids", write_list(f"{work}/few.json", few)], None),
             "draw-2.5": (["--ids-file", f"{work}/draw.json", "--image-ids", f"{work}/few.json", "--guidance", 2.5], None),
             "draw-greedy": (["--ids-file", f"{work}/draw.json", "--image-greedy", steps], "image_greedy"),
             "decode": (["--vq-decode", write_list(f"{work}/drawn.json", drawn)], None),
             "encode": (["--vq-encode", f"{work}/brush.png", "--vq-rule", "hf"], "vq.ids")}
    for folder in folders:
        where = os.path.basename(folder)
        for case, (arguments, ids_name) in sized.items():
            if case not in wanted[kinds[-1]]:
                continue
            got = trace(folder, work, *arguments)
            want, ids, leads = wanted[kinds[-1]][case]
            rough = wanted[torch.float32][case][0]
            if case == "draw-greedy" and (o.dtype != "f32" or min(leads) < 1e-3):
                want = {}  # another choice and everything after it is another drawing; the ids say where
            result.tensors(f"{where} {case}", got, want, rough)
            if case == "see" and not isinstance(got, str):
                result.tensors(f"{where} {case}", got, {"pixels": eye[0].astype(np.float64)}, {"pixels": eye[0].astype(np.float64)})
            if ids_name and o.dtype == "f32":
                result.ids(f"{where} {case} {ids_name}", got, ids_name, ids, leads, 1e-3)
        for number, text in enumerate(TEXTS[:1] if full else TEXTS):  # raw text, and with special strings parsed and the tokenizer's own BOS
            if text:
                special_free = copy.deepcopy(tokenizer)
                special_free.encode_special_tokens = True
                got = trace(folder, work, "--text", text, "--tensors", "ids")
                result.ids(f"{where} text {number}", got, "ids", special_free.encode(text, add_special_tokens=False).ids, None, 0)
            if PLACEHOLDER not in text:
                got = trace(folder, work, "--prompt", text, "--tensors", "ids")
                result.ids(f"{where} prompt {number}", got, "ids", tokenizer.encode(text).ids, None, 0)


def main():
    torch.set_num_threads(int(os.environ.get("PEER_THREADS", "1")))
    result, names = Comparison(), ["full"] if o.full else o.shape
    lot = np.random.default_rng(o.seed)
    for name in [f"lot-{i}" for i in range(o.random)] or names:
        s = random_shape(lot) if o.random else shape(name)
        if o.random:
            print(f"{name}: {s}", flush=True)
        if name == "full" and o.layers:
            s["layers"] = s["vision_layers"] = o.layers
        before, began = result.failures, time.time()
        with tempfile.TemporaryDirectory(prefix="bifrons-peer-") as temporary:
            work = temporary
            if o.keep:
                work = os.path.join(os.path.abspath(o.keep), name)
                os.makedirs(work)
            check(name, s, work, result)
        print(f"{name} ({s['why']}): {'ok' if result.failures == before else 'DIFFERS'}, {time.time() - began:.0f} s", flush=True)
    unit = "of the largest value" if o.dtype == "f32" else "relative error"
    print("worst, " + unit + ": " + ", ".join(f"{k} {v:.1e}" for k, v in sorted(result.worst.items())))
    print(f"peers {result.checks - result.failures}/{result.checks}")
    sys.exit(result.failures > 0 or result.checks == 0)


main()
