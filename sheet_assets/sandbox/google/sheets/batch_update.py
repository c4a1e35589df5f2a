"""spreadsheets.batchUpdate: a list of requests, applied all or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import (
    GoogleError,
    InvalidArgumentError,
    UnimplementedError,
)
from sheet_assets.sandbox.google.sheets import (
    cell_requests,
    charts,
    copy_paste,
    dimension_groups,
    dimension_requests,
    duplicates,
    filter_views,
    hidden,
    merges,
    metadata_requests,
    named_ranges,
    properties,
    protected_ranges,
    shifts,
    sorting,
    spreadsheets,
    table_requests,
    validation,
)
from sheet_assets.sandbox.google.sheets.message import Message, unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

REQUESTS: dict[str, Callable[[Message, Workbook], dict[str, Any] | None]] = {
    "addChart": charts.add,
    "addDimensionGroup": dimension_groups.add,
    "addFilterView": filter_views.add,
    "addNamedRange": named_ranges.add,
    "addProtectedRange": protected_ranges.add,
    "addSheet": properties.add_sheet,
    "addTable": table_requests.add,
    "appendCells": cell_requests.append_cells,
    "appendDimension": dimension_requests.append_dimension,
    "autoResizeDimensions": dimension_requests.auto_resize_dimensions,
    "clearBasicFilter": hidden.clear_basic_filter,
    "copyPaste": copy_paste.copy_paste,
    "createDeveloperMetadata": metadata_requests.create,
    "cutPaste": copy_paste.cut_paste,
    "deleteDeveloperMetadata": metadata_requests.delete,
    "deleteDimension": dimension_requests.delete_dimension,
    "deleteDimensionGroup": dimension_groups.delete,
    "deleteEmbeddedObject": charts.delete_embedded_object,
    "deleteFilterView": filter_views.delete,
    "deleteNamedRange": named_ranges.delete,
    "deleteProtectedRange": protected_ranges.delete,
    "deleteRange": shifts.delete_range,
    "deleteSheet": properties.delete_sheet,
    "deleteTable": table_requests.delete,
    "duplicateFilterView": filter_views.duplicate,
    "duplicateSheet": duplicates.duplicate_sheet,
    "insertDimension": dimension_requests.insert_dimension,
    "insertRange": shifts.insert_range,
    "mergeCells": merges.merge_cells,
    "repeatCell": cell_requests.repeat_cell,
    "setBasicFilter": hidden.set_basic_filter,
    "setDataValidation": validation.set_data_validation,
    "sortRange": sorting.sort_range,
    "unmergeCells": merges.unmerge_cells,
    "updateCells": cell_requests.update_cells,
    "updateChartSpec": charts.update_spec,
    "updateDeveloperMetadata": metadata_requests.update,
    "updateDimensionGroup": dimension_groups.update,
    "updateDimensionProperties": dimension_requests.update_dimension_properties,
    "updateFilterView": filter_views.update,
    "updateNamedRange": named_ranges.update,
    "updateProtectedRange": protected_ranges.update,
    "updateSheetProperties": properties.update_sheet_properties,
    "updateSpreadsheetProperties": properties.update_spreadsheet_properties,
    "updateTable": table_requests.update,
}

# What Google has beside these.
_LACKING = (
    "addBanding addCommentReply addConditionalFormatRule addDataSource addSlicer autoFill "
    "cancelDataSourceRefresh deleteBanding deleteComment deleteCommentReply "
    "deleteConditionalFormatRule deleteDataSource deleteDuplicates findReplace insertComment "
    "moveDimension pasteData randomizeRange refreshDataSource textToColumns trimWhitespace "
    "updateBanding updateBorders updateCommentPost updateConditionalFormatRule "
    "updateDataSource updateEmbeddedObjectBorder updateEmbeddedObjectPosition "
    "updateSlicerSpec"
)
LACKING_REQUESTS = frozenset(_LACKING.split())


def batch_update(call: Call, workbook: Workbook) -> dict[str, Any]:
    """Apply the requests of the body; the replies mirror them.

    Raises:
        UnimplementedError: one of them is of a kind the sandbox lacks; nothing is applied.
        InvalidArgumentError: one of them cannot be applied; nothing is.
    """
    body = Message(call.json(), "").allow(
        (
            "requests",
            "includeSpreadsheetInResponse",
            "responseRanges",
            "responseIncludeGridData",
        )
    )
    requests = [_kind(message) for message in body.messages("requests")]
    if not requests:
        raise InvalidArgumentError("Must specify at least one request.")
    replies = []
    with workbook.edited_by(call.email):
        for place, (kind, message) in enumerate(requests):
            try:
                replies.append(REQUESTS[kind](message, workbook) or {})
                workbook.forget_results()
            except GoogleError as exc:
                if exc.details or isinstance(exc, UnimplementedError):
                    raise
                raise exc.prefixed(f"Invalid requests[{place}].{kind}") from exc
    workbook.touch(call.email)
    answer: dict[str, Any] = {"spreadsheetId": workbook.spreadsheet_id, "replies": replies}
    if body.boolean("includeSpreadsheetInResponse"):
        answer["updatedSpreadsheet"] = spreadsheets.told(
            workbook,
            call.email,
            body.texts("responseRanges"),
            with_data=body.boolean("responseIncludeGridData"),
        )
    return answer


def _kind(message: Message) -> tuple[str, Message]:
    for name in message.fields:
        if name in REQUESTS:
            continue
        if name in LACKING_REQUESTS:
            raise UnimplementedError(name)
        raise unknown_name(name, message.path)
    if len(message.fields) != 1:
        raise InvalidArgumentError(f"Invalid {message.path}: exactly one request must be set.")
    (kind,) = message.fields
    return kind, message.message(kind)
