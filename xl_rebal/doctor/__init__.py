"""Do Excel, xlwings, the add-in, Python, LibreOffice and a book fit together, and what mends it?

``gather`` collects the facts of this machine; ``diagnose`` is a pure function of facts.
"""

from xl_rebal.doctor.diagnosis import diagnose
from xl_rebal.doctor.finding import Finding, State, status_of
from xl_rebal.doctor.gathered import gather

__all__ = ["Finding", "State", "diagnose", "gather", "status_of"]
