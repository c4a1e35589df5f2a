// The grid as it is drawn: only the rows and columns in view stand in the document.

import { letters } from "./a1.js";
import { kindOf } from "./entered.js";
import { LETTERS_HEIGHT, ROW_HEIGHT } from "./layout.js";

const SPARE_ROWS = 6;

export class Grid {
  #rows = new Map();
  #columns = { first: 0, last: -1 };
  #frame = null;

  // `drawn()` is told after each drawing, so that what lies over the grid can follow it.
  constructor(root, drawn) {
    this.root = root;
    this.drawn = drawn;
    this.canvas = root.querySelector(".canvas");
    this.head = root.querySelector(".head");
    this.body = root.querySelector(".body");
    root.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(root);
  }

  // Another tab, or this one with other rows and columns.
  open(layout, cells, selection, title) {
    Object.assign(this, { layout, cells, selection });
    this.root.setAttribute("aria-label", title);
    this.root.setAttribute("aria-rowcount", layout.rowCount + 1);
    this.root.setAttribute("aria-colcount", layout.columnCount + 1);
    this.canvas.style.width = `${layout.canvasWidth}px`;
    this.canvas.style.height = `${layout.canvasHeight}px`;
    this.head.style.height = `${layout.headHeight}px`;
    this.#columns = { first: 0, last: -1 };
    this.draw();
  }

