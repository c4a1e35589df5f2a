// Where rows and columns lie, in pixels from the grid's first cell.

export const ROW_HEIGHT = 26;
export const LETTERS_HEIGHT = 26;
const NARROWEST = 72;
const WIDEST = 320;
// Browsers cut an element that is higher than some 17 million pixels.
const HIGHEST = 12_000_000;

export class Layout {
  // With the widths of an earlier layout, where there is one.
  constructor({ rowCount, columnCount, frozenRowCount = 0, frozenColumnCount = 0 }, before = null) {
    Object.assign(this, { rowCount, columnCount });
    this.frozenRows = frozenRowCount;
    this.frozenColumns = frozenColumnCount;
    this.numbersWidth = 26 + 8 * String(rowCount).length;
    const kept = (column) => (column < before?.columnCount ? before.width(column) : 100);
    this.#place(Array.from({ length: columnCount }, (_, column) => kept(column)));
  }

  // As wide as the texts of each column ask for; one without any keeps its width. With `wider` no
  // column gets narrower. Whether a width has changed.
  fit(texts, measure, { wider = false } = {}) {
    const widths = Array.from({ length: this.columnCount }, (_, column) => {
      const text = Math.max(0, ...(texts[column] ?? []).map(measure));
      const asked = text ? Math.min(Math.max(Math.ceil(text) + 20, NARROWEST), WIDEST) : 0;
      return wider || !asked ? Math.max(asked, this.width(column)) : asked;
    });
    const changed = widths.some((width, column) => width !== this.width(column));
    this.#place(widths);
    return changed;
  }

  #place(widths) {
    this.lefts = [0];
    for (const width of widths) this.lefts.push(this.lefts.at(-1) + width);
  }

  left(column) {
    return this.lefts[column];
  }

  width(column) {
    return this.lefts[column + 1] - this.lefts[column];
  }

  get headHeight() {
    return LETTERS_HEIGHT + this.frozenRows * ROW_HEIGHT;
  }

  get canvasWidth() {
    return this.numbersWidth + this.lefts.at(-1);
  }

  get canvasHeight() {
    return Math.min(LETTERS_HEIGHT + this.rowCount * ROW_HEIGHT, HIGHEST);
  }

  // How far the rows are scrolled when the scroll bar is at `scrollTop` of a view so high: the
  // same, but in a grid that is higher than an element can be.
  scrolled(scrollTop, viewHeight) {
    const whole = LETTERS_HEIGHT + this.rowCount * ROW_HEIGHT;
    const room = this.canvasHeight - viewHeight;
    return room > 0 ? (scrollTop * (whole - viewHeight)) / room : scrollTop;
  }

  // The other way round.
  scrollTop(scrolled, viewHeight) {
    const whole = LETTERS_HEIGHT + this.rowCount * ROW_HEIGHT;
    const room = this.canvasHeight - viewHeight;
    return room > 0 ? (scrolled * room) / (whole - viewHeight) : scrolled;
  }

  columnAt(x) {
    let [low, high] = [0, this.columnCount - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.lefts[middle] <= x) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
