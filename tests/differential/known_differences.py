"""Where Everbeat differs from the reference on purpose, or at the price of a crate.

By `subject/case`: the number of the deviation in the specification of the
command line, why, and the parts that differ with our own text (None: not
compared). Each is checked both ways, see `compare.py`. Texts that come from
inside Python differ in words only; those cases say so themselves
(`OwnWords`) and do not stand here.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Difference:
    """One known difference."""

    number: str
    reason: str
    ours: dict


KNOWN = {}
