// One tab that is open: its grid, what is selected in it, and what is edited.

import { cellName, inTab, rangeName } from "./a1.js";
import { Cells } from "./cells.js";
import { blockText, parseBlock } from "./clipboard.js";
import { Editor } from "./editor.js";
import { textOf } from "./entered.js";
import { Grid } from "./grid.js";
import { press } from "./keyboard.js";
import { Layout } from "./layout.js";
import { Selection } from "./selection.js";

const FITTED = { rows: 60, columns: 52 };
const $ = (id) => document.getElementById(id);
const pen = document.createElement("canvas").getContext("2d");

export class Sheet {
  leaving = false;
  #tabbedFrom = null;

  // `tell` has `moved()`, `refused(sentence)` and `failed(error)`.
  constructor(api, tell) {
    Object.assign(this, { api, tell });
    this.grid = new Grid($("grid"), () => this.#overlay());
    this.editor = new Editor($("editor"), $("entered"), {
      began: () => this.grid.reveal(this.selection.row, this.selection.column),
      changed: () => this.tell.refused(null),
    });
    for (const field of [$("editor"), $("entered")]) {
      field.addEventListener("keydown", (event) => {
        if (this.tab && press(event, this)) event.preventDefault();
      });
    }
    this.#listenToPointer();
    this.#listenToClipboard();
  }

  // Open a tab, or the same again after its title or size has changed.
  open(edits, tab) {
    const size = tab.gridProperties;
    const facts = { title: tab.title, ...size };
    const same = this.tab?.sheetId === tab.sheetId && this.edits === edits;
    Object.assign(this, { edits, tab });
    if (same) {
      this.cells.tab = facts;
      this.cells.outdate();
      this.selection.resize(size);
      this.layout = new Layout(size, this.layout);
      if (this.fitted) this.#show();
      return;
    }
    this.editor.end();
    this.cells?.close();
    this.layout = new Layout(size);
    this.selection = new Selection(size);
    this.fitted = false;
    this.cells = new Cells(this.api, edits.spreadsheetId, facts, {
      changed: (differing) => this.#arrived(differing),
      failed: (error) => this.tell.failed(error),
    });
    $("grid").scrollTo(0, 0);
    // Columns get their widths by the first rows, before anything is drawn.
    this.cells.want({
      top: 0,
      left: 0,
      bottom: Math.min(FITTED.rows, size.rowCount) - 1,
      right: Math.min(FITTED.columns, size.columnCount) - 1,
    });
    this.editor.focus();
  }

  outdate() {
    this.cells.outdate();
    this.grid.draw();
  }

  get active() {
    return this.cells.at(this.selection.row, this.selection.column);
  }

  go(row, column) {
    this.selection.go(row, column);
    this.#moved();
  }

  move(rows, columns, extend = false) {
    this.selection.move(rows, columns, { extend });
    this.#moved(extend);
  }

  // To the end of the values in that direction, or to the next value, or to the grid's edge.
  async jump(rows, columns, extend) {
    const { selection } = this;
    const { row, column } = selection.end;
    try {
      const steps = await this.cells.stepsToEdge(row, column, rows, columns);
      if (selection !== this.selection) return;
      this.move(rows * steps, columns * steps, extend);
    } catch (error) {
      this.tell.failed(error);
    }
  }

  // Enter goes back to the column that Tab set out from.
  step(columns) {
    const from = this.#tabbedFrom ?? this.selection.column;
    this.move(0, columns);
    this.#tabbedFrom = from;
  }

  selectAll() {
    this.selection.take({ row: -1, column: -1 });
    this.#selected();
  }

  edit() {
    if (this.active !== undefined) this.editor.begin(textOf(this.active));
  }

  cancel() {
    this.editor.end();
    this.editor.focus();
    this.dismiss();
    this.#moved();
  }

  dismiss() {
    this.tell.refused(null);
    this.tell.dismissed();
  }

  // Write what was typed, if it differs, and move on.
  commit(rows = 0, columns = 0) {
    const { editor, selection, cells } = this;
    const from = this.#tabbedFrom ?? selection.column;
    const { row, column } = selection;
    const text = editor.text;
    const changed = editor.isChanged || editor.typingOver;
    editor.end();
    editor.focus();
    if (changed) this.edits.write(cells, row, column, [[text]]);
    if (rows) this.go(row + rows, from);
    else this.go(row, column + columns);
    if (columns) this.#tabbedFrom = from;
  }

  clear() {
    if (this.#writable) this.edits.clear(this.cells, this.selection.rectangle);
  }

  paste(text) {
    const { top, left, bottom, right } = this.selection;
    let rows = parseBlock(text);
    if (rows.length === 1 && rows[0].length === 1) {
      // One value fills all that is selected.
      const width = right - left + 1;
      rows = Array.from({ length: bottom - top + 1 }, () => new Array(width).fill(rows[0][0]));
    }
    this.edits.write(this.cells, top, left, rows);
    this.selection.go(top, left);
    this.selection.extend(top + rows.length - 1, left + rows[0].length - 1);
    this.#moved(true);
  }

  undo() {
    this.#reach(this.edits.undo());
  }

  redo() {
    this.#reach(this.edits.redo());
  }

  // What was refused is open again with the text as it was typed, unless another cell is edited.
  refused(error, edit) {
    this.outdate();
    const { top, left, bottom, right } = edit.rectangle;
    const cells = rangeName(edit.rectangle);
    if (edit.title === this.tab.title && !this.editor.editing && edit.after) {
      this.go(top, left);
      if (top === bottom && left === right) this.editor.begin(String(edit.after[0][0]));
    }
    this.tell.refused(`${cells} was not written: ${error.message}`);
  }

  get #writable() {
    return !$("entered").readOnly;
  }

  #reach(edit) {
    if (!edit || edit.title !== this.tab.title) return;
    this.selection.go(edit.rectangle.top, edit.rectangle.left);
    this.selection.extend(edit.rectangle.bottom, edit.rectangle.right);
    this.#moved();
  }

