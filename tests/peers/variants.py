#!/usr/bin/env python3
"""Saves random Janus models (shapes.random_shape) in every way that checkpoints are found in, and holds `bifrons trace` to the same bytes for all.

  variants.py --bifrons PATH [--models N] [--seed N]

No tolerance: whatever the container, the number type (bf16 numbers stored wider), the names, the age of the config style or the keys left
out because they are the published default, one model gives one answer. Exit 0 only if all agree.
"""
import argparse, collections, json, os, re, shutil, subprocess, sys, tempfile
import numpy as np
import torch
from PIL import Image
from safetensors.numpy import load_file
from safetensors.torch import save_file
from transformers import LlamaConfig
from transformers.models.janus.configuration_janus import JanusVisionConfig, JanusVQVAEConfig
from checkpoint import make_config, make_model, make_tokenizer, original_names, save_original, save_port, side_of
from shapes import random_shape

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("--bifrons", required=True)
options.add_argument("--models", type=int, default=5)
options.add_argument("--seed", type=int, default=1)
o = options.parse_args()


def shape_for_all(lot):
    while True:
        s = dict(random_shape(lot), tied=False, vision_eps=1e-6, rest=0, dtype="bfloat16")  # what both dialects can say
        if side_of(s) % 2 ** (len(s["multipliers"]) - 1) == 0:
            return s


def trace(folder, work):
    out = os.path.join(work, "trace.safetensors")
    if os.path.exists(out):
        os.remove(out)
    run = subprocess.run([os.path.abspath(o.bifrons), "trace", "--model", folder, "--out", out, "--prompt", "Draw <image_placeholder> a cat", "--image", f"{work}/eye.png",
                          "--greedy", "3", "--image-greedy", "4", "--vq-decode", f"{work}/drawn.json", "--vq-encode", f"{work}/eye.png", "--vq-rule", "hf"],
                         capture_output=True, text=True)
    return load_file(out) if run.returncode == 0 else f"exit {run.returncode}: {run.stderr.strip()[-300:]}"


def edit(path, change):
    with open(path) as f:
        value = json.load(f)
    change(value)
    with open(path, "w") as f:
        json.dump(value, f)


