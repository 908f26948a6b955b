"""Business papers as small PDF files, and what can be asked about them: every value's page and box is known, as they are written in Courier."""

import random

SIZE, PITCH, LEFT, TOP, HEIGHT = 11, 16, 64, 64, 842
WIDTH = 0.6 * SIZE  # of a character
FIRST = ["Anna", "Peter", "Ruth", "Walter", "Helen", "Felix", "Clara", "Hugo", "Nora", "Victor"]
LAST = ["Keller", "Whitfield", "Lindqvist", "Okafor", "Moreau", "Quigley", "Tanaka", "Bexley", "Marsh", "Douglas"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
FILLER = ["The parties have read these pages and agree to what they say.", "Tools are to be returned clean and dry to the shed.",
          "Heavy vehicles may not stand before the gate at night.", "The roof is looked over in autumn, before the first frost.",
          "Letters are kept in the office and may be seen there.", "Whoever leaves last turns off the lamps and shuts the windows.",
          "Water stands low in summer, so the garden is watered early.", "The key of the cellar hangs beside the stairs."]


class Paper:
    """Lines on pages, and the questions with the places of their answers."""

    def __init__(self, name, rng):
        self.name, self.rng, self.pages, self.questions = name, rng, [[]], []

    def line(self, text=""):
        self.pages[-1].append(text)

    def filler(self, lines):
        for _ in range(lines):
            self.line(self.rng.choice(FILLER))

    def page(self):
        self.pages.append([])

    def fact(self, line, value, questions, others=()):
        """A line that holds `value`; `others`: what is accepted besides."""
        at, row = line.index(value), len(self.pages[-1])
        y0 = TOP + PITCH * row - 0.8 * SIZE
        y1 = y0 + 1.05 * SIZE
        place = {"page": len(self.pages), "box": (LEFT + WIDTH * at, y0, LEFT + WIDTH * (at + len(value)), y1),
                 "line": (LEFT, y0, LEFT + WIDTH * len(line), y1)}
        for question in questions:
            self.questions.append({"question": question, "accepted": [value, *others], **place})
        self.line(line)

    def nothing(self, *questions):
        self.questions += [{"question": q, "accepted": []} for q in questions]

    def pdf(self):
        objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"]
        kids = []
        for lines in self.pages:
            content = f"BT /F1 {SIZE} Tf {PITCH} TL {LEFT} {HEIGHT - TOP} Td\n"
            for text in lines:
                escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
                content += f"({escaped}) Tj T*\n"
            content += "ET"
            objects.append(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream")
            objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 {HEIGHT}] /Contents {len(objects)} 0 R "
                           "/Resources << /Font << /F1 3 0 R >> >> >>")
            kids.append(f"{len(objects)} 0 R")
        objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
        out, places = b"%PDF-1.7\n", []
        for number, text in enumerate(objects, 1):
            places.append(len(out))
            out += f"{number} 0 obj\n{text}\nendobj\n".encode("cp1252")
        xref = len(out)
        table = "".join(f"{place:010d} 00000 n \n" for place in places)
        out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n".encode()
        return out


def person(rng):
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def date(rng):
    return f"{rng.randint(1, 28)} {rng.choice(MONTHS)} {rng.randint(2019, 2031)}"


def amount(rng, low=100, high=9000):
    return f"{rng.randint(low, high):,}.{rng.randint(0, 99):02d}"


