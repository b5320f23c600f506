"""For whom a process begins by itself."""

from enum import StrEnum


class Subject(StrEnum):
    """For what a process is begun each time that its timer is due. Source: modelling.md §4 (``each``)."""

    PROJECT = "project"
    SYSTEM = "system"
    OFFICE = "office"
    DISTRICT = "district"


PERIOD, SUBJECT = "period", "subject"
OF_SUBJECTS = frozenset({PERIOD, SUBJECT})  # the variables with which such a process begins
