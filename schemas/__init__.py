"""The bundled subject: international biopharma cooperation.

Who works with whom, on what, since when, for how much, planned or done. One module per theme; a
class listed in RECORD_TYPES becomes a table, and its field descriptions are what the model reads
and the table's comments say.
"""

from .activities import Activity, Event, Facility
from .actors import Organisation, OrganisationRelation, Person
from .agreements import Agreement
from .assets import Indicator, Instrument, Product, Programme, Statement

RECORD_TYPES = (
    Organisation,
    OrganisationRelation,
    Person,
    Agreement,
    Activity,
    Event,
    Facility,
    Product,
    Programme,
    Indicator,
    Instrument,
    Statement,
)
