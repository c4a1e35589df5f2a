// Which cells are selected: the active cell, and the other end of the rectangle.

export class Selection {
  row = 0;
  column = 0;
  #other = { row: 0, column: 0 };

  constructor({ rowCount, columnCount }) {
    this.resize({ rowCount, columnCount });
  }

  resize({ rowCount, columnCount }) {
    Object.assign(this, { rowCount, columnCount });
    this.go(Math.min(this.row, rowCount - 1), Math.min(this.column, columnCount - 1));
  }

  get top() {
    return Math.min(this.row, this.#other.row);
  }

  get bottom() {
    return Math.max(this.row, this.#other.row);
  }

  get left() {
    return Math.min(this.column, this.#other.column);
  }

  get right() {
    return Math.max(this.column, this.#other.column);
  }

  get end() {
    return this.#other;
  }

  get rectangle() {
    const { top, left, bottom, right } = this;
    return { top, left, bottom, right };
  }

  get isCell() {
    return this.row === this.#other.row && this.column === this.#other.column;
  }

  go(row, column) {
    this.row = clamp(row, this.rowCount);
    this.column = clamp(column, this.columnCount);
    this.#other = { row: this.row, column: this.column };
  }

  // The active cell stays where it is.
  extend(row, column) {
    this.#other = { row: clamp(row, this.rowCount), column: clamp(column, this.columnCount) };
  }

  move(rows, columns, { extend = false } = {}) {
    if (extend) this.extend(this.#other.row + rows, this.#other.column + columns);
    else this.go(this.row + rows, this.column + columns);
  }

  // Whole rows and columns: by their number, their letters, or the corner.
  take({ row, column }, { extend = false } = {}) {
    if (!extend) this.go(Math.max(row, 0), Math.max(column, 0));
    this.extend(row < 0 ? this.rowCount - 1 : row, column < 0 ? this.columnCount - 1 : column);
  }
}

function clamp(place, count) {
  return Math.max(0, Math.min(place, count - 1));
}
