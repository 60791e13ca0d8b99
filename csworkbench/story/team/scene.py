"""What the team's pack is about: the measures of the quarter, and those of the team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from ...metrics.quarter import QuarterMeasures
from ...metrics.team.definitions import KNOWN
from ...metrics.team.frames import FRAMES
from ...metrics.team.measures import TeamMeasures
from ..exhibit import Exhibit, absent
from ..scene import Scene, scene_of
from ..text import shown


@dataclass(frozen=True)
class TeamScene(Scene):
    """The measures as the team's pack sees them; frames of the team go before others of the same name."""

    team: TeamMeasures = field(default=TeamMeasures({}, {}))

    def has(self, *frames: str) -> bool:
        """Whether all these frames could be made."""
        return all(name in self.team.frames or super(TeamScene, self).has(name) for name in frames)

    def frame(self, name: str) -> pd.DataFrame:
        """The frame of that name."""
        return self.team.frame(name) if name in FRAMES else super().frame(name)

    def defined(self, *ids: str) -> str:
        """The definitions behind an exhibit with their versions."""
        return self.say("Definitions: {ids}.", ids=", ".join(KNOWN[name].label for name in ids))

    def missing(self, id: str, frame: str) -> Exhibit:
        """The one line of an exhibit whose frame could not be made."""
        if frame not in FRAMES:
            return super().missing(id, frame)
        what = ", ".join(self.team.absent.get(frame, (frame,)))
        return absent(id, self.say("Not shown: the workspace has no {what}.", what=what), self.language)

    def person(self, csm_id: object) -> str:
        """What readers call a CSM: the name, else the id."""
        return shown(self._names.get(str(csm_id), str(csm_id)))

    @cached_property
    def _names(self) -> Mapping[str, str]:
        if "csms" not in self.team.frames:
            return {}
        frame = self.team.frames["csms"]
        names = frame["name"].where(frame["name"].notna(), frame["csm_id"])
        return dict(zip(frame["csm_id"], names, strict=True))


def team_scene(measures: QuarterMeasures, team: TeamMeasures, lang: str = "en") -> TeamScene:
    """The scene of the team's pack; UnknownName for a language that is not there."""
    base = scene_of(measures, lang)
    return TeamScene(base.measures, base.language, team=team)
