"""How an act is held and written: one transaction, one commit, everything it brought about."""
