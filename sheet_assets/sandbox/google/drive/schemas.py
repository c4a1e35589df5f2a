"""The fields of Drive's resources that the sandbox has, and those told without a mask."""

from __future__ import annotations

from sheet_assets.sandbox.google.fields import FieldMask

_USER = "kind,displayName,me,permissionId,emailAddress"
_FILE = (
    "kind,id,name,mimeType,trashed,version,createdTime,modifiedTime,ownedByMe,webViewLink,driveId,"
    f"capabilities(canEdit),owners({_USER}),lastModifyingUser({_USER})"
)
_SHORT_FILE = "kind,id,name,mimeType"
_PERMISSION = "kind,id,type,role,emailAddress,displayName,deleted"
_SHORT_PERMISSION = "kind,id,type,role"
_CHANGE = "kind,removed,time,type,changeType,fileId"
_PAGE = "kind,newStartPageToken,nextPageToken"

FILE = FieldMask.parse(_FILE)
FILE_LIST = FieldMask.parse(f"kind,incompleteSearch,nextPageToken,files({_FILE})")
CHANGE_LIST = FieldMask.parse(f"{_PAGE},changes({_CHANGE},file({_FILE}))")
START_PAGE_TOKEN = FieldMask.parse("kind,startPageToken")
PERMISSION = FieldMask.parse(_PERMISSION)
PERMISSION_LIST = FieldMask.parse(f"kind,nextPageToken,permissions({_PERMISSION})")
COMMENT_LIST = FieldMask.parse("kind,nextPageToken,comments")
NOTHING = FieldMask.parse("kind")
V2_FILE = FieldMask.parse("kind,id,title,mimeType,version,createdDate,modifiedDate,alternateLink")

DEFAULT_FIELDS = {
    FILE: FieldMask.parse(_SHORT_FILE),
    FILE_LIST: FieldMask.parse(f"kind,incompleteSearch,nextPageToken,files({_SHORT_FILE})"),
    CHANGE_LIST: FieldMask.parse(f"{_PAGE},changes({_CHANGE},file({_SHORT_FILE}))"),
    START_PAGE_TOKEN: START_PAGE_TOKEN,
    PERMISSION: FieldMask.parse(_SHORT_PERMISSION),
    PERMISSION_LIST: FieldMask.parse(f"kind,nextPageToken,permissions({_SHORT_PERMISSION})"),
    COMMENT_LIST: COMMENT_LIST,
    NOTHING: NOTHING,
    V2_FILE: V2_FILE,
}