class Variants:
    """Each method fills the folder self.to."""

    def __init__(self, s, work, seed):
        self.s, self.work, self.tokenizer = s, work, make_tokenizer(s["vocab"])
        self.model = make_model(s, make_config(s, self.tokenizer), seed)
        self.tensors = {name: t.detach().to(torch.bfloat16).contiguous() for name, t in self.model.state_dict().items()}
        save_port(f"{work}/port", s, self.model, self.tokenizer)

    def port(self, tensors=None):
        shutil.copytree(f"{self.work}/port", self.to)
        os.remove(f"{self.to}/model.safetensors")
        if tensors is not None:
            save_file(tensors, f"{self.to}/model.safetensors")

    def shards(self):
        self.port()
        config = open(f"{self.to}/config.json").read()
        self.model.save_pretrained(self.to, state_dict=dict(self.tensors), max_shard_size="60KB")
        open(f"{self.to}/config.json", "w").write(config)

    def pickle_protocol_4(self):
        self.port(), torch.save(collections.OrderedDict(self.tensors), f"{self.to}/pytorch_model.bin", pickle_protocol=4)

    def pickled_parameters(self):
        self.port(), torch.save({n: torch.nn.Parameter(t) for n, t in self.tensors.items()}, f"{self.to}/pytorch_model.bin")

    def pickled_turned(self):
        self.port(), torch.save({n: t.t().contiguous().t() if t.dim() == 2 else t for n, t in self.tensors.items()}, f"{self.to}/pytorch_model.bin")

    def pickled_shards(self):
        self.port()
        names, places = list(self.tensors), {}
        for i in range(3):
            file = f"pytorch_model-{i + 1:05d}-of-00003.bin"
            torch.save({n: self.tensors[n] for n in names[i::3]}, f"{self.to}/{file}")
            places.update({n: file for n in names[i::3]})
        json.dump(dict(metadata={}, weight_map=places), open(f"{self.to}/pytorch_model.bin.index.json", "w"))

    def wider(self):
        self.port({n: t.to((torch.float64, torch.float32, torch.bfloat16)[i % 3]) for i, (n, t) in enumerate(self.tensors.items())})

    def old_text_names(self):
        rename = lambda n: re.sub(r"^lm_head", "language_model.lm_head", re.sub(r"^model\.language_model\.", "language_model.model.", n))
        self.port({rename(n): t for n, t in self.tensors.items()})

    def rotary_buffer(self):
        self.port(dict(self.tensors, **{"model.language_model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(4)}))

    def transformers_4(self):
        self.port(self.tensors)

        def older(c):
            c["text_config"].update(rope_theta=c["text_config"].pop("rope_parameters")["rope_theta"], rope_scaling=None)
            c["torch_dtype"], c["vq_config"]["num_patches"] = c.pop("dtype"), self.s["grid"]
            c.pop("tie_word_embeddings"), c["text_config"].pop("tie_word_embeddings", None)

        edit(f"{self.to}/config.json", older)
        edit(f"{self.to}/processor_config.json", lambda p: json.dump(p.pop("image_processor"), open(f"{self.to}/preprocessor_config.json", "w")))

    def defaults_left_out(self):
        self.port(self.tensors)

        def least(c):
            for part, kind in (("text_config", LlamaConfig), ("vision_config", JanusVisionConfig), ("vq_config", JanusVQVAEConfig)):
                standard = kind().to_dict()
                c[part] = {k: v for k, v in c[part].items() if k == "model_type" or k not in standard or standard[k] != v}

        edit(f"{self.to}/config.json", least)
        os.remove(f"{self.to}/generation_config.json")

    def original(self):
        save_original(self.to, self.s, original_names(self.s, self.model), self.tokenizer, "safetensors")

    def original_pickled(self):
        save_original(self.to, self.s, original_names(self.s, self.model), self.tokenizer, "bin")

    def original_names_port_config(self):
        self.port(dict(original_names(self.s, self.model)))

    def original_least(self):
        self.original()
        for file in ("preprocessor_config.json", "processor_config.json", "special_tokens_map.json"):
            os.remove(f"{self.to}/{file}")

        def least(c):
            text = c["language_config"]
            for key, standard in (("head_dim", text["hidden_size"] / text["num_attention_heads"]), ("num_key_value_heads", text["num_attention_heads"]),
                                  ("rms_norm_eps", 1e-6), ("rope_theta", 10000)):
                if text[key] == standard:
                    del text[key]
            del c["torch_dtype"], text["torch_dtype"], text["model_type"], c["architectures"]

        edit(f"{self.to}/config.json", least)


def differences(got, want):
    if isinstance(got, str) or isinstance(want, str):
        return got if isinstance(got, str) else want
    wrong = sorted(set(got) ^ set(want)) + [name for name in want if name in got and not np.array_equal(got[name], want[name])]
    return "other " + ", ".join(wrong) if wrong else ""


def main():
    torch.set_num_threads(1)
    lot, checks, failures = np.random.default_rng(o.seed), 0, 0
    for number in range(o.models):
        s = shape_for_all(lot)
        with tempfile.TemporaryDirectory(prefix="bifrons-variants-") as work:
            Image.fromarray(lot.integers(0, 256, (37, 61, 3), dtype=np.uint8)).save(f"{work}/eye.png")
            json.dump([int(i) for i in lot.integers(0, s["codebook"], s["grid"] ** 2)], open(f"{work}/drawn.json", "w"))
            variants = Variants(s, work, o.seed + number)
            want = trace(f"{work}/port", work)
            for name in [n for n in vars(Variants) if not n.startswith("_") and n != "port"]:
                variants.to = f"{work}/{name}"
                getattr(variants, name)()
                why, checks = differences(trace(variants.to, work), want), checks + 1
                shutil.rmtree(variants.to)
                if why:
                    failures += 1
                    print(f"model {number} ({s}) as {name}: {why}", flush=True)
            # without a head in the file it is the embeddings, stored twice or shared
            tied = dict(variants.tensors, **{"lm_head.weight": variants.tensors["model.language_model.embed_tokens.weight"].clone()})
            variants.to = f"{work}/both"
            variants.port(tied)
            both = trace(variants.to, work)
            for name in ("without", "shared"):
                variants.to = f"{work}/{name}"
                if name == "without":
                    variants.port({n: t for n, t in tied.items() if n != "lm_head.weight"})
                else:
                    variants.port(), torch.save(dict(tied, **{"lm_head.weight": tied["model.language_model.embed_tokens.weight"]}), f"{variants.to}/pytorch_model.bin")
                why, checks = differences(trace(variants.to, work), both), checks + 1
                if why:
                    failures += 1
                    print(f"model {number} ({s}), head {name}: {why}", flush=True)
    print(f"variants {checks - failures}/{checks}")
    sys.exit(failures > 0 or checks == 0)


main()
