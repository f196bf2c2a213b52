"""The settings and result tables of a study after tax."""

from __future__ import annotations

from xl_rebal.model.study_settings import StudySettings, TaxDue
from xl_rebal.workbook.declared import YES_NO, Column, Kind, ResultCell, Setting, TableLayout

SHEET, DATA_SHEET = "After tax", "AfterTaxData"
WITHOUT, WITH = "Without harvesting", "With harvesting"

AFTER_TAX = TableLayout(
    "tblAfterTax",
    SHEET,
    "Two rows a policy, without and with harvesting: growth before taxes and after them, when all is sold on "
    "the last day.",
    (
        Column("Policy", Kind.TEXT, "When it trades.", width=36),
        Column("This book", Kind.TEXT, "Marks the policy of the settings.", width=11),
        Column("Harvesting", Kind.FLAG, "Whether losses are taken on the dates of HarvestFrequency.",
               choices=YES_NO, width=11),
        Column("CAGR before tax", Kind.FRACTION, "Compound growth a year, after costs.", width=10),
        Column("CAGR after tax", Kind.FRACTION, "The same to the liquidation value.", width=10),
        Column("Tax a year bp", Kind.RATIO,
               "Taxes paid on the way, of wealth; below 0: what losses saved is more.", width=10),
        Column("Tax drag bp", Kind.RATIO, "CAGR before tax less CAGR after tax.", width=10),
        Column("Harvests add bp", Kind.RATIO,
               "CAGR after tax more than without them: an upper bound.", width=10),
        Column("Behind the best bp", Kind.RATIO, "CAGR after tax of the best row less this.", width=11),
        Column("Liquidation value", Kind.MONEY, "All sold on the last day, all taxes paid.", width=16),
        Column("Harvests", Kind.NUMBER, "Securities of which lots were exchanged, date by date.",
               width=10),
        Column("Losses harvested", Kind.MONEY, "Basis less market value.", width=15),
    ),
    result=True,
)  # fmt: skip

AFTER_TAX_CHART = TableLayout(
    "tblAfterTaxChart",
    DATA_SHEET,
    "Growth a year after tax, as the chart shows it.",
    (
        Column("Policy", Kind.TEXT, "", width=36),
        Column(WITHOUT, Kind.FRACTION, "", width=12),
        Column(WITH, Kind.FRACTION, "", width=12),
    ),
    result=True,
)

TAX_YEARS = TableLayout(
    "tblTaxYears",
    DATA_SHEET,
    "Taxes of this book's policy by the year in which they are paid; below 0: losses have saved more.",
    (
        Column("Year", Kind.NUMBER, "", width=12),
        Column(WITHOUT, Kind.SIGNED_MONEY, "", width=14),
        Column(WITH, Kind.SIGNED_MONEY, "", width=14),
    ),
    result=True,
)

AFTER_TAX_TABLES = (AFTER_TAX, AFTER_TAX_CHART, TAX_YEARS)

AFTER_TAX_CELLS = (
    ResultCell("AfterTaxSummary", "In one line", Kind.SENTENCE, SHEET),
    ResultCell("AfterTaxBound", "What harvesting can add", Kind.SENTENCE, SHEET),
    ResultCell("AfterTaxCapital", "Whose money", Kind.SENTENCE, SHEET),
    ResultCell("AfterTaxNotes", "Worth knowing", Kind.SENTENCE, SHEET),
    ResultCell("AfterTaxRules", "Taxes", Kind.SENTENCE, SHEET),
    ResultCell("AfterTaxConvention", "Convention", Kind.SENTENCE, SHEET),
)

_USUAL = StudySettings()
AFTER_TAX_SETTINGS = (
    Setting("HarvestFrequency", Kind.TEXT, _USUAL.harvests.words, "word or rows",
            "When a study after tax harvests: daily, weekly, monthly, quarterly, semi-annual, annual, or "
            "every so many rows."),
    Setting("TaxesDue", Kind.CHOICE, _USUAL.taxes_due.value, "word",
            "When a study after tax pays a year's taxes: on its last row (year end), or in April of the next.",
            tuple(each.value for each in TaxDue)),
)  # fmt: skip
