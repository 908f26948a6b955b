"""What people say: prompts for drawing, questions and answers about pictures, and the tokenizer for both."""

import json
import random
import re

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

import scenes
from settings import SETTINGS as S

BOS, EOS, PAD = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>"
BOI, EOI, PICTURE = "<begin_of_image>", "<end_of_image>", "<image_placeholder>"
USER, ASSISTANT = "<|User|>", "<|Assistant|>"
SPECIAL = [BOS, EOS, PAD, BOI, EOI, PICTURE, USER, ASSISTANT]
SYSTEM = ("You are a helpful language and vision assistant. You are able to understand the visual content that the user "
          "provides, and assist the user with a variety of tasks using natural language.")

NUMBER = ("zero", "one", "two", "three", "four", "five")

# Other words for the shapes; the first is the one that answers use.
NAMES = {
    "circle": ["circle"] * 12 + ["disc", "disk", "ball", "dot"],
    "square": ["square"] * 12 + ["box"],
    "triangle": ["triangle"],
    "star": ["star"],
    "diamond": ["diamond"] * 8 + ["rhombus"],
    "cross": ["cross"] * 8 + ["plus sign"],
}
FRAMES = (
    ["{}"] * 14
    + ["{}."] * 4
    + ["draw {}", "draw {}."] * 5
    + ["{} please", "{}, please", "{}, please.", "please draw {}", "please draw {}.", "draw {} please", "draw {}, please."] * 2
    + ["a picture of {}", "picture of {}", "an image of {}", "image of {}", "a drawing of {}", "drawing of {}", "a picture with {}",
       "a picture showing {}", "a photo of {}", "an illustration of {}", "a painting of {}", "a picture that shows {}"]
    + ["draw me {}", "draw me {}.", "can you draw {}?", "could you draw {}?", "can you draw {} please?", "could you please draw {}?",
       "draw a picture of {}", "draw a picture of {}.", "draw an image of {}", "please draw a picture of {}.", "draw a picture with {}."]
    + ["paint {}", "paint me {}", "paint a picture of {}.", "sketch {}", "show me {}", "show {}", "make {}", "make me {}", "make a picture of {}",
       "make an image with {}", "create {}", "create an image of {}", "create a picture of {}.", "generate {}", "generate an image of {}",
       "generate a picture of {}.", "give me {}", "i want {}", "i want to see {}", "i would like {}", "i would like a picture of {}",
       "i'd like to see {}", "let me see {}", "please make {}", "please show me {}", "please paint {}.", "render {}"]
    + ["{} on a white background", "{} on white", "draw {} on a white background.", "{}, simple", "{}, flat", "{}, nothing else", "just {}", "only {}",
       "simply {}", "this: {}", "there is {}", "there should be {}", "now draw {}", "now {}", "hello, draw {}", "hi, please draw {}"]
)
JOIN = ["and"] * 14 + ["and also", "with", "next to", "beside", "plus", "and then", "together with", ",", "&", "to the left of"]
FILLER = ["big", "small", "large", "little", "nice", "beautiful", "simple", "plain", "flat", "shiny", "lovely", "pretty", "huge", "tiny", "bold", "clean", "solid", "bright"]
SYLLABLES = ["ba", "ko", "mi", "tra", "sel", "on", "ful", "est", "ing", "pla", "gr", "um", "wi", "the", "ny", "qu", "ly", "der", "sh", "ze", "ck", "ow", "ee", "hu"]


def article(rng, words):
    u = rng.random()
    if u < 0.68:
        return ("an " if words[0] in "aeiou" else "a ") + words
    if u < 0.86:
        return words
    if u < 0.92:
        return "one " + words
    if u < 0.96:
        return "the " + words
    return rng.choice(["a single ", "some ", "another ", "my ", "an ", "a "]) + words


def noun(rng, shape):
    return rng.choice(NAMES[shape]) if shape else rng.choice(["shape", "shape", "thing", "object", "figure"])


