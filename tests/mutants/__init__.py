"""Do the tests notice? Small faults put into the product one by one, each against the tests that pass through its line. ``make mutants``.

A script of ours and not mutmut or cosmic-ray: a record in ``docs/developer/adr`` says why. ``faults`` finds the places, ``passes`` records which
test passes where, ``__main__`` draws a sample, tries it and reports.
"""
