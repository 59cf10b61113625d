"""Fault injection: what the product promises about messages, put to the proof.

A run drives a real server (`live`), a recorded disk (`power`) or a simulated house (`simulation`), does
harm to it (`faults`), and keeps a history of what was asked, answered and heard. The checkers judge the
history afterwards; they know nothing of how it came about. `mutants` are defects planted on purpose, each
of which a checker must catch: a checker that never failed is no evidence.

Everything happens on loopback, in folders of its own, and is drawn from one seed.
"""