def phrase(rng, shape, colour, filler=0.08):
    """a red star; a star in red; ..."""
    n = noun(rng, shape)
    extra = ""
    if rng.random() < filler:
        extra = rng.choice(FILLER) if rng.random() < 0.6 else nonsense(rng)
        extra += " "
    if colour and rng.random() < 0.06:
        return article(rng, extra + n) + rng.choice([f" in {colour}", f" that is {colour}", f", {colour}", f" of {colour} colour", f" of {colour} color", f" which is {colour}"])
    if colour and rng.random() < 0.04:
        colour += rng.choice(["-coloured", "-colored", " coloured", " colored"])
    if colour and rng.random() < 0.3:
        return article(rng, f"{colour} {extra}{n}")
    return article(rng, f"{extra}{colour} {n}" if colour else extra + n)


def nonsense(rng):
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 4)))


def dress(rng, text):
    """Letter case and small accidents of typing."""
    u = rng.random()
    if u < 0.35:
        text = text[:1].upper() + text[1:]
    elif u < 0.38:
        text = text.upper()
    elif u < 0.41:
        text = text.title()
    if rng.random() < 0.03:
        text += rng.choice(["!", "!!", " !", "...", "?", " "])
    return text.strip()


def prompt(rng, kinds, named=None, frame=None):
    """A prompt for these (shape, colour) pairs in order; `named` says what of each is said: 'both', 'shape' or 'colour'."""
    named = named or ["both"] * len(kinds)
    say = [(s if n != "colour" else None, c if n != "shape" else None) for (s, c), n in zip(kinds, named)]
    if len(say) == 2 and say[0] == say[1] and rng.random() < 0.8:
        s, c = say[0]
        text = f"two {c + ' ' if c else ''}{(rng.choice(NAMES[s]) if s else 'shape')}"
        text += "es" if text.endswith("x") else "s"
        text = rng.choice(["", "", "", "a pair of "]) + text if rng.random() < 0.9 else text
        text = text.replace("pair of two ", "pair of ")
    else:
        text = phrase(rng, *say[0])
        for s, c in say[1:]:
            j = rng.choice(JOIN)
            text += ("" if j == "," else " ") + j + " " + phrase(rng, s, c)
    text = (frame or rng.choice(FRAMES)).format(text)
    if rng.random() < 0.02:
        text += rng.choice([" ", ", "]) + " ".join(nonsense(rng) for _ in range(rng.randint(1, 3)))
    return dress(rng, text)


def drawing(rng):
    """A training pair: prompt and the (shape, colour) pairs to draw, in order; and whether the prompt says it all."""
    u = rng.random()
    one = lambda: rng.choice(scenes.TRAIN_KINDS)
    if u < 0.36:
        kinds, named = [one()], ["both"]
    elif u < 0.46:
        shape = rng.choice(S.shapes)
        kinds, named = [rng.choice([k for k in scenes.TRAIN_KINDS if k[0] == shape])], ["shape"]
    elif u < 0.49:
        kinds, named = [one()], ["colour"]
    elif u < 0.85:
        kinds, named = list(rng.choice(scenes.TRAIN_PAIRS)), ["both", "both"]
        if rng.random() < 0.25:  # pairs that differ in one thing only are the ones to get wrong
            while kinds[0][0] != kinds[1][0] and kinds[0][1] != kinds[1][1]:
                kinds = list(rng.choice(scenes.TRAIN_PAIRS))
    elif u < 0.95:
        kinds = list(rng.choice(scenes.TRAIN_PAIRS))
        named = rng.choice([["shape", "shape"]] * 3 + [["both", "shape"], ["shape", "both"]])
        if kinds[0][0] == kinds[1][0] and named == ["shape", "shape"]:  # "two stars" are of one colour
            kinds[1] = kinds[0]
            while not scenes.pair_allowed(*kinds):
                kinds = [one()] * 2
    else:
        kinds, named = [one()] * 2, [rng.choice(["both", "both", "shape"])] * 2
        while not scenes.pair_allowed(*kinds):
            kinds = [one()] * 2
    return prompt(rng, kinds, named), kinds, all(n == "both" for n in named)


# --- looking ---------------------------------------------------------------------------------------------------------

CAPTION = ["Describe the picture."] * 8 + [
    "Describe the picture", "Describe this picture.", "Describe the image.", "Describe this image.", "What is in the picture?", "What is in this picture?",
    "What is in the image?", "What do you see?", "What can you see?", "What does the picture show?", "What is shown?", "What is this?", "Caption this picture.",
    "Describe what you see.", "Please describe the picture.", "What is in this image?", "What's in the picture?", "Tell me what you see.", "Describe it.",
]


def a(words):
    return ("an " if words[0] in "aeiou" else "a ") + words


