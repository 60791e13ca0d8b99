"""When a quarter's packs are made: on the first days after its end, in the time zone of the company."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import CsworkbenchError

FIRST_DAY, LAST_DAY = 2, 28


@dataclass(frozen=True)
class Timing:
    """The days after the end of each fiscal quarter on which a run is started.

    fiscal_year_start: the month (1 to 12) in which the fiscal year begins. time_zone: IANA name.
    day: 2 to 28, the first day of the month after the quarter's end on which it fires; the 1st is not offered, since
    somewhere it is still the old quarter. days: on how many days in a row; what is unchanged is skipped, so that later
    days cost little and make up for a machine that was off or for exports that came late. hour: 0 to 23, local time.
    """

    fiscal_year_start: int = 1
    time_zone: str = "UTC"
    day: int = 5
    days: int = 3
    hour: int = 6

    def __post_init__(self) -> None:
        if not FIRST_DAY <= self.day <= self.last_day <= LAST_DAY:
            said = f"day {self.day} to day {self.last_day} of a month cannot be scheduled"
            raise CsworkbenchError(f"{said}. Choose --day and --days within {FIRST_DAY} to {LAST_DAY}.")

    @property
    def last_day(self) -> int:
        """The last day of the month on which it fires."""
        return self.day + self.days - 1

    @property
    def months(self) -> tuple[int, ...]:
        """The first months of the four fiscal quarters; in each the quarter before is over."""
        return tuple(sorted((self.fiscal_year_start - 1 + 3 * quarter) % 12 + 1 for quarter in range(4)))

    @property
    def cron(self) -> str:
        """The five fields of cron."""
        days = str(self.day) if self.days == 1 else f"{self.day}-{self.last_day}"
        return f"0 {self.hour} {days} {','.join(map(str, self.months))} *"

    @property
    def calendar(self) -> str:
        """OnCalendar of systemd, with the time zone."""
        days = f"{self.day:02}" if self.days == 1 else f"{self.day:02}..{self.last_day:02}"
        months = ",".join(f"{month:02}" for month in self.months)
        return f"*-{months}-{days} {self.hour:02}:00:00 {self.time_zone}"
