"""How diagrams are drawn and what they are made of: measured plane by plane, judged by the house's limits."""
