"""The medical heart: what is asked, what counts, what is advised. Standard library only."""

from webapp.questionnaire.assess import AnswersError, Assessment, Problem, assess, problem_with, problems_in
from webapp.questionnaire.load import CONTENT, NUMBERS, load, load_numbers
from webapp.questionnaire.model import Numbers, Questionnaire, Text, localise, texts
from webapp.questionnaire.table import ContentError
