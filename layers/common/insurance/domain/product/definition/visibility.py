"""Which questions are shown: conditions on the answers before them."""

from collections.abc import Mapping, Sequence

from insurance.domain.product.definition.answers import Visible
from insurance.domain.product.definition.questions import Question
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.scope import NameScope, RatingInput


def visibility(
    questions: Sequence[Question], exponent: int, territories: Sequence[str]
) -> Mapping[str, Visible]:
    """Conditions by the question that they show or hide; each knows the earlier questions only.

    Raises:
        InvalidProduct: A condition is not one, or speaks of a later question.
    """
    conditions: dict[str, Visible] = {}
    earlier: dict[str, Question] = {}
    for place, question in enumerate(questions):
        if question.visible_when:
            scope = NameScope.of_questions(dict(earlier), exponent, territories)
            builder = FunctionBuilder(scope)
            path = f"/questions/{place}/visible_when"
            builder.write(f"return {builder.condition(question.visible_when, path)}")
            run = builder.build()
            conditions[question.code] = lambda held, run=run: run(  # type: ignore[misc]
                RatingInput.of_answers(held)
            )
        earlier[question.code] = question
    return conditions
