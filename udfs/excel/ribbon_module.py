"""What the buttons of the ribbon call: one macro, which hands a command's name to Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from udfs.excel.project import Module, ModuleKind
from udfs.excel.ribbon import SheetButton
from udfs.excel.vba_text import lines_of

_CODE = """\
Attribute VB_Name = "{module}"
Option Explicit
Option Private Module

Public Sub {press}(control As IRibbonControl)
    {run} control.ID
End Sub

Public Sub {run}(id As String)
    If ActiveWorkbook Is Nothing Then
        MsgBox "Open a workbook first.", vbExclamation, "{title}"
{guard}    ElseIf SheetOf(id) <> "" Then
        ShowSheet SheetOf(id)
    ElseIf CommandOf(id) <> "" Then
        RunPython "import udfs.macros; udfs.macros.run('" & CommandOf(id) & "')"
    Else
        MsgBox "There is no command " & id & ".", vbExclamation, "{title}"
    End If
End Sub

Public Function CommandOf(id As String) As String
    ' Only a name that stands here reaches Python.
    Select Case id
        Case {commands}
            CommandOf = id
    End Select
End Function

Public Function SheetOf(id As String) As String
    Select Case id
{sheets}
    End Select
End Function

Private Sub ShowSheet(title As String)
    Dim sheet As Object
    On Error Resume Next
    Set sheet = ActiveWorkbook.Sheets(title)
    On Error GoTo 0
    If sheet Is Nothing Then
        MsgBox "This workbook has no sheet " & title & ".", vbExclamation, "{title}"
    Else
        sheet.Activate
    End If
End Sub
"""
_OTHER_BOOK = """\
    ElseIf ActiveWorkbook.Name <> ThisWorkbook.Name Then
        MsgBox "Excel called the macro of " & ThisWorkbook.Name & ", which is not the workbook in front. " _
            & "Close that one, or press the button in its window.", vbExclamation, "{title}"
"""
TITLE = "xl_rebal"


def ribbon_module(
    name: str, press: str, commands: Iterable[str], sheets: Sequence[SheetButton], *, add_in: bool
) -> Module:
    """The module ``name`` with the macro ``press``.

    Excel finds such a macro by its name, and two open books may have the same: a workbook's macro works
    on that workbook or says so, an add-in's works on whichever is active.
    """
    text = _CODE.format(
        module=name,
        press=press,
        run=f"{press}Button",
        title=TITLE,
        guard="" if add_in else _OTHER_BOOK.format(title=TITLE),
        commands=", ".join(f'"{command}"' for command in sorted(commands)),
        sheets="\n".join(
            f'        Case "{each.id}"\n            SheetOf = "{each.sheet}"' for each in sheets
        ),
    )
    return Module(name, ModuleKind.STANDARD, lines_of(text.splitlines()))