  #arrived(differing) {
    if (!this.fitted) {
      this.fitted = true;
      const { fontSize, fontFamily } = getComputedStyle($("grid"));
      pen.font = `${fontSize} ${fontFamily}`;
      this.layout.fit(this.#firstTexts(), (text) => pen.measureText(text).width);
      this.#show();
    }
    this.grid.draw();
    if (differing.length) requestAnimationFrame(() => this.grid.flash(differing));
  }

  #firstTexts() {
    const texts = [];
    for (let column = 0; column < Math.min(this.layout.columnCount, FITTED.columns); column += 1) {
      texts.push([]);
      for (let row = 0; row < Math.min(this.layout.rowCount, FITTED.rows); row += 1) {
        const shown = this.cells.at(row, column)?.formattedValue;
        if (shown) texts[column].push(shown);
      }
    }
    return texts;
  }

  #show() {
    this.grid.open(this.layout, this.cells, this.selection, this.tab.title);
    this.tell.moved();
  }

  #selected() {
    this.grid.draw();
    this.tell.moved();
  }

  #moved(extend = false) {
    this.#tabbedFrom = null;
    const { end, row, column } = this.selection;
    if (extend) this.grid.reveal(end.row, end.column);
    else this.grid.reveal(row, column);
    this.tell.moved();
  }

  // What lies over the grid follows it.
  #overlay() {
    const { row, column } = this.selection;
    const room = { width: $("grid").clientWidth, height: $("grid").clientHeight };
    const box = this.grid.box(row, column);
    if (!this.editor.editing) {
      // An unseen field must not make the browser scroll to it.
      box.left = Math.max(0, Math.min(box.left, room.width - box.width));
      box.top = Math.max(0, Math.min(box.top, room.height - box.height));
    }
    this.editor.place(box, room);
    $("editor").setAttribute("aria-label", cellName(row, column));
    this.tell.drawn();
  }

  #listenToPointer() {
    const root = $("grid");
    let dragging = false;
    const select = (found, extend) => {
      if (this.editor.editing) this.commit();
      this.selection.take(found, { extend });
      this.leaving = false;
      this.#tabbedFrom = null;
      this.#selected();
    };
    root.addEventListener("pointerdown", (event) => {
      // A finger scrolls: it selects when it has not moved.
      if (event.pointerType === "touch" || event.button !== 0 || !this.fitted) return;
      const found = this.grid.cellAt(event.clientX, event.clientY);
      if (!found) return;
      event.preventDefault();
      select(found, event.shiftKey);
      this.editor.focus();
      dragging = true;
    });
    root.addEventListener("click", (event) => {
      const found = event.pointerType === "touch" && this.grid.cellAt(event.clientX, event.clientY);
      if (!found || !this.fitted) return;
      const { row, column, isCell } = this.selection;
      if (isCell && found.row === row && found.column === column) this.edit();
      else select(found, false);
      this.editor.focus();
    });
    root.addEventListener("dblclick", (event) => {
      const found = this.grid.cellAt(event.clientX, event.clientY);
      if (found && found.row >= 0 && found.column >= 0) this.edit();
    });
    addEventListener("pointermove", (event) => {
      const found = dragging && this.grid.cellAt(event.clientX, event.clientY);
      if (!found) return;
      this.selection.extend(found.row, found.column);
      this.#selected();
    });
    addEventListener("pointerup", () => (dragging = false));
  }

  #listenToClipboard() {
    const field = $("editor");
    const copy = (event) => {
      if (this.editor.editing) return false;
      event.preventDefault();
      const { rectangle } = this.selection;
      const rows = this.cells.within(rectangle);
      if (!rows) {
        const range = inTab(this.tab.title, rangeName(rectangle));
        this.tell.refused(`${range} was not copied: not all of it was read yet. Scroll through it first.`);
        return false;
      }
      const texts = rows.map((row) => row.map((cell) => cell?.formattedValue ?? ""));
      event.clipboardData.setData("text/plain", blockText(texts));
      return true;
    };
    field.addEventListener("copy", copy);
    field.addEventListener("cut", (event) => copy(event) && this.clear());
    field.addEventListener("paste", (event) => {
      if (this.editor.editing || !this.#writable) return;
      event.preventDefault();
      const text = event.clipboardData.getData("text/plain");
      if (text) this.paste(text);
    });
  }
}
