"""What people say: prompts for drawing, and the tokenizer for them and for the questions (questions.py)."""

import json
import random
import re

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

import scenes
from settings import PLACES, SETTINGS as S

BOS, EOS, PAD = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>"
BOI, EOI, PICTURE = "<begin_of_image>", "<end_of_image>", "<image_placeholder>"
USER, ASSISTANT = "<|User|>", "<|Assistant|>"
SPECIAL = [BOS, EOS, PAD, BOI, EOI, PICTURE, USER, ASSISTANT]
SYSTEM = ("You are a helpful language and vision assistant. You are able to understand the visual content that the user "
          "provides, and assist the user with a variety of tasks using natural language.")

NUMBER = ("zero", "one", "two", "three", "four", "five")

# What a prompt leaves open is always drawn alike: a shape without a colour in this one, a colour without a shape as a circle.
USUAL = {"circle": "red", "square": "blue", "triangle": "green", "diamond": "purple", "star": "yellow", "cross": "orange"}

# Other words; the first of each is the one that answers use.
NAMES = {
    "circle": ["circle"] * 12 + ["disc", "disk", "ball", "dot", "round shape"],
    "square": ["square"] * 12 + ["box", "block"],
    "triangle": ["triangle"],
    "star": ["star"],
    "diamond": ["diamond"] * 8 + ["rhombus", "lozenge"],
    "cross": ["cross"] * 8 + ["plus sign", "plus"],
}
MANY = {"box": "boxes", "cross": "crosses", "rhombus": "rhombuses", "plus": "pluses"}
SIZE_WORDS = {"small": ["small"] * 8 + ["little", "tiny", "mini"], "medium": ["medium", "medium-sized", "medium sized"], "large": ["large"] * 6 + ["big"] * 5 + ["huge", "giant"]}
PLACE_WORDS = {
    "top left": ["in the top left", "in the top left", "in the top left corner", "at the top left", "in the upper left", "in the upper left corner", "top left"],
    "top": ["at the top", "at the top", "in the top", "in the top middle", "at the top centre", "in the upper middle"],
    "top right": ["in the top right", "in the top right", "in the top right corner", "at the top right", "in the upper right", "in the upper right corner", "top right"],
    "left": ["on the left", "on the left", "at the left", "on the left side", "to the left", "in the middle left"],
    "centre": ["in the centre", "in the center", "in the middle", "in the middle", "at the centre", "at the center", "in the very middle"],
    "right": ["on the right", "on the right", "at the right", "on the right side", "to the right", "in the middle right"],
    "bottom left": ["in the bottom left", "in the bottom left", "in the bottom left corner", "at the bottom left", "in the lower left", "in the lower left corner", "bottom left"],
    "bottom": ["at the bottom", "at the bottom", "in the bottom", "in the bottom middle", "at the bottom centre", "in the lower middle"],
    "bottom right": ["in the bottom right", "in the bottom right", "in the bottom right corner", "at the bottom right", "in the lower right", "in the lower right corner", "bottom right"],
}
RELATIONS = {  # words -> cells of the first and the second thing
    (3, 5): ["to the left of", "to the left of", "left of", "on the left of", "on the left side of"],
    (5, 3): ["to the right of", "to the right of", "right of", "on the right of", "on the right side of"],
    (1, 7): ["above", "above", "above", "over", "on top of"],
    (7, 1): ["below", "below", "below", "under", "beneath", "underneath"],
}
FRAMES = (
    ["{}"] * 16
    + ["{}."] * 5
    + ["draw {}", "draw {}."] * 6
    + ["{} please", "{}, please", "{}, please.", "please draw {}", "please draw {}.", "draw {} please", "draw {}, please."] * 2
    + ["a picture of {}", "picture of {}", "an image of {}", "image of {}", "a drawing of {}", "drawing of {}", "a picture with {}",
       "a picture showing {}", "a photo of {}", "a photo of {}.", "an illustration of {}", "a painting of {}", "a picture that shows {}"]
    + ["draw me {}", "draw me {}.", "can you draw {}?", "could you draw {}?", "can you draw {} please?", "could you please draw {}?",
       "draw a picture of {}", "draw a picture of {}.", "draw an image of {}", "please draw a picture of {}.", "draw a picture with {}."]
    + ["paint {}", "paint me {}", "paint a picture of {}.", "sketch {}", "show me {}", "show {}", "make {}", "make me {}", "make a picture of {}",
       "make an image with {}", "create {}", "create an image of {}", "create a picture of {}.", "generate {}", "generate an image of {}",
       "generate a picture of {}.", "give me {}", "i want {}", "i want to see {}", "i would like {}", "i would like a picture of {}",
       "i'd like to see {}", "let me see {}", "please make {}", "please show me {}", "please paint {}.", "render {}"]
    + ["{}, simple", "{}, flat", "{}, nothing else", "just {}", "only {}", "simply {}", "there is {}", "there should be {}", "now draw {}", "now {}",
       "hello, draw {}", "hi, please draw {}"]
)
JOIN = ["and"] * 16 + ["and also", "with", "next to", "beside", "plus", "and then", "together with", ",", "&"]
FILLER = ["nice", "beautiful", "simple", "plain", "flat", "shiny", "lovely", "pretty", "bold", "clean", "solid", "bright"]
SYLLABLES = ["ba", "ko", "mi", "tra", "sel", "on", "ful", "est", "ing", "pla", "gr", "um", "wi", "the", "ny", "qu", "ly", "der", "sh", "ze", "ck", "ow", "ee", "hu"]
ODD = 1.0  # how often made-up words come; 0 when the known words are listed


