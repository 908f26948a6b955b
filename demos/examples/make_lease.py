#!/usr/bin/env python3
# demos/examples/make_lease.py - draws lease.pdf, the scan that demos/run reads: three pages of a made-up lease as pictures only, a
# little crooked, uneven and noisy like a copy from an office scanner. Fixed seed: the same pages every time.
# Needs Pillow, numpy and the Liberation fonts; nothing at build or run time does. Usage: make_lease.py [OUT.pdf]
import io
import pathlib
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

DPI = 150
WIDTH, HEIGHT = int(8.27 * DPI), int(11.69 * DPI)  # A4
FONTS = pathlib.Path("/usr/share/fonts/truetype/liberation")
LEFT, RIGHT = int(0.95 * DPI), WIDTH - int(0.95 * DPI)


def font(points, style="Regular", family="LiberationSerif"):
    return ImageFont.truetype(str(FONTS / f"{family}-{style}.ttf"), round(points * DPI / 72))


class Sheet:
    """One page while it is being set."""

    def __init__(self, number, pages):
        self.image = Image.new("L", (WIDTH, HEIGHT), 255)
        self.draw = ImageDraw.Draw(self.image)
        self.y = int(0.9 * DPI)
        small = font(9, family="LiberationSans")
        self.draw.text((LEFT, int(0.5 * DPI)), "Larkfield Estates Ltd.", font=small, fill=60)
        foot = f"Lease LF-2031-118, page {number} of {pages}"
        self.draw.text(((WIDTH - self.draw.textlength(foot, font=small)) / 2, HEIGHT - int(0.65 * DPI)), foot, font=small, fill=60)

    def heading(self, text, points=13):
        self.y += int(0.1 * DPI)
        self.draw.text((LEFT, self.y), text, font=font(points, "Bold"), fill=20)
        self.y += round(points * 1.55 * DPI / 72)

    def title(self, text):
        face = font(19, "Bold")
        self.draw.text(((WIDTH - self.draw.textlength(text, font=face)) / 2, self.y), text, font=face, fill=15)
        self.y += int(0.5 * DPI)

    def paragraph(self, text, points=11):
        face, line = font(points), ""
        for word in text.split():
            if self.draw.textlength(f"{line} {word}".strip(), font=face) > RIGHT - LEFT:
                self.line(line, face)
                line = ""
            line = f"{line} {word}".strip()
        self.line(line, face)
        self.y += int(0.09 * DPI)

    def line(self, text, face):
        self.draw.text((LEFT, self.y), text, font=face, fill=25)
        self.y += round(face.size * 1.32)

    def pairs(self, rows, points=11):
        for label, value in rows:
            self.draw.text((LEFT, self.y), label, font=font(points, "Bold"), fill=25)
            self.draw.text((LEFT + int(1.7 * DPI), self.y), value, font=font(points), fill=25)
            self.y += round(points * 1.5 * DPI / 72)
        self.y += int(0.08 * DPI)

    def table(self, rows, edges, points=10.5):
        height = round(points * 1.75 * DPI / 72)
        top = self.y
        for number, row in enumerate(rows):
            face = font(points, "Bold" if number == 0 or row[0] == "Total per month" else "Regular", "LiberationSans")
            for cell, left, right in zip(row, edges, edges[1:]):
                inside = LEFT + left + 10 if left == 0 else LEFT + right - 10 - self.draw.textlength(cell, font=face)
                self.draw.text((inside, self.y + height * 0.18), cell, font=face, fill=25)
            self.y += height
        for number in range(len(rows) + 1):
            self.draw.line([(LEFT, top + number * height), (LEFT + edges[-1], top + number * height)], fill=60, width=2)
        for edge in edges:
            self.draw.line([(LEFT + edge, top), (LEFT + edge, self.y)], fill=60, width=2)
        self.y += int(0.2 * DPI)

    def signature(self, name, role, left, seed):
        random = np.random.default_rng(seed)
        y = self.y + int(0.55 * DPI)
        points = [(left + x, y - 12 + 26 * np.sin(x / 11 + seed) * np.exp(-x / 260) + random.normal(0, 3)) for x in range(0, 250, 3)]
        self.draw.line(points, fill=50, width=3, joint="curve")
        self.draw.line([(left, y + 18), (left + int(2.6 * DPI), y + 18)], fill=60, width=2)
        self.draw.text((left, y + 26), name, font=font(10.5), fill=25)
        self.draw.text((left, y + 26 + round(10.5 * 1.35 * DPI / 72)), role, font=font(10.5, "Italic"), fill=25)


