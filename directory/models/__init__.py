"""Tables of the directory. The database refuses what must never be; rules and services explain it."""

# Foreign keys point at these tables by name, so their classes must be known before any statement.
import codes.models  # noqa: F401
import directory.geography.models  # noqa: F401
from directory.models.facts import (
    CareUnitAccessibility,
    CareUnitClassification,
    CareUnitEService,
    CareUnitLanguage,
    CareUnitOffering,
    CareUnitProfession,
)
from directory.models.history import CareUnitChange, CareUnitVersion, SourceRecord
from directory.models.reach import (
    CareUnitAddress,
    CareUnitContact,
    CareUnitProfessionalContact,
    HolidayHours,
    HoursException,
    WeeklyHours,
)
from directory.models.texts import CareUnitNotice, CareUnitText, GuidanceText
from directory.models.unit import (
    CareUnit,
    CareUnitIdentifier,
    CareUnitListingStatus,
    CareUnitMembership,
    CareUnitName,
    CareUnitRelation,
)

__all__ = [
    "CareUnit",
    "CareUnitAccessibility",
    "CareUnitAddress",
    "CareUnitChange",
    "CareUnitClassification",
    "CareUnitContact",
    "CareUnitEService",
    "CareUnitIdentifier",
    "CareUnitLanguage",
    "CareUnitListingStatus",
    "CareUnitMembership",
    "CareUnitName",
    "CareUnitNotice",
    "CareUnitOffering",
    "CareUnitProfession",
    "CareUnitProfessionalContact",
    "CareUnitRelation",
    "CareUnitText",
    "CareUnitVersion",
    "GuidanceText",
    "HolidayHours",
    "HoursException",
    "SourceRecord",
    "WeeklyHours",
]