def lease(rng):
    p = Paper("lease", rng)
    rent, deposit, charge = amount(rng), amount(rng), amount(rng, 50, 400)
    landlord, tenant, keeper = (f"{a} {b}" for a, b in zip(rng.sample(FIRST, 3), rng.sample(LAST, 3)))
    p.line("LEASE AGREEMENT")
    p.line()
    p.fact(f"Landlord: {landlord}", landlord, ["Who is the landlord?", "What is the name of the landlord?"])
    p.fact(f"Tenant: {tenant}", tenant, ["Who is the tenant?"])
    begin = date(rng)
    p.fact(f"The lease begins on {begin}.", begin, ["When does the lease begin?", "On what date does the lease start?"])
    p.filler(14)
    p.page()
    p.line("Rent and charges")
    p.line()
    p.fact(f"The monthly rent is {rent} EUR.", f"{rent} EUR", ["What is the monthly rent?", "How much is the rent per month?"], [rent])
    p.fact(f"Charges for water come to {charge} EUR a month.", f"{charge} EUR", ["What are the charges for water?"], [charge])
    p.fact(f"Deposit: {deposit} EUR", f"{deposit} EUR", ["What is the deposit?", "How high is the security deposit?"], [deposit])
    p.filler(12)
    p.page()
    p.fact(f"The caretaker is {keeper}.", keeper, ["Who is the caretaker?", "What is the caretaker's name?"])
    months = rng.choice(["three months", "six months", "one month"])
    p.fact(f"Either party may give {months} of notice.", months, ["How long is the notice period?"])
    p.filler(10)
    p.nothing("Who painted the ceiling?", "What is the invoice number?", "What is the tax rate?", "What is the name of the caretaker's dog?")
    return p


def invoice(rng):
    p = Paper("invoice", rng)
    number, total, net = f"R-{rng.randint(2019, 2031)}-{rng.randint(100, 999)}", amount(rng, 1000), amount(rng)
    issued, due = date(rng), date(rng)
    customer = f"{rng.choice(LAST)} {rng.choice(['Tools', 'Timber', 'Boats'])} Ltd"
    p.line("INVOICE")
    p.line()
    p.fact(f"Invoice number: {number}", number, ["What is the invoice number?", "Which number does the invoice have?"])
    p.fact(f"Invoice date: {issued}", issued, ["What is the invoice date?", "When was the invoice issued?"])
    p.fact(f"Customer: {customer}", customer, ["Who is the customer?", "Who was billed?"])
    p.line()
    p.line(f"{'Article':<24}{'Pieces':>8}{'Price':>12}")
    for article in rng.sample(["Oak shelf", "Desk lamp", "Wall clock", "Garden chair", "Tool box"], 3):
        price = amount(rng, 5, 400)
        p.fact(f"{article:<24}{rng.randint(2, 60):>8}{price:>12}", price, [f"What is the price of the {article.lower()}?"])
    p.line()
    p.fact(f"Net amount: {net} EUR", f"{net} EUR", ["What is the net amount?"], [net])
    p.fact(f"Total amount: {total} EUR", f"{total} EUR", ["What is the total amount?", "How much has to be paid?"], [total])
    p.page()
    p.filler(6)
    p.fact(f"Please pay by {due}.", due, ["By when must it be paid?", "When is the payment due?"])
    p.filler(6)
    p.nothing("Who is the landlord?", "What is the delivery date?", "What is the order number?", "What is the price of the sofa?")
    return p


def minutes(rng):
    p = Paper("minutes", rng)
    held, following, chair, clerk = date(rng), date(rng), person(rng), person(rng)
    room, cost = f"Room {rng.randint(2, 40)}", amount(rng, 1000)
    p.line("MINUTES OF THE MEETING")
    p.line()
    p.fact(f"Meeting date: {held}", held, ["When was the meeting?", "What is the date of the meeting?"])
    p.fact(f"Place: {room}", room, ["Where was the meeting?"])
    p.fact(f"Chair: {chair}", chair, ["Who chaired the meeting?", "Who was in the chair?"])
    p.fact(f"Minutes taken by: {clerk}", clerk, ["Who took the minutes?"])
    p.filler(14)
    p.page()
    p.fact(f"The repair of the bridge will cost {cost} EUR.", f"{cost} EUR", ["What will the repair of the bridge cost?", "How much is the bridge's repair?"], [cost])
    boats = str(rng.randint(110, 990))
    p.fact(f"The number of registered boats rose to {boats}.", boats, ["How many boats are registered?"])
    p.filler(8)
    p.fact(f"Next meeting: {following}", following, ["When is the next meeting?"])
    p.nothing("Who is the tenant?", "What is the total amount?", "What did the dinner cost?", "Who sang at the meeting?")
    return p


def papers(each, seed):
    return [make(random.Random(f"{seed} {make.__name__} {i}")) for make in (lease, invoice, minutes) for i in range(each)]
