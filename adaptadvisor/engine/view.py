"""A partial situation as the decision sees it: what is certain, possible, and still matters."""

from __future__ import annotations

from adaptadvisor.engine.codes import Bounds, LimitCode, NeedCode, Tried, UsedUp, WayCode, joined
from adaptadvisor.engine.decide import Engine
from adaptadvisor.table.plans import ALONE, CONTAINING, EVERY_APPROACH, HITTING, INSIDE

_REMEMBERED = 20_000
"""Bounds remembered at most, so that memory stays flat."""


class View:
    """Which needs may count, who meets them, and which open terms still matter.

    `certain` holds the terms that will not be contradicted any more; those in `never` read a fact
    that stays unknown, so they make no `when` hold, and keep a `provided` open. `state` and the
    open terms in `matters` together determine every plan that completions can have.
    """

    def __init__(
        self, engine: Engine, tried: Tried, certain: int, possible: int, never: int
    ) -> None:
        self.engine = engine
        self.tried = UsedUp(tried.used)
        if tried.unless:
            self.tried = engine.using_up(certain, possible, tried)
            certain, possible = engine.resolved(certain, possible, tried, self.tried)
        self.gone = self.tried.used + self.tried.perhaps
        self.certain = certain
        self.possible = possible
        self.never = never
        self.sure = certain & ~never
        self.hoped = possible & ~never
        self.perhaps, open_limits = self._left()
        self.surely = self.perhaps & ~joined(limit.out for limit in open_limits)
        found = [
            self._remembered(need) if need.when & self.hoped else None for need in engine.needs
        ]
        # what can meet no need is as good as ruled out
        useful = 0
        for bounds in found:
            if bounds is not None:
                useful |= bounds.sometimes
        self.surely &= useful
        self.perhaps &= useful
        self.needs: list[Bounds] = []
        limiting = joined(limit.when for limit in open_limits if limit.out & self.perhaps)
        self.matters, self.state = self._open(found, limiting & self.hoped)
        self.reachable, self.safe = self._reachable()
        """The plans not shut out yet; and those that meet every need in every completion."""
        self.plan = self._forced()
        """The plan of every completion, where that is clear; else None."""
        if self.plan is None and not self.matters:
            self.plan = engine.outcome(self.sure, possible, tried).plan

    def _left(self) -> tuple[int, list[LimitCode]]:
        """The approaches that no limit rules out yet, and the limits that still may."""
        perhaps, open_limits = EVERY_APPROACH, []
        for limit in self.engine.limits:
            if limit.when & self.sure:
                perhaps &= ~limit.out
            elif limit.when & self.hoped:
                open_limits.append(limit)
        return perhaps, open_limits

    def _open(self, found: list[Bounds | None], limiting: int) -> tuple[int, tuple[object, ...]]:
        """Collects the needs that may change the plan; returns the open terms, and the state."""
        matters = limiting | self.tried.open_terms
        state = [self.perhaps]
        strong = [bounds for bounds in found if bounds and bounds.counts and bounds.always]
        for bounds in found:
            if bounds is None or (bounds.always and _implied(bounds, strong)):
                state.append(-1)
                continue
            matters |= bounds.open_terms | (0 if bounds.counts else bounds.number & self.hoped)
            state += (bounds.counts, bounds.by_itself, bounds.half)
            self.needs.append(bounds)
        return matters & self.possible & ~self.certain, (*state, self.tried)

    def _remembered(self, need: NeedCode) -> Bounds:
        """The bounds of a need; they depend on the terms that it reads and the approaches left."""
        reads = need.reads
        key = (
            need.when,
            self.perhaps,
            self.surely,
            self.certain & reads,
            self.possible & reads,
            self.never & reads,
        )
        remembered = self.engine.bounds
        bounds = remembered.get(key)
        if bounds is None:
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            bounds = remembered[key] = self._bounds(need)
        return bounds

    def _bounds(self, need: NeedCode) -> Bounds:
        certain, possible, sure, hoped = self.certain, self.possible, self.sure, self.hoped
        perhaps = self.perhaps
        by_itself = sometimes = 0
        undecided = []
        for place, (approach, when, provided) in enumerate(need.ways):
            if approach & perhaps and when & hoped and provided & possible:
                sometimes |= approach
                sure_when, sure_provided = bool(when & sure), bool(provided & certain)
                if sure_when and sure_provided:
                    by_itself |= approach
                else:
                    undecided.append((place, approach, when, provided, sure_when, sure_provided))
        open_terms = half = 0
        for place, approach, when, provided, sure_when, sure_provided in undecided:
            if not approach & by_itself:
                half |= (1 + sure_when + 2 * sure_provided) << 2 * place
                open_terms |= (0 if sure_when else when & hoped) | (
                    0 if sure_provided else provided
                )
        return Bounds(
            need.when,
            bool(need.when & sure),
            by_itself,
            by_itself & self.surely,
            sometimes,
            half,
            open_terms,
        )

    def _reachable(self) -> tuple[int, int]:
        reachable, safe = INSIDE[self.perhaps], INSIDE[self.surely]
        for bounds in self.needs:
            if bounds.counts and bounds.always:
                reachable &= HITTING[bounds.sometimes]
            safe &= HITTING[bounds.always] if bounds.always else CONTAINING[bounds.sometimes]
        for plan in self.tried.used:
            reachable &= ~INSIDE[plan]
        for plan in self.tried.perhaps:
            safe &= ~INSIDE[plan]
        return reachable, safe

    def may_have(self, plans: int) -> bool:
        """Whether a completion may have one of these plans; False is certain."""
        # where plans were tried, none may be left: plan 0
        left = plans & (self.reachable | bool(self.gone))
        safe = self.reachable & self.safe
        if safe and not self.gone:
            # no completion has a dearer plan than one that always meets every need
            left &= ((safe & -safe) << 1) - 1
        while left:
            plan = (left & -left).bit_length() - 1
            if not plan or (_may_be_needed(plan, self.needs) and not self._outdone(plan)):
                return True
            left &= left - 1
        return False

    def _outdone(self, plan: int) -> bool:
        """Whether a cheaper plan always meets what this one does, and is ruled out only with it."""
        better = INSIDE[self.perhaps] & ((1 << plan) - 1) & ~1
        for when, approaches in self.engine.limits:
            if when & self.hoped and not approaches & plan:
                better &= INSIDE[EVERY_APPROACH & ~approaches]
        for gone in self.gone:
            better &= ~INSIDE[gone]
        if self.gone:
            better &= ALONE  # a member may be superfluous, and the rest have been tried
        for need in self.engine.needs:
            if not better:
                return False
            if need.when & self.hoped:
                for way in need.ways:
                    usable = way.approach & plan and way.when & self.hoped
                    if usable and way.provided & self.possible:
                        better &= HITTING[self._as_good(way, need)]
        return bool(better)

    def _as_good(self, way: WayCode, need: NeedCode) -> int:
        """The approaches that have a way to meet the need whenever this way is open."""
        found = way.approach
        for approach, when, provided in need.ways:
            whenever = when & self.sure or not way.when & self.hoped & ~when
            if whenever and (
                provided & self.certain or not way.provided & self.possible & ~provided
            ):
                found |= approach
        return found

    def _forced(self) -> int | None:
        """The plan of every completion, if what is certain and possible shows it; else None."""
        reachable = self.reachable
        while reachable:
            lowest = reachable & -reachable
            plan = lowest.bit_length() - 1
            if not self.gone:  # the cheapest plan that meets all needs has no superfluous member
                return plan if lowest & self.safe else None
            if _may_be_needed(plan, self.needs):
                sure = lowest & self.safe and _surely_needed(plan, self.needs) == plan
                return plan if sure else None
            reachable ^= lowest
        return 0


