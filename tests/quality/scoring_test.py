#!/usr/bin/env python3
"""Are the measures of answers what documents.md 10 says? A wrong answer must not score."""

import unittest

from scoring import anls, exact, holds, levenshtein, shows, similarity


class Scoring(unittest.TestCase):
    def test_distance(self):
        self.assertEqual(levenshtein("", "abc"), 3)
        self.assertEqual(levenshtein("kitten", "sitting"), 3)
        self.assertEqual(levenshtein("ab", "ba"), 2)

    def test_anls_of_one(self):
        self.assertEqual(similarity(" 3  March\n2024 ", ["3 march 2024"]), 1)
        self.assertAlmostEqual(similarity("3 March 2025", ["3 March 2024"]), 11 / 12)
        self.assertEqual(similarity("abcd", ["abxy"]), 0)  # NL 0.5 is no longer similar
        self.assertAlmostEqual(similarity("abcde", ["abcxy"]), 0.6)  # NL 0.4
        self.assertAlmostEqual(similarity("abc", ["abcde"]), 0.6)  # the longer one's length, whichever it is
        self.assertAlmostEqual(similarity("abcde", ["abc"]), 0.6)
        self.assertEqual(similarity("EUR 5", ["9", "eur 5"]), 1)  # the best of them
        self.assertEqual(similarity("", ["5"]), 0)

    def test_refusals(self):
        self.assertEqual(anls("Not found in the document.", True, []), 1)
        self.assertEqual(anls("17", False, []), 0)
        self.assertEqual(anls("17", True, ["17"]), 0)  # refusing what can be answered
        self.assertEqual(anls("17", False, ["17"]), 1)

    def test_exact(self):
        self.assertTrue(exact("Anna  keller", ["Anna Keller"]))
        self.assertFalse(exact("Anna Keller.", ["Anna Keller"]))

    def test_holds(self):
        self.assertTrue(holds("The rent is 2,350.00 EUR, due at once.", ["2,350.00 EUR"]))
        self.assertTrue(holds("It is 50.", ["50"]))
        self.assertFalse(holds("It is 2,350.00", ["350.00"]))
        self.assertFalse(holds("It is 2,350.00", ["2,350"]))
        self.assertFalse(holds("It is 1500", ["150"]))

    def test_boxes(self):
        value, line = (100, 50, 160, 60), (20, 50, 300, 60)
        self.assertTrue(shows((99, 49, 161, 61), value, line))
        self.assertTrue(shows((20, 50, 300, 60), value, line))  # the whole line: unsure, and right
        self.assertFalse(shows((20, 50, 300, 200), value, line))  # half the page
        self.assertFalse(shows((20, 50, 90, 60), value, line))  # beside it
        self.assertFalse(shows((20, 70, 300, 80), value, line))  # the next line
        self.assertFalse(shows((100, 50, 120, 60), value, line))  # a third of it


if __name__ == "__main__":
    unittest.main()
