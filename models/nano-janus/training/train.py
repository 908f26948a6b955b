"""Trains the whole model and writes the model folder. Run it again after an interruption: every stage goes on where it was.

    NANO_JANUS_WORK=FOLDER python train.py [MODEL_FOLDER]
"""

import os
import pathlib
import sys

import torch

import language
from common import WORK, load


def main():
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[1]
    WORK.mkdir(parents=True, exist_ok=True)
    if not (WORK / "tokenizer.json").exists():
        language.build(WORK / "tokenizer.json")
    import export
    import train_language
    import train_vision
    import train_vq

    if not load("vision-final"):
        train_vision.run()
    if not load("language-final"):
        train_language.run()
    train_vq.fit("decoder")
    train_vq.fit("encoder")
    export.write(folder, *export.trained())


if __name__ == "__main__":
    main()