def name(kind):
    return a(f"{kind[1]} {kind[0]}")


def caption(kinds):
    """a red star and a blue circle: left to right; two alike are counted."""
    if len(kinds) == 2 and kinds[0] == kinds[1]:
        return f"two {kinds[0][1]} {kinds[0][0]}s"
    if len(kinds) > 2:
        return ", ".join(name(k) for k in kinds[:-1]) + " and " + name(kinds[-1])
    return " and ".join(name(k) for k in kinds)


def colour_word(rng):
    return rng.choice(["colour", "color"])


def question(rng, kinds):
    """One question about a picture that shows `kinds` left to right, and its answer. The kind of question comes third."""
    shapes, colours = [k[0] for k in kinds], [k[1] for k in kinds]
    place = rng.choice(["", "", " in the picture", " in the image", " here", " in this picture"])
    while True:
        u = rng.random()
        if u < 0.22:
            return rng.choice(CAPTION), caption(kinds), "caption"
        if u < 0.28:
            t = rng.choice(["How many shapes are there{}?"] * 3 + ["How many shapes are{}?" if place else "How many shapes?", "How many things are there{}?", "How many objects are there{}?", "How many shapes do you see{}?", "Count the shapes{}."])
            return t.format(place), NUMBER[len(kinds)], "count"
        if u < 0.33:
            if rng.random() < 0.5:
                s = rng.choice(shapes) if rng.random() < 0.65 else rng.choice(S.shapes)
                return f"How many {s}s are there{place}?", NUMBER[shapes.count(s)], "count"
            c = rng.choice(colours) if rng.random() < 0.65 else rng.choice(S.colours)
            return f"How many {c} {rng.choice(['shapes', 'shapes', 'things', 'objects'])} are there{place}?", NUMBER[colours.count(c)], "count"
        if u < 0.50:
            if len(kinds) == 1 and rng.random() < 0.5:
                t = rng.choice(["What {} is it?", "What {} is the shape?", "Which {} is it?", "What {} does it have?", "What is the {}?", "What {}?", "What {} is this?", "What {} is the object?"])
                return t.format(colour_word(rng)), colours[0], "colour"
            i = rng.randrange(len(kinds))
            if shapes.count(shapes[i]) > 1:
                continue
            t = rng.choice(["What {} is the {}?"] * 4 + ["Which {} is the {}?", "What {} does the {} have?", "What is the {} of the {}?", "Tell me the {} of the {}."])
            return t.format(colour_word(rng), shapes[i]), colours[i], "colour"
        if u < 0.66:
            if len(kinds) == 1 and rng.random() < 0.5:
                t = rng.choice(["What shape is it?", "What shape is this?", "Which shape is it?", "What is the shape?", "What shape is there?", "What shape is in the picture?", "What shape do you see?", "Which shape is in the picture?", "What shape?"])
                return t, shapes[0], "shape"
            i = rng.randrange(len(kinds))
            if colours.count(colours[i]) > 1:
                if len(kinds) > 1 and colours[0] == colours[1] and shapes[0] != shapes[1] and rng.random() < 0.3:
                    return rng.choice(["What shapes are there?", "Which shapes are there?", "What shapes are in the picture?"]), f"a {shapes[0]} and a {shapes[1]}", "shape"
                continue
            t = rng.choice(["What shape is the {} one?", "What shape is {}?", "What shape is the {} shape?", "Which shape is {}?", "What is the shape of the {} one?", "What shape is the {} thing?", "What shape is the {} object?", "What is {}?"])
            return t.format(colours[i]), shapes[i], "shape"
        if u < 0.92:
            v = rng.random()
            kind = rng.choice(kinds)
            if v < 0.45:
                want = kind
            elif v < 0.62 and len(kinds) == 2:  # the parts are there, the whole is not
                want = (shapes[0], colours[1]) if rng.random() < 0.5 else (shapes[1], colours[0])
            elif v < 0.78:
                want = (kind[0], rng.choice(S.colours))
            elif v < 0.9:
                want = (rng.choice(S.shapes), kind[1])
            else:
                want = (rng.choice(S.shapes), rng.choice(S.colours))
            w = rng.random()
            if w < 0.6:
                if not scenes.allowed(want):
                    continue
                what, there = name(want), want in kinds
            elif w < 0.8:
                what, there = a(want[0]), want[0] in shapes
            else:
                what, there = rng.choice(["a {} shape", "a {} object", "a {} thing", "something {}", "anything {}"]).format(want[1]), want[1] in colours
                what = what.replace("a orange", "an orange")
            t = rng.choice(["Is there {}{}?"] * 4 + ["Is there {}{}? ", "Do you see {}{}?", "Can you see {}{}?", "Does the picture show {}?", "Is {} there?", "Does the image contain {}?"])
            text = t.format(what, place) if t.count("{}") == 2 else t.format(what)
            return text.strip(), "yes" if there else "no", "exists"
        if len(kinds) == 2:
            i = rng.randrange(2)
            side = ("left", "right")[i]
            v = rng.random()
            if v < 0.6:
                return rng.choice(["What is on the {}?", "What is on the {} side?", "Which shape is on the {}?", "What is at the {}?", "What do you see on the {}?"]).format(side), name(kinds[i]), "side"
            if v < 0.8:
                return f"What {colour_word(rng)} is the shape on the {side}?", colours[i], "side"
            return rng.choice(["What shape is on the {}?", "What shape is the one on the {}?"]).format(side), shapes[i], "side"


