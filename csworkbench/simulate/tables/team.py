"""csms, competencies, interviews, trainings, changes: the team itself, once per company."""

from __future__ import annotations

import numpy as np

from .. import parameters as p
from ..arrays import Coded, Floats, Rows, stream
from ..chunk import csm_ids
from ..journey import FASTER_STEP, faster_from
from ..names import person_names
from ..world import World

_BACKGROUNDS = ("sales", "support", "consulting", "analysis", "teaching")
_COMPETENCIES = ("product_knowledge", "listening", "analysis", "negotiation", "planning")
_QUESTIONS = ("hard_customer", "value_story", "data_question")
_TRAININGS = ("journey_walk", "product_basics", "negotiation_practice")


def _rng(world: World, purpose: str) -> np.random.Generator:
    return stream(world.seed, 0, f"team {purpose}")


def csms(world: World) -> Rows:
    """The CSMs; their names are invented."""
    rng, team = _rng(world, "csms"), world.team
    return {
        "csm_id": csm_ids(world),
        "name": person_names(team.n),
        "joined_on": team.joined,
        "fte": np.where(rng.random(team.n) < 0.85, 1.0, 0.6),
        "background": Coded(rng.integers(0, len(_BACKGROUNDS), team.n), _BACKGROUNDS),
        "recorded_at": team.joined,
    }


def _skills(world: World) -> Floats:
    """CSM × competency in standard units, from the true skills."""
    t = world.team
    return np.column_stack([t.steps[:, 1], t.relation, t.adoption, t.relation, t.steps.mean(axis=1)]) / 0.35


def competencies(world: World) -> Rows:
    """Ratings by two raters every half year."""
    rng, team, months = _rng(world, "competencies"), world.team, world.months
    days = months.ends[5::6]
    csm, skill, day, rater = (axis.ravel() for axis in np.indices((team.n, len(_COMPETENCIES), len(days), 2)))
    there = days[day] >= team.joined[csm] + 60
    csm, skill, day, rater = csm[there], skill[there], day[there], rater[there]
    score = 3.1 + 0.8 * _skills(world)[csm, skill] + rng.normal(0, 0.6, len(csm))
    return {
        "csm_id": Coded(csm, csm_ids(world)),
        "competency": Coded(skill, _COMPETENCIES),
        "score": np.clip(score.round(), 1, 5),
        "rated_on": days[day],
        "rater": Coded(rater, ("R01", "R02")),
        "recorded_at": days[day],
    }


def interviews(world: World) -> Rows:
    """Answers of the candidates who were hired within the simulation, and of two per hire who were not."""
    rng, team = _rng(world, "interviews"), world.team
    hired = np.nonzero(team.joined >= world.months.starts[0] + 60)[0]
    who, other, question, rater = (axis.ravel() for axis in np.indices((len(hired), 3, len(_QUESTIONS), 2)))
    held = team.joined[hired[who]] - 35 - 3 * other
    level = np.where(other == 0, 0.5 + 0.4 * _skills(world)[hired].mean(axis=1)[who], -0.3)
    score = 3.0 + level + rng.normal(0, 0.7, len(who))
    return {
        "candidate_id": [f"P{k + 1:04d}" for k in (who * 3 + other).tolist()],
        "question": Coded(question, _QUESTIONS),
        "competency": Coded(question, _COMPETENCIES[1:4]),
        "weight": np.array([0.4, 0.35, 0.25])[question],
        "score": np.clip(score.round(), 1, 5),
        "rater": Coded(rater, ("R01", "R02")),
        "held_on": held,
        "csm_id": Coded(np.where(other == 0, hired[who], -1), csm_ids(world)),
        "recorded_at": held,
    }


def trainings(world: World) -> Rows:
    """Attendances: every CSM walks the customer's journey after joining, other courses later."""
    rng, team, months = _rng(world, "trainings"), world.team, world.months
    csm, course = (axis.ravel() for axis in np.indices((team.n, len(_TRAININGS))))
    day = np.maximum(team.joined[csm], months.starts[0]) + 20 + 90 * course + rng.integers(0, 60, len(csm))
    inside = day <= months.end
    csm, course, day = csm[inside], course[inside], day[inside]
    completed = rng.random(len(csm)) < 0.85
    return {
        "csm_id": Coded(csm, csm_ids(world)),
        "training": Coded(course, _TRAININGS),
        "attended_on": day,
        "completed": completed,
        "stuck_at": Coded(np.where(completed, -1, rng.integers(0, len(p.STEPS), len(csm))), p.STEPS),
        "recorded_at": day,
    }


def changes(world: World) -> Rows:
    """Changes of practice; only guided_data_import truly changes anything."""
    months = world.months
    places = [int(months.n * share) for share in (0.15, 0.35, 0.75, 0.9)]
    days = [months.starts[k] for k in places] + [faster_from(world)]
    what = ["nps_every_half_year", "call_before_renewal", "usage_digest", "peer_review", "guided_data_import"]
    scope = ["all", "Mid-market", "SMB", "all", p.STEPS[FASTER_STEP]]
    order = np.argsort(np.array(days), kind="stable")
    return {
        "changed_on": np.array(days)[order],
        "what": [what[k] for k in order],
        "scope": [scope[k] for k in order],
        "recorded_at": np.array(days)[order],
    }
