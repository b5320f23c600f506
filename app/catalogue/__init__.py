"""Which rules hold: what is deployed, what a bundle would change, which districts there are."""
