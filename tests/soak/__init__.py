"""The long trials, in parts of at most forty minutes that go on where they were left. ``make soak`` runs all, ``make soak-models`` one."""
