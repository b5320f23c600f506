"""Random acts by random seats of both districts, each compared with what the regulations let happen to a project's ledger."""
