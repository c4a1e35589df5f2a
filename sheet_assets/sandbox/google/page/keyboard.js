// What the keys do in the grid, as in other spreadsheets.

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// Whether the key was used; `sheet` is the Sheet it moves and edits in.
export function press(event, sheet) {
  if (event.isComposing) return false;
  return sheet.editor.editing ? edits(event, sheet) : moves(event, sheet);
}

function edits(event, sheet) {
  const { key, shiftKey, altKey } = event;
  const control = event.ctrlKey || event.metaKey;
  if (key === "Enter" && (altKey || control)) sheet.editor.insert("\n");
  else if (key === "Enter") sheet.commit(shiftKey ? -1 : 1, 0);
  else if (key === "Tab") sheet.commit(0, shiftKey ? -1 : 1);
  else if (key === "Escape") sheet.cancel();
  else if (key === "F2") sheet.editor.typingOver = !sheet.editor.typingOver;
  else if (key in ARROWS && sheet.editor.typingOver && !control && !altKey) sheet.commit(...ARROWS[key]);
  else return false;
  return true;
}

function moves(event, sheet) {
  const { key, shiftKey: extend, altKey } = event;
  const control = event.ctrlKey || event.metaKey;
  const { selection } = sheet;
  // Escape lets the next Tab leave the grid; any other key takes that back.
  const leaving = sheet.leaving;
  sheet.leaving = key === "Escape" || (leaving && key === "Shift");
  if (altKey) return false;
  if (key in ARROWS) {
    const [rows, columns] = ARROWS[key];
    if (control) sheet.jump(rows, columns, extend);
    else sheet.move(rows, columns, extend);
  } else if (key === "Tab" && !control) {
    if (leaving) return false;
    sheet.step(extend ? -1 : 1);
  } else if (key === "PageDown" || key === "PageUp") {
    sheet.move((key === "PageDown" ? 1 : -1) * sheet.grid.pageRows, 0, extend);
  } else if (key === "Home" && control) sheet.go(0, 0);
  else if (key === "Home") sheet.move(0, -selection.columnCount, extend);
  else if (key === "End" && control) sheet.go(selection.rowCount - 1, selection.columnCount - 1);
  else if (key === "End") sheet.move(0, selection.columnCount, extend);
  else if (key === "Enter" || key === "F2") sheet.edit();
  else if (key === "Delete" || key === "Backspace") sheet.clear();
  else if (key === "Escape") sheet.dismiss();
  else if (control && key.toLowerCase() === "a") sheet.selectAll();
  else if (control && key.toLowerCase() === "z") extend ? sheet.redo() : sheet.undo();
  else if (control && key.toLowerCase() === "y") sheet.redo();
  else return false;
  return true;
}