def _implied(need: Bounds, others: list[Bounds]) -> bool:
    """Whether every plan that meets one of the others, which surely count, meets the need as well.

    It then changes neither which plans meet all needs nor which members are superfluous. Of two
    needs that imply each other the first stays.
    """
    number, counts, _, always, sometimes, _, _ = need
    firm = counts and always
    for other, _, _, theirs, possibly, _, _ in others:  # unpacked: the innermost loop of a search
        if possibly & ~always or other == number:
            continue
        if other < number or not (firm and not sometimes & ~theirs):
            return True
    return False


def _may_be_needed(plan: int, needs: list[Bounds]) -> bool:
    """Whether each member of a plan may alone meet a need of its own, in one completion."""
    served = 1  # the sets of members that have needs of their own; at first the empty one
    for bounds in needs:
        fixed = plan & bounds.always
        alone = fixed or plan & bounds.sometimes
        if fixed & (fixed - 1):
            continue
        before = served
        while alone:
            member = alone & -alone
            served |= (before & ~CONTAINING[member]) << member
            alone ^= member
        if served >> plan & 1:
            return True
    return bool(served >> plan & 1)


def _surely_needed(plan: int, needs: list[Bounds]) -> int:
    """The members of a plan that in every completion alone meet some need."""
    found = 0
    for _, counts, _, always, sometimes, _, _ in needs:
        alone = plan & always
        if counts and alone and alone & (alone - 1) == 0 and plan & sometimes == alone:
            found |= alone
    return found
