"""The benchmark: speed and size as ratios measured in one run, on one machine. ``make bench``; ``python -m bench decision`` runs one part."""
