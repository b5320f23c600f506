"""Changes that no case of a process can notice, each with why. They are counted and listed with the others; this exempts none of them."""

ASKED_FIRST = "the form demands the field before it asks the gate; the row is for whoever asks the table alone"

REASONS = {
    "dmn/fengxian/parameters.dmn parameter_table.parameter_publishedOn: gone": "the regulation is a draft: its value is null, which one that is missing is too",
    "dmn/fengxian/parameters.dmn parameter_table.parameter_beforeAcceptancePayment: gone": "without a reading the stricter one holds, which is the one chosen",
    "dmn/sucheng/om_fund.dmn om_fund.om_fund_missing: gone": "an evaluation asks with the conclusion that was approved, and none is approved without one",
    "dmn/sucheng/opinion_aggregation.dmn opinion_aggregation.opinion_aggregation_01: gone": "asked when everybody has answered; guards against none having been asked",
    "dmn/sucheng/opinion_aggregation.dmn opinion_aggregation.opinion_aggregation_04: gone": "who answers for an aspect cannot agree while it has not passed: the form refuses",
    "dmn/sucheng/procurement_gate.dmn procurement_gate.procurement_gate_13: gone": ASKED_FIRST,
    "dmn/sucheng/procurement_gate.dmn procurement_gate.procurement_gate_14: gone": ASKED_FIRST,
    "dmn/sucheng/procurement_gate.dmn procurement_gate.procurement_gate_15: gone": ASKED_FIRST,
}
