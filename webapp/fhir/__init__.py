"""The check for other computers, in FHIR R4 with Structured Data Capture. Knows the questionnaire, not the web."""

from webapp.fhir.questionnaire import questionnaire_resource
from webapp.fhir.reading import MOST_BYTES_FILED, Filed, FileError, FileProblem, Misfit, day_of, read_response
from webapp.fhir.response import response_resource
from webapp.fhir.wording import CANONICAL, MEDIA_TYPE, SYSTEM, Wording, mistake_in_canonical
