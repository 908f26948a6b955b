#!/usr/bin/env python3
"""tests/peers/remote_peer.py - our remote model against OpenAI-compatible servers that others wrote: `transformers serve` with a tiny
random Llama made here, and the mock server fakellm. Each is started on a port of its own; then remote_test's RemotePeer tests run
against it. Servers that are not installed are named and skipped; none at all is a failure.

    pip install 'transformers[serving]' torch fakellm
    tests/peers/remote_peer.py --test build/tests/language/remote_test
"""
import argparse
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def tiny_llama(folder):
    """A random Llama that talks bytes: 2 layers of 64, one token a byte."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(["<s>", "</s>"] + letters)}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<s>", eos_token="</s>", pad_token="</s>")
    tokenizer.chat_template = "{{ bos_token }}{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
    tokenizer.save_pretrained(folder)
    torch.manual_seed(1)
    config = LlamaConfig(vocab_size=len(vocabulary), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
                         num_key_value_heads=2, max_position_embeddings=8192, bos_token_id=0, eos_token_id=1, pad_token_id=1)
    LlamaForCausalLM(config).save_pretrained(folder)


def wait_for(url, process, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            return False
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.3)
    return False


def run(name, command, port, model, test, folder, patience):
    log = folder / f"{name}.log"
    cache = folder / "cache"  # `transformers serve` lists the models of its cache, and answers 500 where there is none
    cache.mkdir(exist_ok=True)
    environment = dict(os.environ, CUDA_VISIBLE_DEVICES="", HF_HUB_OFFLINE="1", HF_HUB_CACHE=str(cache), OMP_NUM_THREADS="1")
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=folder, env=environment)
    try:
        if not wait_for(f"http://127.0.0.1:{port}/v1/models", process, patience):
            print(f"{name}: did not start:\n{log.read_text(errors='replace')[-2000:]}")
            return False
        endpoint = f"http://127.0.0.1:{port}#{model}"
        print(f"{name}: {endpoint}")
        result = subprocess.run([test, "--gtest_filter=RemotePeer.*"], env=dict(os.environ, BIFRONS_TEST_ENDPOINT=endpoint))
        if result.returncode != 0:
            print(f"{name}: the server's log ends with:\n{log.read_text(errors='replace')[-2000:]}")
        return result.returncode == 0
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--test", default=str(root / "build/tests/language/remote_test"))
    parser.add_argument("--server", choices=["transformers", "fakellm"], action="append")
    arguments = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        beside = pathlib.Path(sys.executable).parent
        for server in arguments.server or ["transformers", "fakellm"]:
            program = beside / server if (beside / server).exists() else shutil.which(server)
            if not program:
                print(f"{server}: not installed, skipped")
                continue
            port = free_port()
            if server == "transformers":
                tiny_llama(folder / "tiny")
                command, model = [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"], str(folder / "tiny")
            else:
                (folder / "fakellm.yaml").write_text("version: 1\ndefaults:\n  fallback: deterministic_echo\n"
                                                     "rules:\n  - name: hello\n    when:\n      messages_contain: hello\n"
                                                     "    respond:\n      content: \"A mock says hello, \\u4e16\\u754c.\"\n")
                command, model = [program, "serve", "--port", str(port), "--config", "fakellm.yaml"], "gpt-4o-mini"
            results[server] = run(server, command, port, model, arguments.test, folder, 180)
    print(results)
    return 0 if results and all(results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
