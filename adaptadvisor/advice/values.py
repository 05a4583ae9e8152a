"""What the texts and numbers of a stored document may be: for checking it, and for its schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.table.plans import APPROACHES

if TYPE_CHECKING:
    from pydantic_core.core_schema import CoreSchema

LEFT_OUT = "left_out"
"""In the metadata of a field: its key is not written where there is no value."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a text in a stored document may be: one of these words, or of this form and length."""

    words: tuple[str, ...] = ()
    pattern: str | None = None
    longest: int | None = None

    def __get_pydantic_core_schema__(self, *_: object) -> CoreSchema:
        from pydantic_core.core_schema import literal_schema, str_schema

        if self.words:
            return literal_schema(list(self.words))
        return str_schema(pattern=self.pattern, max_length=self.longest)


@dataclass(frozen=True, slots=True)
class Number:
    """What a number in a stored document may be: none below 0, and a share none above 1."""

    share: bool

    def __get_pydantic_core_schema__(self, *_: object) -> CoreSchema:
        from pydantic_core.core_schema import float_schema, int_schema

        return float_schema(ge=0, le=1) if self.share else int_schema(ge=0)


Share = Annotated[float, Number(share=True)]
Count = Annotated[int, Number(share=False)]
Approach = Annotated[str, Text(APPROACHES)]
Plan = tuple[Approach, ...]
Day = Annotated[str, Text(pattern=r"^(\d{4}-\d\d-\d\d)?$")]  # YYYY-MM-DD, or empty