def article(rng, words):
    u = rng.random()
    if u < 0.7:
        return ("an " if words[0] in "aeiou" else "a ") + words
    if u < 0.86:
        return words
    if u < 0.92:
        return "one " + words
    if u < 0.96:
        return "the " + words
    return rng.choice(["a single ", "some ", "another ", "my ", "an ", "a "]) + words


def nonsense(rng):
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 4))) if ODD else "nice"


def described(rng, shape, colour, size, many=False):
    """small red star(s)"""
    noun = rng.choice(NAMES[shape]) if shape else rng.choice(["shape", "shape", "thing", "object", "figure"])
    if many:
        noun = MANY.get(noun, noun + "s")
    words = [noun]
    if colour:
        words.insert(0, colour)
    if rng.random() < 0.05:
        words.insert(0, rng.choice(FILLER) if rng.random() < 0.6 else nonsense(rng))
        if rng.random() < 0.3 and len(words) > 2:
            words[0], words[1] = words[1], words[0]
    if size:
        words.insert(0 if rng.random() < 0.95 else rng.randrange(len(words)), rng.choice(SIZE_WORDS[size]))
    return " ".join(words)


def phrase(rng, shape, colour, size=None):
    """a small red star; a star in red; ..."""
    if colour and not size and rng.random() < 0.05:
        return article(rng, described(rng, shape, None, None)) + rng.choice([f" in {colour}", f" that is {colour}", f", {colour}", f" which is {colour}", f" of {colour} colour", f" of {colour} color"])
    if colour and rng.random() < 0.03:
        colour += rng.choice(["-coloured", "-colored", " coloured", " colored"])
    return article(rng, described(rng, shape, colour, size))


def dress(rng, text):
    """Letter case and small accidents of typing."""
    u = rng.random()
    if u < 0.35:
        text = text[:1].upper() + text[1:]
    elif u < 0.37:
        text = text.upper()
    elif u < 0.39:
        text = text.title()
    if rng.random() < 0.03:
        text += rng.choice(["!", "!!", " !", "...", "?", " "])
    return text.strip()


def joined(rng, parts):
    text = parts[0]
    for i, p in enumerate(parts[1:], 2):
        if len(parts) > 2 and i < len(parts) and rng.random() < 0.8:
            text += ", " + p
        else:
            j = rng.choice(JOIN) if len(parts) == 2 else rng.choice([" and", " and", ", and", ","]).strip()
            text += ("" if j.startswith(",") else " ") + j + " " + p
    return text


def one_kind(rng, named=None):
    """(what is said, what is drawn): shape, colour, size."""
    shape, colour = rng.choice(scenes.TRAIN_KINDS)
    u = rng.random() if named is None else named
    size = rng.choice(S.sizes) if rng.random() < 0.25 else None
    if u < 0.76:
        said = (shape, colour, size)
    elif u < 0.96:
        said, colour = (shape, None, size), USUAL[shape]
    else:
        said, shape = (None, colour, size), "circle" if ("circle", colour) not in S.held_out else "square"
    return said, (shape, colour, size or "medium")


def two_kinds(rng):
    while True:
        one, two = one_kind(rng), one_kind(rng)
        if rng.random() < 0.25 and one[1][0] != two[1][0] and one[1][1] != two[1][1]:
            continue  # pairs that differ in one thing only are the ones to get wrong
        if scenes.pair_allowed(one[1][:2], two[1][:2]):
            return one, two


