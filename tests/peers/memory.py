#!/usr/bin/env python3
"""Peak memory of bifrons on a checkpoint of the Janus-Pro-1B shape, against its weights and cache.

  memory.py --bifrons PATH [--dtype bf16] [--keep DIR] [--only caption|imagine|decode] [--bound 1.10]

Writes a checkpoint of random bf16 numbers (4 GiB; no model is run to make it, so little memory is needed), runs the program on it and
samples /proc/PID/status. Peak is VmHWM, which counts pages of mapped files too; it is set against all weights at --dtype plus the KV
cache that the command fills, and fails above --bound times that. Printed beside it: against the weights that this command needs.
`decode` shows what the VQ decoder needs at the end of a drawing.
"""
import argparse, json, os, re, struct, subprocess, sys, tempfile, time
import numpy as np
import torch
from PIL import Image
from transformers import JanusForConditionalGeneration
from checkpoint import make_config, make_tokenizer, write_json, write_tokenizer, BOS, EOS, PAD, BOI
from shapes import shape

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("--bifrons", required=True)
options.add_argument("--dtype", default="bf16")
options.add_argument("--keep", help="a folder for the checkpoint, used again if it is there")
options.add_argument("--only", choices=("caption", "imagine", "decode"))
options.add_argument("--bound", type=float, default=1.10)
options.add_argument("--seconds", type=float, default=900, help="stop imagine then; its peak of memory is reached at the first tokens")
o = options.parse_args()
BYTES = {"bf16": 2.0, "f32": 4.0, "q8": 1 + 2 / 32, "q4": 0.5 + 2 / 32}


def shapes_of(s):
    tokenizer = make_tokenizer(s["vocab"])
    config = make_config(s, tokenizer)
    with torch.device("meta"):
        model = JanusForConditionalGeneration(config)
    return tokenizer, config, {n: tuple(t.shape) for n, t in model.state_dict().items()}


def write(folder, s, tokenizer, config, tensors):
    os.makedirs(folder, exist_ok=True)
    config.save_pretrained(folder)
    with open(os.path.join(folder, "config.json")) as f:
        whole = json.load(f)
    write_json(folder, "config.json", dict(whole, dtype="bfloat16", architectures=["JanusForConditionalGeneration"]))
    write_tokenizer(folder, tokenizer)
    token = tokenizer.token_to_id
    write_json(folder, "generation_config.json", dict(bos_token_id=token(BOS), eos_token_id=token(EOS), pad_token_id=token(PAD),
                                                      guidance_scale=5.0, generation_kwargs=dict(boi_token_id=token(BOI))))
    side = s["patch"] * s["grid"]
    write_json(folder, "processor_config.json", dict(
        image_processor=dict(background_color=[127, 127, 127], do_normalize=True, do_pad=True, do_rescale=True, do_resize=True,
                             image_mean=[0.5] * 3, image_std=[0.5] * 3, image_processor_type="JanusImageProcessor", min_size=14, resample=3,
                             rescale_factor=1 / 255, size=dict(height=side, width=side)),
        num_image_tokens=s["grid"] ** 2, processor_class="JanusProcessor", use_default_system_prompt=True))
    header, at = {}, 0
    for name, dims in tensors.items():
        n = 2 * int(np.prod(dims))
        header[name] = dict(dtype="BF16", shape=list(dims), data_offsets=[at, at + n])
        at += n
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    rng = np.random.default_rng(1)
    # A block of numbers of deviation 0.02 as bf16, written again and again from places of chance.
    block = (rng.normal(0, 0.02, 1 << 24).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    ones = np.full(1 << 16, 0x3F80, np.uint16)
    with open(os.path.join(folder, "model.safetensors"), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for name, dims in tensors.items():
            left = int(np.prod(dims))
            norm = "norm" in name and name.endswith("weight")
            while left:
                start = int(rng.integers(0, len(block) // 2))
                some = (ones if norm else block[start:])[:left]
                f.write(some.tobytes())
                left -= len(some)


def watch(command, seconds):
    """(exit status or None if stopped, VmHWM, its share of anonymous and of file pages when last seen, in bytes; CPU seconds)"""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    began, peak = time.time(), {"VmHWM": 0, "RssAnon": 0, "RssFile": 0}
    while process.poll() is None:
        try:
            status = dict(re.findall(r"^(VmHWM|RssAnon|RssFile):\s+(\d+) kB", open(f"/proc/{process.pid}/status").read(), re.M))
        except FileNotFoundError:
            break
        for k in peak:
            peak[k] = max(peak[k], 1024 * int(status.get(k, 0)))
        if time.time() - began > seconds:
            process.terminate()
        time.sleep(0.02)
    out, err = process.communicate()
    if process.returncode not in (0, 143):
        sys.exit(f"memory: {' '.join(command[:2])} ended with {process.returncode}: {err.strip()[-300:]}")
    return process.returncode, peak, time.time() - began


def main():
    s = shape("full")
    tokenizer, config, tensors = shapes_of(s)
    size = {n: int(np.prod(d)) for n, d in tensors.items()}
    part = lambda *prefixes: sum(v for n, v in size.items() if n.startswith(prefixes))
    language, vision, drawing = part("model.language_model"), part("model.vision_model", "model.aligner"), part("model.generation", )
    head, vq = part("lm_head"), part("model.vqmodel")
    row = 2 * s["layers"] * s["kv_heads"] * s["head_dim"]  # numbers of KV cache a token
    with tempfile.TemporaryDirectory() as work:
        folder = o.keep or os.path.join(work, "1b")
        if not os.path.exists(os.path.join(folder, "model.safetensors")):
            write(folder, s, tokenizer, config, tensors)
        eye = os.path.join(work, "eye.png")
        Image.fromarray(np.random.default_rng(2).integers(0, 256, (384, 384, 3), dtype=np.uint8)).save(eye)
        ids = os.path.join(work, "ids.json")
        json.dump([int(i) for i in np.random.default_rng(3).integers(0, s["codebook"], 576)], open(ids, "w"))
        common = ["--model", folder, "--dtype", o.dtype]
        cases = {
            "caption": ([o.bifrons, "caption", eye, "--json", "--max-tokens", "8", *common], language + head + vision, 650 * row),
            "imagine": ([o.bifrons, "imagine", "Draw a red star, please.", "-o", os.path.join(work, "out.png"), *common], language + drawing + vq, 610 * 2 * row),
            "decode": ([o.bifrons, "trace", "--vq-decode", ids, "--out", os.path.join(work, "t.safetensors"), *common], vq, 0),
        }
        failed = False
        for name, (command, weights, cache) in cases.items():
            if o.only not in (None, name):
                continue
            status, peak, seconds = watch(command, o.seconds)
            floor = BYTES[o.dtype] * weights + 2 * cache
            whole = BYTES[o.dtype] * sum(size.values()) + 2 * cache
            gib = 1 << 30
            print(f"{name}{' (stopped)' if status else ''}: peak {peak['VmHWM'] / gib:.2f} GiB (own pages up to {peak['RssAnon'] / gib:.2f}, of files up to {peak['RssFile'] / gib:.2f}); "
                  f"weights it needs and cache {floor / gib:.2f} GiB: {peak['VmHWM'] / floor:.2f}; all weights and cache {whole / gib:.2f} GiB: {peak['VmHWM'] / whole:.2f}; {seconds:.0f} s", flush=True)
            if name != "decode":
                failed |= peak["VmHWM"] > o.bound * whole
    sys.exit(failed)


main()
