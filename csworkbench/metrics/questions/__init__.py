"""Questions over cohorts: what makes a cohort, what is measured, and the answer as one frame."""

from .answer import Answer, answer
from .comparison import Comparison, compare
from .population import Population
from .question import MEASURES, START, Question, question_of

__all__ = [
    "MEASURES",
    "START",
    "Answer",
    "Comparison",
    "Population",
    "Question",
    "answer",
    "compare",
    "question_of",
]
