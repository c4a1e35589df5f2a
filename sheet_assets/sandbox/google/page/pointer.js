// What a mouse, a pen or a finger does in the grid.

export function listenToPointer(sheet, root) {
  let dragging = false;
  const at = (event) => (sheet.fitted ? sheet.grid.cellAt(event.clientX, event.clientY) : null);
  root.addEventListener("pointerdown", (event) => {
    // A finger scrolls: it selects when it has not moved.
    if (event.pointerType === "touch" || event.button !== 0) return;
    const found = at(event);
    if (!found) return;
    event.preventDefault();
    sheet.select(found, event.shiftKey);
    sheet.editor.focus();
    dragging = true;
  });
  root.addEventListener("click", (event) => {
    const found = event.pointerType === "touch" && at(event);
    if (!found) return;
    const { row, column, isCell } = sheet.selection;
    if (isCell && found.row === row && found.column === column) sheet.edit();
    else sheet.select(found);
    sheet.editor.focus();
  });
  root.addEventListener("dblclick", (event) => {
    const found = at(event);
    if (found && found.row >= 0 && found.column >= 0) sheet.edit();
  });
  addEventListener("pointermove", (event) => {
    const found = dragging && at(event);
    if (found) sheet.extend(found);
  });
  addEventListener("pointerup", () => (dragging = false));
}
