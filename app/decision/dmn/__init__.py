"""DMN 1.1 to 1.5: read decision files, check them before deployment, evaluate them with an explanation."""

from app.decision.dmn.checks import check
from app.decision.dmn.evaluation import Evaluation, Matched
from app.decision.dmn.graph import Model, parse, read_model
from app.decision.dmn.model import Decision, DecisionService, InputColumn, OutputColumn, Rule
from app.decision.dmn.problems import DmnError, DmnEvaluationError, DmnProblem, Warned

__all__ = [
    "Decision",
    "DecisionService",
    "DmnError",
    "DmnEvaluationError",
    "DmnProblem",
    "Evaluation",
    "InputColumn",
    "Matched",
    "Model",
    "OutputColumn",
    "Rule",
    "Warned",
    "check",
    "parse",
    "read_model",
]
