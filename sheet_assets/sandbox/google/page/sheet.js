// One tab that is open: its grid, what is selected in it, and what is edited.

import { cellName, rangeName } from "./a1.js";
import { Cells } from "./cells.js";
import { listenToClipboard } from "./clipboard.js";
import { Editor } from "./editor.js";
import { textOf } from "./entered.js";
import { Grid } from "./grid.js";
import { press } from "./keyboard.js";
import { Layout } from "./layout.js";
import { listenToPointer } from "./pointer.js";
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
      began: () => this.#reveal(this.selection),
      changed: () => this.tell.refused(null),
    });
    for (const field of [$("editor"), $("entered")]) {
      field.addEventListener("keydown", (event) => {
        if (this.tab && press(event, this)) event.preventDefault();
      });
    }
    listenToPointer(this, $("grid"));
    listenToClipboard(this, $("editor"));
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
    const { row, column } = extend ? selection.end : selection;
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

  // A cell, or by a row or column of -1 whole columns, rows or all; what was typed is kept.
  select(found, extend = false) {
    if (this.editor.editing) this.commit();
    this.selection.take(found, { extend });
    this.leaving = false;
    this.#tabbedFrom = null;
    this.#selected();
  }

  // The selection ends here now.
  extend(found) {
    this.selection.extend(found.row, found.column);
    this.#selected();
  }

  selectAll() {
    this.select({ row: -1, column: -1 });
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
    if (this.writable) this.edits.clear(this.cells, this.selection.rectangle);
  }

  paste(block) {
    const { top, left, bottom, right } = this.selection;
    let rows = block;
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
      const text = String(edit.after[0][0]);
      // Enter sends it again.
      if (top === bottom && left === right) this.editor.begin(text, { before: null });
    }
    this.tell.refused(`${cells} was not written: ${error.message}`);
  }

  get writable() {
    return !$("entered").readOnly;
  }

  #reach(edit) {
    if (!edit || edit.title !== this.tab.title) return;
    this.selection.go(edit.rectangle.top, edit.rectangle.left);
    this.selection.extend(edit.rectangle.bottom, edit.rectangle.right);
    this.#moved();
  }

  #arrived(differing) {
    const first = !this.fitted;
    this.fitted = true;
    const { fontSize, fontFamily } = getComputedStyle($("grid"));
    pen.font = `${fontSize} ${fontFamily}`;
    const texts = this.#textsFrom(first ? 0 : this.grid.firstRow);
    const wider = this.layout.fit(texts, (text) => pen.measureText(text).width, { wider: !first });
    if (first || wider) this.#show();
    // Somebody may have gone on before anything was there to see.
    if (first) this.#reveal(this.selection.end);
    this.grid.draw();
    if (differing.length) requestAnimationFrame(() => this.grid.flash(differing));
  }

  #textsFrom(top) {
    const texts = [];
    const bottom = Math.min(top + FITTED.rows, this.layout.rowCount);
    for (let column = 0; column < Math.min(this.layout.columnCount, FITTED.columns); column += 1) {
      texts.push([]);
      for (let row = top; row < bottom; row += 1) {
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
    this.#reveal(extend ? this.selection.end : this.selection);
    this.tell.moved();
  }

  // A tab is laid out by its first rows: until they come there is nothing to scroll.
  #reveal({ row, column }) {
    if (this.fitted) this.grid.reveal(row, column);
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
}
