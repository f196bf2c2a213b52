"""The tests. They write books as a machine without lxml does: our users need not have it, but
openxml-audit brings it along, and openpyxl spells XML otherwise where it finds it."""

import os

os.environ.setdefault("OPENPYXL_LXML", "False")