def drawing(rng):
    """A training pair: prompt, scenes.Plan and its kind."""
    u, things, ground, tail = rng.random(), [], "white", ""
    say = lambda k: phrase(rng, *k[0])
    if u < 0.26:
        k = one_kind(rng)
        kind, text, things = "single", say(k), [(4, *k[1])]
        if rng.random() < 0.08:  # in the middle is where it is anyway
            text += " " + rng.choice(PLACE_WORDS["centre"])
    elif u < 0.46:
        one, two = two_kinds(rng)
        kind, things = "two", [(3, *one[1]), (5, *two[1])]
        if one[0] == two[0] and rng.random() < 0.8:
            text = rng.choice(["two ", "two ", "two ", "a pair of ", "2 "]) + described(rng, *one[0], many=True)
        else:
            text = joined(rng, [say(one), say(two)])
    elif u < 0.62:
        one, two = two_kinds(rng)
        cells = rng.choice(list(RELATIONS))
        kind, things = "relation", [(cells[0], *one[1]), (cells[1], *two[1])]
        text = say(one) + rng.choice([" "] * 8 + [" is ", ", ", " that is "]) + rng.choice(RELATIONS[cells]) + " " + say(two)
    elif u < 0.78:
        n = rng.randint(2, S.most)
        k = one_kind(rng)
        while not scenes.pair_allowed(k[1][:2], k[1][:2]) and n == 2:
            k = one_kind(rng)
        kind, things = "count", [(c, *k[1]) for c in S.layout[n]]
        text = (NUMBER[n] if rng.random() < 0.85 else str(n)) + " " + described(rng, *k[0], many=True)
    elif u < 0.90:
        n = 1 if rng.random() < 0.65 else 2
        kinds = [one_kind(rng)] if n == 1 else list(two_kinds(rng))
        cells = rng.sample(range(9), n)
        kind, things = "place", [(c, *k[1]) for c, k in zip(cells, kinds)]
        parts = [say(k) + rng.choice([" ", " ", " ", ", "]) + rng.choice(PLACE_WORDS[PLACES[c]]) for c, k in zip(cells, kinds)]
        if rng.random() < 0.12:
            parts = [rng.choice(PLACE_WORDS[PLACES[c]]) + rng.choice([", ", " "]) + say(k) for c, k in zip(cells, kinds)]
        text = parts[0] + ((rng.choice([" and ", " and ", ", "]) + parts[1]) if n == 2 else "")
    else:
        n = rng.choice([3, 3, 3, 4, 5])
        kind = "list"
        kinds = [one_kind(rng) for _ in range(n)]
        if rng.random() < 0.3:  # two red stars and a blue circle
            a = rng.randint(1, n - 1)
            groups = [(kinds[0], a), (kinds[1], n - a)]
            kinds = [kinds[0]] * a + [kinds[1]] * (n - a)
            text = rng.choice([" and ", " and ", " with "]).join(say(k) if m == 1 else NUMBER[m] + " " + described(rng, *k[0], many=True) for k, m in groups)
        else:
            text = joined(rng, [say(k) for k in kinds])
        things = [(c, *k[1]) for c, k in zip(S.layout[n], kinds)]
    if rng.random() < 0.2:
        ground = rng.choice(S.backgrounds)
        word = "grey" if ground == "gray" and rng.random() < 0.4 else ground
        tail = rng.choice([" on a {} background"] * 6 + [" on {}", " on {}", " on a plain {} background", ", {} background", " with a {} background", " on a {} canvas", ", on {}", " in front of a {} background", " against a {} background"]).format(word)
    frame = rng.choice(FRAMES)
    cut = frame.index("{}") + 2
    text = (frame[:cut].format(text) + tail + frame[cut:]) if rng.random() < 0.85 else frame.format(text).rstrip("?.") + tail
    if rng.random() < 0.02 * ODD:
        text += rng.choice([" ", ", "]) + " ".join(nonsense(rng) for _ in range(rng.randint(1, 3)))
    return dress(rng, text), scenes.Plan(ground, tuple(things)), kind


# --- tokenizer -------------------------------------------------------------------------------------------------------


def corpus(rng, n=20000, extra=True):
    import questions

    for _ in range(n):
        yield drawing(rng)[0]
        q, answer, _ = questions.ask(rng, questions.imagined(rng))
        yield q
        yield " " + answer
    for _ in range(300 * extra):
        yield SYSTEM
        yield " ".join(NUMBER) + " " + " ".join(FILLER) + " sorry hello thanks you I it is are the of"


def known_words():
    """Every word that prompts and questions of training contain, lower case, made-up ones left out."""
    global ODD
    ODD, odd = 0.0, ODD
    words = set()
    for text in corpus(random.Random(12), 40000, extra=False):
        words |= {w.lower() for w in re.findall(r"\w+(?:'\w+)*", text)}
    ODD = odd
    return sorted(words)


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
