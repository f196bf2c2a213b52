"""Help for the Insert Function dialog: VBA that tells Excel what each function and argument is.

xlwings' button would do it once, through COM. Here the workbook does it when it is opened, since Excel
does not keep all of it in the file. Every step may fail (an old Excel, a Mac, a protected window):
then the dialog has no help, and nothing else is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from udfs.excel.project import Module, ModuleKind
from udfs.excel.vba_text import assigned, cut, lines_of, literal
from xl_rebal.worksheet import HELP_LIMIT, FunctionSpec

NAME = "xl_rebal_help"
ENTRY = "DescribeFunctions"
"""What the workbook's Open event calls."""

_HEAD = """\
Attribute VB_Name = "{name}"
Option Explicit
Option Private Module

Public Sub {entry}()
    ' Excel describes no function of a hidden book, and an add-in is one: it is a book meanwhile.
    Dim wasAddIn As Boolean, wasSaved As Boolean, wasDrawn As Boolean, hadEvents As Boolean
    On Error Resume Next
    wasSaved = ThisWorkbook.Saved
    wasDrawn = Application.ScreenUpdating
    hadEvents = Application.EnableEvents
    wasAddIn = ThisWorkbook.IsAddin
    Application.ScreenUpdating = False
    Application.EnableEvents = False
    If wasAddIn Then
        ThisWorkbook.IsAddin = False
        ThisWorkbook.Windows(1).Visible = True
    End If
{calls}
    If wasAddIn Then ThisWorkbook.IsAddin = True
    ThisWorkbook.Saved = wasSaved
    Application.EnableEvents = hadEvents
    Application.ScreenUpdating = wasDrawn
End Sub

Private Sub Describe(functionName As String, category As String, help As String, arguments As Variant)
    ' Excel is asked late: where it does not know an argument of MacroOptions, only this call fails.
    Dim host As Object, macro As String
    On Error Resume Next
    Set host = Application
    macro = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & functionName
    If IsArray(arguments) Then
        host.MacroOptions Macro:=macro, Description:=help, Category:=category, ArgumentDescriptions:=arguments
    Else
        host.MacroOptions Macro:=macro, Description:=help, Category:=category
    End If
End Sub
"""


def help_module(functions: Mapping[str, FunctionSpec]) -> Module:
    """One procedure a function, so that none grows beyond VBA's 64 KB."""
    calls = "\n".join(f"    About_{name}" for name in sorted(functions))
    lines = _HEAD.format(name=NAME, entry=ENTRY, calls=calls).splitlines()
    for name in sorted(functions):
        lines += _about(functions[name])
    return Module(NAME, ModuleKind.STANDARD, lines_of(lines))


def _about(spec: FunctionSpec) -> Iterator[str]:
    count = len(spec.parameters)
    yield ""
    yield f"Private Sub About_{spec.name}()"
    yield "    Dim help As String"
    if count:
        yield f"    Dim about(1 To {count}) As String"
    yield from assigned("help", cut(spec.help, HELP_LIMIT), "    ")
    for place, parameter in enumerate(spec.parameters, start=1):
        yield from assigned(f"about({place})", cut(parameter.help, HELP_LIMIT), "    ")
    arguments = "about" if count else "Empty"
    yield f'    Describe "{spec.name}", {literal(spec.category)}, help, {arguments}'
    yield "End Sub"