  draw() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      if (this.layout) this.#draw();
    });
  }

  // Where a cell lies in the part of the grid that is seen.
  box(row, column) {
    const { layout } = this;
    const left = layout.numbersWidth + layout.left(column);
    const top = LETTERS_HEIGHT + row * ROW_HEIGHT;
    return {
      left: left - (column < layout.frozenColumns ? 0 : this.root.scrollLeft),
      top: top - (row < layout.frozenRows ? 0 : this.#scrolled),
      width: layout.width(column),
      height: ROW_HEIGHT,
    };
  }

  // Scroll as little as brings the cell into view.
  reveal(row, column) {
    const { layout, root } = this;
    if (column >= layout.frozenColumns) {
      const space = root.clientWidth - layout.numbersWidth;
      const [left, right] = [layout.left(column), layout.left(column + 1)];
      if (right > root.scrollLeft + space) root.scrollLeft = right - space;
      const hidden = layout.left(layout.frozenColumns);
      if (left < root.scrollLeft + hidden) root.scrollLeft = left - hidden;
    }
    if (row >= layout.frozenRows) {
      const bottom = LETTERS_HEIGHT + (row + 1) * ROW_HEIGHT - root.clientHeight;
      const top = (row - layout.frozenRows) * ROW_HEIGHT;
      if (bottom > this.#scrolled) this.#scrollTo(bottom);
      if (top < this.#scrolled) this.#scrollTo(top);
    }
    this.draw();
  }

  // The first row in view that scrolls.
  get firstRow() {
    return Math.floor(this.#scrolled / ROW_HEIGHT) + this.layout.frozenRows;
  }

  // How many rows a page has, for Page Up and Page Down.
  get pageRows() {
    const space = this.root.clientHeight - (this.layout?.headHeight ?? LETTERS_HEIGHT);
    return Math.max(Math.floor(space / ROW_HEIGHT) - 1, 1);
  }

  // The row and column under a point of the window; null beside the cells. The number of a row
  // has the column -1, the letters of a column the row -1.
  cellAt(x, y) {
    const found = document.elementFromPoint(x, y)?.closest("[data-column]");
    if (!found || !this.root.contains(found)) return null;
    return { row: Number(found.parentElement.dataset.row), column: Number(found.dataset.column) };
  }

  // Let the eye find what somebody else has written.
  flash(cells) {
    for (const [row, column] of cells) {
      const found = this.#rows.get(row)?.querySelector(`[data-column="${column}"]`);
      if (!found) continue;
      found.classList.add("changed");
      found.addEventListener("animationend", () => found.classList.remove("changed"), { once: true });
    }
  }

  get #scrolled() {
    return this.layout.scrolled(this.root.scrollTop, this.root.clientHeight);
  }

  #scrollTo(scrolled) {
    this.root.scrollTop = Math.ceil(this.layout.scrollTop(scrolled, this.root.clientHeight));
  }

  #draw() {
    const { layout, root } = this;
    const scrolled = this.#scrolled;
    const columns = this.#columnsInView();
    if (columns.first !== this.#columns.first || columns.last !== this.#columns.last) {
      this.#columns = columns;
      for (const row of this.#rows.values()) row.remove();
      this.#rows.clear();
      this.head.replaceChildren(this.#newRow(-1));
      for (let row = 0; row < layout.frozenRows; row += 1) {
        this.head.append(this.#keep(row, this.#newRow(row)));
      }
    }
    const bottom = Math.floor((scrolled + root.clientHeight - LETTERS_HEIGHT) / ROW_HEIGHT);
    const first = Math.max(this.firstRow - SPARE_ROWS, layout.frozenRows);
    const last = Math.min(bottom + SPARE_ROWS, layout.rowCount - 1);
    // Rows that have left the view serve for those that come into it.
    const spare = [];
    for (const [row, element] of this.#rows) {
      if (row >= layout.frozenRows && (row < first || row > last)) {
        spare.push(element);
        this.#rows.delete(row);
      }
    }
    for (let row = first; row <= last; row += 1) {
      if (!this.#rows.has(row)) {
        const element = spare.pop() ?? this.body.appendChild(this.#newRow(row));
        this.#keep(row, this.#number(row, element));
      }
      const y = LETTERS_HEIGHT + row * ROW_HEIGHT - scrolled + root.scrollTop;
      this.#rows.get(row).style.transform = `translateY(${Math.round(y)}px)`;
    }
    for (const element of spare) element.remove();
    this.#fillLetters();
    for (const [row, element] of this.#rows) this.#fill(row, element);
    const seen = { left: columns.first, right: columns.last };
    this.cells.want(
      { top: first, bottom: Math.max(last, first), ...seen },
      ...(layout.frozenRows ? [{ top: 0, bottom: layout.frozenRows - 1, ...seen }] : []),
      ...(layout.frozenColumns
        ? [{ top: first, bottom: Math.max(last, first), left: 0, right: layout.frozenColumns - 1 }]
        : []),
    );
    this.drawn();
  }

  #columnsInView() {
    const { layout, root } = this;
    const hidden = layout.left(layout.frozenColumns);
    return {
      first: Math.max(layout.columnAt(root.scrollLeft + hidden), layout.frozenColumns),
      last: layout.columnAt(root.scrollLeft + root.clientWidth - layout.numbersWidth),
    };
  }

  #keep(row, element) {
    this.#rows.set(row, element);
    return element;
  }

  // The row -1 is that of the letters, the column -1 that of the numbers.
  #newRow(row) {
    const { layout } = this;
    const element = document.createElement("div");
    element.className = row < 0 ? "row letters" : "row";
    element.setAttribute("role", "row");
    element.style.width = `${layout.canvasWidth}px`;
    element.append(this.#newCell(row, -1, layout.numbersWidth));
    for (let column = 0; column < layout.frozenColumns; column += 1) {
      const cell = this.#newCell(row, column, layout.width(column));
      cell.style.left = `${layout.numbersWidth + layout.left(column)}px`;
      cell.classList.add("frozen");
      element.append(cell);
    }
    const { first, last } = this.#columns;
    const gap = document.createElement("span");
    gap.setAttribute("role", "presentation");
    gap.style.flex = `0 0 ${layout.left(first) - layout.left(layout.frozenColumns)}px`;
    element.append(gap);
    for (let column = first; column <= last; column += 1) {
      element.append(this.#newCell(row, column, layout.width(column)));
    }
    return this.#number(row, element);
  }

  #number(row, element) {
    element.dataset.row = row;
    element.setAttribute("aria-rowindex", row + 2);
    element.firstChild.textContent = row < 0 ? "" : row + 1;
    for (const changed of element.querySelectorAll(".changed")) changed.classList.remove("changed");
    return element;
  }

  #newCell(row, column, width) {
    const cell = document.createElement("div");
    const role = row < 0 ? "columnheader" : column < 0 ? "rowheader" : "gridcell";
    cell.className = role === "gridcell" ? "cell" : role;
    cell.setAttribute("role", role);
    cell.setAttribute("aria-colindex", column + 2);
    cell.dataset.column = column;
    cell.style.flexBasis = `${width}px`;
    if (row < 0 && column >= 0) cell.textContent = letters(column);
    return cell;
  }

  #fillLetters() {
    const { selection } = this;
    for (const cell of this.head.querySelectorAll(".columnheader")) {
      const column = Number(cell.dataset.column);
      cell.classList.toggle("within", column >= selection.left && column <= selection.right);
    }
  }

  #fill(row, element) {
    const { selection } = this;
    const inRows = row >= selection.top && row <= selection.bottom;
    for (const cell of element.children) {
      if (!cell.dataset.column) continue;
      const column = Number(cell.dataset.column);
      if (column < 0) {
        cell.classList.toggle("within", inRows);
        continue;
      }
      const data = this.cells.at(row, column);
      const shown = data?.formattedValue ?? "";
      if (cell.textContent !== shown) cell.textContent = shown;
      const active = row === selection.row && column === selection.column;
      const selected = inRows && column >= selection.left && column <= selection.right;
      const classes = [
        "cell",
        kindOf(data),
        data === undefined && "unknown",
        data?.pending && "pending",
        data?.note && "noted",
        selected && "selected",
        active && "active",
        cell.classList.contains("frozen") && "frozen",
        cell.classList.contains("changed") && "changed",
      ];
      cell.className = classes.filter(Boolean).join(" ");
      cell.setAttribute("aria-selected", selected);
    }
  }
}
