"""The reasoning in plain text: for one person's answers, and for all possible answers together."""

from collections.abc import Iterator, Mapping, Sequence

from webapp.questionnaire.assess import Answers, Assessment, Tick, assess
from webapp.questionnaire.model import Level, Part, Questionnaire, Score
from webapp.questionnaire.ways import Square, count_ways


def explain(questionnaire: Questionnaire, answers: Answers) -> Iterator[str]:
    """Yield, line by line, what these answers count for, which rule decided and what the advice is.

    Raises `AnswersError` when the answers settle nothing yet.
    """
    assessment = assess(questionnaire, answers)
    yield edition(questionnaire)
    for part in questionnaire.parts.values():
        yield from _part(part, answers, assessment)
    if assessment.is_scored:
        yield from _sums(questionnaire, assessment)
    yield from _outcome(assessment)
    yield from _unknowns(assessment)
    for notice in assessment.notices:
        yield from ("", f"Notice {notice.id}: {notice.title}", f"  {notice.text}")
    if assessment.mentions:
        yield from ("", "To mention to the doctor")
        yield from (f"  {_named(tick)}" for tick in assessment.mentions)


def explain_ways(questionnaire: Questionnaire) -> Iterator[str]:
    """Yield, line by line, how many of all possible sets of answers lead to each outcome and each square."""
    ways = count_ways(questionnaire)
    scored = {outcome.id for outcome in questionnaire.scored_outcomes}
    rows = [["outcome", "ways", "of all", "of the scored"]]
    for outcome, number in ways.by_outcome.items():
        of_scored = percent(number, ways.scored) if outcome in scored else "–"
        rows.append([outcome, grouped(number), percent(number, ways.total), of_scored])
    rows.append(["all", grouped(ways.total), percent(ways.total, ways.total), "–"])
    yield from (edition(questionnaire), "", "All the ways to fill in the check")
    yield from aligned(rows)
    yield from ("", "The scored ways, by square of the grid")
    yield from _grid(questionnaire, {square: grouped(number) for square, number in ways.by_square.items()})


def edition(questionnaire: Questionnaire) -> str:
    """Return which edition of the content speaks."""
    return f"Content {questionnaire.version} of {questionnaire.date}, checksum {questionnaire.checksum[:12]}"


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows of a table as lines, with the columns under each other."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def grouped(number: int) -> str:
    """Return a whole number with a space between thousands."""
    return f"{number:,}".replace(",", " ")


def percent(part: int, whole: int) -> str:
    """Return a share with three decimals; a share too small for those is never shown as nothing."""
    share = 100 * part / whole if whole else 0.0
    return "under 0.001 %" if part and share < 0.001 else f"{share:.3f} %"


def in_points(points: int) -> str:
    """Return a number of points in words."""
    return "1 point" if points == 1 else f"{points or 'no'} points"


def _part(part: Part, answers: Answers, assessment: Assessment) -> Iterator[str]:
    yield from ("", part.title)
    for question in part.questions:
        yield f"  {question.id}: {question.ask}"
        chosen = [option for option in question.options.values() if option.id in answers.get(question.id, ())]
        for option in chosen:
            yield f"    {option.id}: {option.label} = {_weight(Tick(question, option), assessment)}"
        if not chosen:
            yield "    no answer; none is needed for this outcome"
        for cap in assessment.caps:
            if cap.question == question:
                yield f"    together {in_points(cap.points)}; at most {question.at_most} count"


def _weight(tick: Tick, assessment: Assessment) -> str:
    question, option = tick
    if option.calls:
        return f"calls for {option.calls}"
    if not assessment.is_scored:
        return "not counted"
    if option.stands_for:
        return f"no points; {question.options[option.stands_for].points} if it turns out to be {option.stands_for}"
    if not option.points or not option.source:
        return "no points"
    return f"{in_points(option.points)} for {question.score}. {option.reason} [{option.source.id}]"


def _sums(questionnaire: Questionnaire, assessment: Assessment) -> Iterator[str]:
    yield from ("", "Sums")
    for score, own in assessment.sums.items():
        addition = " + ".join(_terms(score, assessment)) or "nothing"
        yield f"  {score}: {in_points(own.points)} = {addition}; level {_range(own.score, own.level)}"
    grid = questionnaire.grid
    square = (assessment.sums[grid.rows].level.id, assessment.sums[grid.columns].level.id)
    cells = {(row, column): outcome for row, line in grid.outcomes.items() for column, outcome in line.items()}
    yield from ("", "The grid, with the square of these answers in brackets")
    yield from _grid(questionnaire, cells | {square: f"[{cells[square]}]"})


def _terms(score: str, assessment: Assessment) -> Iterator[str]:
    """Yield each question that counts for a score, with its points, the cap applied."""
    questions = {tick.question.id: tick.question for tick in assessment.counted if tick.question.score == score}
    for question in questions.values():
        options = tuple(tick.option for tick in assessment.counted if tick.question.id == question.id)
        yield f"{question.id} {question.points_for(options)}"


def _grid(questionnaire: Questionnaire, cells: Mapping[Square, str]) -> Iterator[str]:
    """Yield the grid as lines, with a text in each square."""
    grid, scores = questionnaire.grid, questionnaire.scores
    rows, columns = scores[grid.rows], scores[grid.columns]
    header = [f"{rows.id} ↓ {columns.id} →", *(_range(columns, level) for level in columns.levels.values())]
    lines = [[_range(rows, row), *(cells[row.id, column] for column in columns.levels)] for row in rows.levels.values()]
    yield from aligned([header, *lines])


def _range(score: Score, level: Level) -> str:
    last = score.last_points(level)
    return f"{level.id} ({level.start}+)" if last is None else f"{level.id} ({level.start}–{last})"


def _outcome(assessment: Assessment) -> Iterator[str]:
    outcome = assessment.outcome
    calls = ", ".join(_named(tick) for tick in assessment.called_by)
    yield from ("", f"Outcome: {outcome.id}", f"  called for by {calls}" if calls else "  decided by the grid")
    if not assessment.is_scored:
        yield "  no score is shown"
    yield from ("", f"Advice: {outcome.title}")
    for name in ("what", "whom", "when", "prepare", "not_mean", "doctor"):
        yield f"  {name}: {getattr(outcome, name)}"


def _unknowns(assessment: Assessment) -> Iterator[str]:
    if assessment.unknowns:
        yield from ("", "What was not known")
        for unknown in assessment.unknowns:
            yes = f"if {unknown.tick.option.stands_for}: {in_points(unknown.points)} more"
            yield f"  {_named(unknown.tick)}; {yes}, outcome {_moved(assessment, unknown.outcome.id)}"
        yield f"  all of them yes: outcome {_moved(assessment, assessment.if_all_unknown.id)}"


def _moved(assessment: Assessment, outcome: str) -> str:
    return f"stays {outcome}" if outcome == assessment.outcome.id else f"{assessment.outcome.id} → {outcome}"


def _named(tick: Tick) -> str:
    return f"{tick.question.id}.{tick.option.id} ({tick.option.label})"