def pages():
    one, two, three = (Sheet(n, 3) for n in (1, 2, 3))

    one.title("Lease of Business Premises")
    one.pairs([
        ("Lease number:", "LF-2031-118"),
        ("Date:", "14 March 2031"),
        ("Landlord:", "Larkfield Estates Ltd., 4 Quay Street, Harwick"),
        ("Tenant:", "Osprey Bindery Co., 27 Mill Lane, Harwick"),
    ])
    one.heading("1. The premises")
    one.paragraph("The landlord lets to the tenant the ground floor workshop and the adjoining office at Unit 6, Tannery Yard, Harwick, "
                  "shown edged in red on the plan kept with this lease. The floor area is 184 square metres. Two parking spaces in the "
                  "yard, numbered 11 and 12, belong to the premises.")
    one.heading("2. Use")
    one.paragraph("The tenant may use the premises as a bookbinding workshop with an office and for no other purpose without the "
                  "landlord's consent in writing. Machines that are louder than 65 decibels at the boundary may run only between "
                  "8 a.m. and 6 p.m. on working days.")
    one.heading("3. Term")
    one.paragraph("The lease begins on 1 May 2031 and ends on 30 April 2036. If neither party has given notice by then, it continues "
                  "from year to year.")
    one.paragraph("The tenant may enter from 20 April 2031 in order to install machines. No rent is due for these days, but the tenant "
                  "bears the cost of electricity and water from the day of entry.")
    one.heading("4. Keys")
    one.paragraph("The tenant receives six keys to the workshop and two to the yard gate. A key that is lost must be reported within "
                  "24 hours; the landlord may then change the lock at the tenant's expense.")

    two.heading("5. Rent and charges")
    two.paragraph("The monthly rent is 2,350.00 EUR. It is due in advance on the third working day of each month. Heating, water and "
                  "waste are paid in monthly instalments, which the landlord settles once a year against the true cost.")
    two.table([
        ("Item", "Net", "VAT 20 %", "Gross"),
        ("Workshop and office", "2,350.00", "470.00", "2,820.00"),
        ("Parking spaces 11 and 12", "120.00", "24.00", "144.00"),
        ("Heating and water", "310.00", "62.00", "372.00"),
        ("Waste", "45.00", "9.00", "54.00"),
        ("Total per month", "2,825.00", "565.00", "3,390.00"),
    ], [0, int(2.6 * DPI), int(3.8 * DPI), int(4.95 * DPI), int(6.3 * DPI)])
    two.pairs([
        ("Payable to:", "Larkfield Estates Ltd., Harwick Savings Bank"),
        ("Account:", "HS 4471 0093 2286"),
        ("Reference:", "LF-2031-118"),
    ])
    two.heading("6. Deposit")
    two.paragraph("Before the keys are handed over the tenant pays a deposit of 7,050.00 EUR. The landlord keeps it in a separate "
                  "account and returns it with interest within sixty days after the end of the lease, less what is owed.")
    two.heading("7. Change of the rent")
    two.paragraph("The rent may be changed once every two years, for the first time on 1 May 2033, by no more than the change of the "
                  "consumer price index and never by more than 6 percent. The landlord announces a change three months before.")
    two.heading("8. Late payment")
    two.paragraph("If a payment is more than ten days late, the tenant owes interest of 0.75 percent for each month begun, and a fee "
                  "of 25.00 EUR for each reminder after the first.")

    three.heading("9. Repairs and insurance")
    three.paragraph("The landlord keeps the roof, the outer walls and the heating plant in repair. The tenant repairs what wears out "
                    "inside, up to 400.00 EUR a year, and insures machines and stock against fire, water and theft.")
    three.heading("10. Notice")
    three.paragraph("After the first three years either party may end the lease by giving six months' notice in writing to the end of "
                    "a quarter. The landlord may end it at once if two monthly rents remain unpaid.")
    three.heading("11. Return of the premises")
    three.paragraph("At the end the tenant returns the premises swept, with all keys, and closes the holes that machines have left in "
                    "the floor. Shelves and lighting that the tenant has put in may stay if the landlord agrees.")
    three.heading("12. Contact")
    three.pairs([
        ("Caretaker:", "Mr. Edmund Hale"),
        ("Telephone:", "0555 014 7729"),
        ("Emergency:", "0555 014 7700 (day and night)"),
    ])
    three.heading("13. Law")
    three.paragraph("Changes of this lease must be made in writing. If one of its terms is void, the others stay in force. The court of "
                    "Harwick decides disputes.")
    three.y += int(0.2 * DPI)
    three.paragraph("Harwick, 14 March 2031")
    three.signature("Marian Calloway", "for the landlord", LEFT, 1)
    three.signature("Jonas Petrie", "for the tenant", LEFT + int(3.4 * DPI), 2)
    return [one.image, two.image, three.image]


def scanned(page, degrees, seed):
    """Turned by a little, unevenly lit, slightly soft, grainy, with specks."""
    random = np.random.default_rng(seed)
    page = page.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=255)
    values = np.asarray(page, dtype=np.float32)
    soft = values.copy()  # a mild blur: a quarter of each neighbour's difference
    soft[1:-1, 1:-1] += 0.11 * (values[:-2, 1:-1] + values[2:, 1:-1] + values[1:-1, :-2] + values[1:-1, 2:] - 4 * values[1:-1, 1:-1])
    x, y = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    light = 243 - 16 * x * y - 10 * np.exp(-40 * x)  # darker towards a corner and along the binding
    out = soft / 255 * light + random.normal(0, 2.2, values.shape)
    for _ in range(60):
        cx, cy = random.integers(4, WIDTH - 4), random.integers(4, HEIGHT - 4)
        out[cy:cy + random.integers(1, 3), cx:cx + random.integers(1, 3)] -= random.integers(60, 150)
    return Image.fromarray(np.clip(out, 0, 255).astype(np.uint8))


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).with_name("lease.pdf"))
    turns = (0.7, -0.5, 0.4)
    scans = [scanned(page, turn, 11 + i) for i, (page, turn) in enumerate(zip(pages(), turns))]
    buffer = io.BytesIO()
    # No dates or identifiers inside, so that the same pages are the same file.
    scans[0].save(buffer, "PDF", save_all=True, append_images=scans[1:], resolution=DPI, quality=38, creationDate=None, modDate=None)
    out.write_bytes(buffer.getvalue())
    print(out, len(buffer.getvalue()), "bytes")


if __name__ == "__main__":
    main()
