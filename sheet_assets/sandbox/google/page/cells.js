// The cells of one tab, read from the Sheets API in blocks as they come into view.

import { inTab, rangeName } from "./a1.js";

const BLOCK_ROWS = 300;
const BLOCK_COLUMNS = 52;
const MOST_BLOCKS = 60;
// Somebody who drags the scroll bar passes by many blocks: those are not asked for.
const SETTLED_MS = 40;
const FIELDS =
  "sheets.data.rowData.values(userEnteredValue,effectiveValue,formattedValue,note,effectiveFormat)";

export class Cells {
  #blocks = new Map();
  #generation = 1;
  #timer = null;
  #wanted = null;
  #closed = false;

  // `changed(cells)` is told when a block has arrived, with the places of cells that differ from
  // what was shown before; `failed(error)` when one could not be read.
  constructor(api, spreadsheetId, tab, { changed, failed }) {
    Object.assign(this, { api, spreadsheetId, tab, changed, failed });
  }

  // Google's CellData; null for a blank cell, undefined while it is not known.
  at(row, column) {
    const block = this.#blocks.get(key(Math.floor(row / BLOCK_ROWS), Math.floor(column / BLOCK_COLUMNS)));
    if (!block?.rows) return undefined;
    return block.rows[row % BLOCK_ROWS]?.[column % BLOCK_COLUMNS] ?? null;
  }

  // All cells of a rectangle, by rows; null when some are not known.
  within({ top, left, bottom, right }) {
    const rows = [];
    for (let row = top; row <= bottom; row += 1) {
      const cells = [];
      for (let column = left; column <= right; column += 1) {
        const cell = this.at(row, column);
        if (cell === undefined) return null;
        cells.push(cell);
      }
      rows.push(cells);
    }
    return rows;
  }

  // From a cell in one direction: how far it is to the end of the values there, else to the next
  // value, else to the grid's edge. Asks the API for what lies there, since not all of it is known.
  async stepsToEdge(row, column, rows, columns) {
    const { title, rowCount, columnCount } = this.tab;
    const rectangle = {
      top: rows < 0 ? 0 : row,
      bottom: rows > 0 ? rowCount - 1 : row,
      left: columns < 0 ? 0 : column,
      right: columns > 0 ? columnCount - 1 : column,
    };
    const length = rectangle.bottom - rectangle.top + rectangle.right - rectangle.left;
    const range = encodeURIComponent(inTab(title, rangeName(rectangle)));
    const { values = [[]] } = await this.api.call(
      "GET",
      `/v4/spreadsheets/${this.spreadsheetId}/values/${range}`,
      { params: { majorDimension: rows ? "COLUMNS" : "ROWS", valueRenderOption: "UNFORMATTED_VALUE" } },
    );
    const filled = Array.from({ length: length + 1 }, (_, place) => (values[0][place] ?? "") !== "");
    if (rows + columns < 0) filled.reverse();
    const within = filled[0] && filled[1];
    const found = filled.findIndex((each, place) => place > 0 && each !== within);
    if (found < 0) return length;
    return within ? found - 1 : found;
  }

  // Shown until the API has told what became of it.
  expect(row, column, text) {
    const block = this.#blocks.get(key(Math.floor(row / BLOCK_ROWS), Math.floor(column / BLOCK_COLUMNS)));
    if (!block?.rows) return;
    const cells = (block.rows[row % BLOCK_ROWS] ??= []);
    const place = column % BLOCK_COLUMNS;
    cells[place] = { ...cells[place], formattedValue: text, pending: true };
  }

  // What is in view, frozen rows apart; read when the view has settled.
  want(...rectangles) {
    if (this.#closed) return;
    this.#wanted = rectangles;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#read();
    }, SETTLED_MS);
  }

  // Somebody has written: everything is to be read again, and shown as it was until then.
  outdate() {
    this.#generation += 1;
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #read() {
    const seen = new Set();
    for (const { top, left, bottom, right } of this.#wanted) {
      for (let y = Math.floor(top / BLOCK_ROWS); y <= Math.floor(bottom / BLOCK_ROWS); y += 1) {
        for (let x = Math.floor(left / BLOCK_COLUMNS); x <= Math.floor(right / BLOCK_COLUMNS); x += 1) {
          seen.add(key(y, x));
          this.#readBlock(y, x);
        }
      }
    }
    for (const name of this.#blocks.keys()) {
      if (this.#blocks.size <= MOST_BLOCKS) break;
      if (!seen.has(name)) this.#blocks.delete(name);
    }
  }

  async #readBlock(y, x) {
    const name = key(y, x);
    const block = this.#blocks.get(name) ?? { generation: 0, reading: false, rows: null };
    // The oldest go first.
    this.#blocks.delete(name);
    this.#blocks.set(name, block);
    if (block.reading || block.generation === this.#generation) return;
    const generation = this.#generation;
    block.reading = true;
    try {
      const rows = await this.#ask(y, x);
      if (this.#closed) return;
      const differing = block.rows ? differences(block.rows, rows, y, x) : [];
      Object.assign(block, { rows, generation });
      this.changed(differing);
    } catch (error) {
      if (!this.#closed) this.failed(error);
    } finally {
      block.reading = false;
    }
  }

  async #ask(y, x) {
    const { title, rowCount, columnCount } = this.tab;
    const rectangle = {
      top: y * BLOCK_ROWS,
      left: x * BLOCK_COLUMNS,
      bottom: Math.min((y + 1) * BLOCK_ROWS, rowCount) - 1,
      right: Math.min((x + 1) * BLOCK_COLUMNS, columnCount) - 1,
    };
    if (rectangle.bottom < rectangle.top || rectangle.right < rectangle.left) return [];
    const answer = await this.api.call("GET", `/v4/spreadsheets/${this.spreadsheetId}`, {
      params: { ranges: inTab(title, rangeName(rectangle)), fields: FIELDS },
    });
    const rows = answer.sheets?.[0]?.data?.[0]?.rowData ?? [];
    return rows.map((row) => (row.values ?? []).map((cell) => (Object.keys(cell).length ? cell : null)));
  }
}

function key(y, x) {
  return `${y}:${x}`;
}

function differences(before, after, y, x) {
  const found = [];
  for (let row = 0; row < Math.max(before.length, after.length); row += 1) {
    const [old, now] = [before[row] ?? [], after[row] ?? []];
    for (let column = 0; column < Math.max(old.length, now.length); column += 1) {
      const [a, b] = [old[column], now[column]];
      if ((a?.formattedValue ?? "") !== (b?.formattedValue ?? "") || a?.note !== b?.note) {
        found.push([y * BLOCK_ROWS + row, x * BLOCK_COLUMNS + column]);
      }
    }
  }
  return found;
}