def ask(rng, kinds):
    q, answer, kind = question(rng, kinds)
    if rng.random() < 0.12:
        q = q.lower()
    if rng.random() < 0.06:
        q = q.rstrip("?.")
    return q, answer, kind


# --- tokenizer -------------------------------------------------------------------------------------------------------


def corpus(rng, n=20000):
    for _ in range(n):
        yield drawing(rng)[0]
        yield question(rng, scenes.pick_kinds(rng))[0]
        yield " " + question(rng, scenes.pick_kinds(rng))[1]
    for _ in range(300):
        yield SYSTEM
        yield " ".join(NUMBER) + " " + " ".join(FILLER) + " sorry hello thanks you I it is are the of"


def build(path):
    """Byte-level BPE in the manner of DeepSeek's tokenizer; every byte is in the alphabet, so any text encodes."""
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"[\r\n]"), "isolated"),
        pre_tokenizers.Split(Regex(r"\s?\p{L}+"), "isolated"),
        pre_tokenizers.Split(Regex(r"\s?\p{P}+"), "isolated"),
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    t.decoder = decoders.ByteLevel()
    size = S.vocabulary - len(SPECIAL)
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False, min_frequency=2)
    t.train_from_iterator(corpus(random.Random(11)), trainer)
    raw = json.loads(t.to_str())
    first = len(raw["model"]["vocab"])
    raw["added_tokens"] = [dict(id=first + i, content=w, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True) for i, w in enumerate(SPECIAL)]
    t = Tokenizer.from_str(json.dumps(raw))
    t.post_processor = processors.TemplateProcessing(single=f"{BOS} $A", pair=f"{BOS} $A {BOS}:1 $B:1", special_tokens=[(BOS, t.token_to_id(BOS))])
    t.save(str(path))


class Words:
    """Text to ids and back."""

    def __init__(self, path):
        self.tokenizer = Tokenizer.from_file(str(path))
        self.torn = Tokenizer.from_file(str(path))  # splits words at random: what unknown words look like
        self.torn.model.dropout = 0.15
        self.cache = {}
        self.id = {w: self.tokenizer.token_to_id(w) for w in SPECIAL}

    def encode(self, text, torn=False):
        if torn:
            return self.torn.encode(text, add_special_tokens=False).ids
        if len(self.cache) > 200000:
            self.cache.clear()
        if text not in self.cache:
            self.cache[text] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return self.cache[text]

    def decode(self, ids):
        return self.tokenizer.decode(ids)

    def draw(self, text, torn=False):
        return [self.id[BOS]] + self.encode(f"{USER}: {text}\n\n{ASSISTANT}:{BOI}", torn)

    def before_picture(self, system=True):
        """Up to and with the begin-of-image token."""
        return [self.id[BOS]] + self.encode((SYSTEM + "\n\n" if system else "") + f"{USER}: {BOI}")

    def after_picture(self, q, torn=False):
        return [self.id[EOI]] + self.encode(f"\n{q}\n\n{ASSISTANT}:", torn)

    def answer(self, text):
        return self.encode(" " + text) + [self.id[EOS]]


if __name__ == "__main__":
    import sys

    build(sys.argv[1])
