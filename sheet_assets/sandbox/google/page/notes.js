// The notes on cells: shown at the cell that is selected or pointed at, and found in the whole tab.

import { cellName, inTab, rangeName } from "./a1.js";

// Finding the notes of a larger tab would take the server seconds.
const MOST_CELLS = 2_000_000;
const GAP = 6;

export class Notes {
  #found = [];
  #pointed = null;
  #dismissed = null;

  constructor(api, sheet, { bubble, button, root }) {
    Object.assign(this, { api, sheet, bubble, button });
    root.addEventListener("pointerover", (event) => {
      const cell = event.pointerType === "mouse" && event.target.closest(".noted");
      this.#pointed = cell ? sheet.grid.cellAt(event.clientX, event.clientY) : null;
      this.show();
    });
    root.addEventListener("pointerleave", () => {
      this.#pointed = null;
      this.show();
    });
    button.addEventListener("click", () => this.#next());
  }

  // Look for notes in the tab that is open.
  async find() {
    const { tab, edits } = this.sheet;
    const { rowCount, columnCount } = tab.gridProperties;
    this.#found = [];
    if (rowCount * columnCount <= MOST_CELLS) {
      const all = rangeName({ top: 0, left: 0, bottom: rowCount - 1, right: columnCount - 1 });
      const answer = await this.api.call("GET", `/v4/spreadsheets/${edits.spreadsheetId}`, {
        params: { ranges: inTab(tab.title, all), fields: "sheets.data.rowData.values.note" },
      });
      if (tab !== this.sheet.tab) return;
      for (const [row, { values = [] }] of (answer.sheets[0].data[0].rowData ?? []).entries()) {
        for (const [column, { note }] of values.entries()) {
          if (note) this.#found.push({ row, column });
        }
      }
    }
    const count = this.#found.length;
    this.button.hidden = !count;
    this.button.textContent = count === 1 ? "1 note" : `${count} notes`;
    this.button.title = count === 1 ? `Go to ${this.#name(0)}` : "Go to the next note";
  }

  // The note of the cell that is pointed at, else of the active one.
  show() {
    const { sheet, bubble } = this;
    if (!sheet.fitted) return;
    const active = { row: sheet.selection.row, column: sheet.selection.column };
    const { row, column } = this.#pointed ?? active;
    const note = sheet.cells.at(row, column)?.note;
    const name = cellName(row, column);
    const hidden = !note || (!this.#pointed && (sheet.editor.editing || this.#dismissed === name));
    if (this.#dismissed !== cellName(active.row, active.column)) this.#dismissed = null;
    bubble.hidden = hidden;
    if (hidden) return;
    bubble.textContent = note;
    this.#place(sheet.grid.box(row, column));
  }

  dismiss() {
    this.#pointed = null;
    this.#dismissed = cellName(this.sheet.selection.row, this.sheet.selection.column);
    this.show();
  }

  // Beside the cell, else below it; never outside of the grid.
  #place(box) {
    const { bubble } = this;
    const { clientWidth, clientHeight } = this.sheet.grid.root;
    const beside = box.left + box.width + GAP;
    const fits = beside + bubble.offsetWidth <= clientWidth;
    const left = fits ? beside : box.left;
    const top = fits ? box.top : box.top + box.height + GAP;
    bubble.style.left = `${Math.max(GAP, Math.min(left, clientWidth - bubble.offsetWidth - GAP))}px`;
    bubble.style.top = `${Math.max(GAP, Math.min(top, clientHeight - bubble.offsetHeight - GAP))}px`;
    const seen = box.top + box.height > 0 && box.top < clientHeight;
    bubble.hidden = !seen || box.left + box.width < 0 || box.left > clientWidth;
  }

  #next() {
    const { row, column } = this.sheet.selection;
    const after = (note) => note.row > row || (note.row === row && note.column > column);
    const next = this.#found.find(after) ?? this.#found[0];
    this.sheet.go(next.row, next.column);
    this.sheet.editor.focus();
  }

  #name(place) {
    return cellName(this.#found[place].row, this.#found[place].column);
  }
}
